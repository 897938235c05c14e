"""The modules of ours that run in a kernel, and how they come there."""

from __future__ import annotations

import functools
import marshal
from pathlib import Path

# The first thing that a kernel runs: modules of ours, put where no learner's name is, that make the
# shell one at which nobody sits, and the probes' guest. A submission that changes them changes only
# what comes out of itself.
PREPARE = """
def _prepare():
    import marshal, sys, types
    from IPython import get_ipython
    shell = get_ipython()
    for name, code in marshal.loads(shell.kernel.get_parent()["buffers"][0]).items():
        module = sys.modules[name] = types.ModuleType(name)
        exec(code, module.__dict__)
        if hasattr(module, "install"):
            module.install(shell)
_prepare()
del _prepare
"""
GUESTS = {
    "_neutral": "neutral.py",
    "_raising": "raising.py",
    "_probe_guest": "guest.py",
    "_lifeline": "lifeline.py",
    "_unattended_shell": "shell.py",
    "_definitions": "definitions.py",
    "_thrift": "thrift.py",
    "_progress": "progress.py",
}


@functools.cache
def guests() -> bytes:
    """The modules of ours that run in a kernel, compiled here once."""
    here = Path(__file__)
    return marshal.dumps(
        {
            name: compile(here.with_name(file).read_text("utf-8"), f"<{name}>", "exec")
            for name, file in GUESTS.items()
        }
    )
