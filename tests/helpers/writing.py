"""Notebooks on the disk, changed as their learner would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nbformat import NotebookNode

from autograder.course.notebooks import to_bytes
from autograder.work.working_copy import read


def change(path: Path, edit: Callable[[NotebookNode], object]) -> None:
    """Edit a notebook and save it."""
    notebook = read(path.read_bytes())
    edit(notebook)
    path.write_bytes(to_bytes(notebook))


def write(path: Path, **sources: str) -> None:
    """Write sources into cells, by their ids (`_` for `-`)."""

    def edit(notebook: NotebookNode) -> None:
        for cell in notebook.cells:
            cell.source = sources.get(cell.id.replace("-", "_"), cell.source)

    change(path, edit)
