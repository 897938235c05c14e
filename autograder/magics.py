"""The extension of IPython, importable under this name.

`ipython_config.py` in an installed environment names it so, as does `%load_ext autograder.magics`
in notebooks. Every kernel loads it at its start: it imports nothing but what that needs.
"""

from autograder.notebook.magics import load_ipython_extension

__all__ = ["load_ipython_extension"]
