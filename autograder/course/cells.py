"""What the cells of a lesson are: their kinds, their ids, and the metadata they carry."""

from __future__ import annotations

import re
from enum import Enum
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.course.bring_header import wanted

PREDICTION = "prediction_"  # the key of an exercise that asks for a letter begins with this
CHECK_ID = "check_"  # the id of an exercise's check cell is this and the key

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}

# What ipykernel says of itself and JupyterLab writes on opening: with the same in the file, a
# notebook that was only opened is not marked as changed. The version is the one of environment.yml
# and not of whoever builds, or two builds would differ.
LANGUAGE_INFO = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
    "version": "3.11.7",
}


class Kind(Enum):
    """What a cell is for. A code cell of a lesson's source is one of the first five, and the
    release puts a check beneath each graded cell."""

    SETUP = "setup"
    BRING = "bring"
    SOLUTION = "solution"
    GRADED = "graded"
    DEMO = "demo"
    CHECK = "check"
    TASK = "task"
    PROSE = "prose"
    UNKNOWN = "unknown"


def nbgrader_of(cell: NotebookNode) -> dict[str, Any]:
    """The cell's nbgrader metadata, or an empty dict."""
    meta = cell.metadata.get("nbgrader")
    return meta if isinstance(meta, dict) else {}


def grade_id(cell: NotebookNode) -> str | None:
    """The name by which nbgrader knows the cell."""
    name = nbgrader_of(cell).get("grade_id")
    return name if isinstance(name, str) and name else None


def tags(cell: NotebookNode) -> list[str]:
    """The cell's tags."""
    return list(cell.metadata.get("tags", []))


def kind(cell: NotebookNode) -> Kind:
    """What the cell is for, by its metadata. (Predictions are solution cells.)"""
    meta = nbgrader_of(cell)
    if cell.cell_type != "code":
        return Kind.TASK if meta.get("task") else Kind.PROSE
    if meta:
        if meta.get("solution") and not meta.get("grade") and not meta.get("task"):
            return Kind.SOLUTION
        if meta.get("grade") and not meta.get("solution") and not meta.get("task"):
            return Kind.GRADED
        return Kind.UNKNOWN
    named = {"setup", "bring", "demo", "check"}.intersection(tags(cell))
    return Kind(named.pop()) if len(named) == 1 else Kind.UNKNOWN


def check_cell(key: str) -> NotebookNode:
    """A learner's cell that asks for the verdict on an exercise once its mark is taken away."""
    tagged = {"tags": ["check"]}
    cell: NotebookNode = new_code_cell(
        f"# %check {key}", id=_cell_id(CHECK_ID + key), metadata=tagged
    )
    return cell


def identify_cells(notebook: NotebookNode) -> NotebookNode:
    """Give every cell the id, and the notebook the metadata, that each build gives them.

    An id is the cell's `grade_id`, or counts from the one before it (`adam_step-2`): an edit moves
    few of them. Check cells keep their own, and bring cells have the names that they bring.
    Changes and returns `notebook`.
    """
    last, count = "start", 0
    for cell in notebook.cells:
        if kind(cell) is Kind.CHECK:
            continue
        cell.metadata.pop("lines_to_next_cell", None)
        if brings := wanted(cell.source) if kind(cell) is Kind.BRING else None:
            cell.id = _cell_id(brings.cell_id)
            continue
        name = grade_id(cell)
        last, count = (name, 0) if name else (last, count + 1)
        cell.id = _cell_id(last) if name else f"{_cell_id(last)}-{count}"
    notebook.metadata = NotebookNode(
        kernelspec=NotebookNode(KERNELSPEC), language_info=_language_info()
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def _cell_id(name: str) -> str:
    """At most 60 of the characters that nbformat allows in an id, room left for a number."""
    return re.sub(r"[^a-zA-Z0-9_-]", "-", name)[:60]


def _language_info() -> NotebookNode:
    return NotebookNode(
        LANGUAGE_INFO, codemirror_mode=NotebookNode(LANGUAGE_INFO["codemirror_mode"])
    )
