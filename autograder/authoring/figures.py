"""Whether the figures of a lesson reached its notebook: a run that lost them looks like any other.

They get lost where matplotlib draws for a file (`MPLBACKEND=Agg`, common in CI), and where what a
figure compares with is not installed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

INLINE = "module://matplotlib_inline.backend_inline"
# Run behind the last cell. The inline backend shows and closes a figure when its cell has ended.
LOOK = """
def _():
    import sys
    pyplot = sys.modules.get("matplotlib.pyplot")
    print(len(pyplot.get_fignums()) if pyplot else 0)
_()
"""


def kernel_environment() -> dict[str, str]:
    """The environment of a kernel that is to show figures, whatever this one says of them."""
    return {**os.environ, "MPLBACKEND": INLINE}


def add_look(notebook: NotebookNode) -> None:
    """Put a last cell into a notebook to be run, for `take_look`."""
    notebook.cells.append(nbformat.v4.new_code_cell(LOOK))


def take_look(notebook: NotebookNode) -> bool:
    """Take the last cell out again; whether it found figures that were drawn and not shown."""
    return bool(int(notebook.cells.pop().outputs[0].text))


def lost_figures(before: Path, after: NotebookNode) -> Iterator[str]:
    """The ids of cells that show a figure in the notebook at `before`, are the same now, and show
    none."""
    try:
        built = nbformat.read(before, as_version=4)
    except (OSError, ValueError, KeyError, AttributeError):
        return  # there is none yet, or it is no notebook
    showed = {cell.get("id"): cell.source for cell in built.cells if _shows_a_figure(cell)}
    for cell in after.cells:
        if showed.get(cell.id) == cell.source and not _shows_a_figure(cell):
            yield cell.id


def _shows_a_figure(cell: NotebookNode) -> bool:
    return any(
        mime.startswith("image/") or (mime == "text/html" and "<img" in content)
        for output in cell.get("outputs", [])
        for mime, content in output.get("data", {}).items()
    )
