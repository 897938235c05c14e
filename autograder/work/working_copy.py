"""A notebook in `work/`, read as what JupyterLab or a learner left there."""

from __future__ import annotations

import re
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.course.cells import tags

CHECK_TAG = "check"
CHECK = re.compile(r"# (%check \S.*)")


class Unreadable(ValueError):
    """The file is no notebook that could be carried over; the message says why."""


def read(content: bytes) -> NotebookNode:
    """The notebook, neither mended nor validated: what is in it stays in it.

    Raises:
        Unreadable: it is none, or of another format than JupyterLab's.
    """
    try:
        notebook: NotebookNode = nbformat.v4.reads(content.decode())
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise Unreadable(f"it is no notebook ({type(error).__name__}: {error})"[:160]) from None
    if notebook.get("nbformat") != 4:
        raise Unreadable("it is no notebook of format 4")
    cells = notebook.get("cells")
    if not isinstance(cells, list) or not all(map(_is_cell, cells)):
        raise Unreadable("it has cells that are none")
    return notebook


def ready(notebook: NotebookNode) -> NotebookNode:
    """The same with its check cells ready to run. Changes and returns `notebook`."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and CHECK_TAG in tags(cell):
            found = CHECK.fullmatch(cell.source)
            cell.source = found[1] if found else cell.source
    return notebook


def is_given(mine: NotebookNode, given: NotebookNode) -> bool:
    """Whether a notebook says what it said when it was given, whoever saved it since."""
    return [_said(cell) for cell in mine.cells] == [_said(cell) for cell in given.cells]


def _said(cell: NotebookNode) -> tuple[Any, ...]:
    return cell.cell_type, cell.source, cell.get("outputs") or [], cell.get("attachments") or {}


def _is_cell(cell: object) -> bool:
    return (
        isinstance(cell, dict)
        and isinstance(cell.get("cell_type"), str)
        and isinstance(cell.get("source"), str)
        and isinstance(cell.get("metadata"), dict)
    )
