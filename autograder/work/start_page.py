"""`work/start.ipynb`, which `make lab` opens: the map of the course."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.course import files
from autograder.course.cells import identify_cells
from autograder.course.notebooks import to_bytes
from autograder.work.course_map import course_map
from autograder.work.progress_record import Record
from autograder.work.working_copy import Unreadable, read

if TYPE_CHECKING:
    from autograder.work.workplace import Workplace

WELCOME = """\
# Descent

Each lesson is a notebook in this folder, `work/`. What you write here stays, also when the course
is updated. Click on a lesson to open it. To bring the map up to date, click on the next cell and
press Shift+Enter."""
MAP = "%progress all"
MORE = """\
In a lesson, `%check NAME` judges an exercise, `%hint NAME` gives its next hint, and `%progress`
shows where you stand."""


def write_start_page(place: Workplace) -> None:
    """Write the page with the present map, unless its text is no longer ours."""
    path, given = place.root / "start.ipynb", place.hidden / "given" / "start.ipynb"
    page = start_page(place)
    content = to_bytes(page)
    if not path.exists():
        with suppress(FileExistsError):
            files.create(path, content)
            files.replace(given, content)
        return
    present = path.read_bytes()
    if present != content and not path.is_symlink() and _is_ours(present, page, given):
        files.replace(path, content, expected=present)
        files.replace(given, content)


def start_page(place: Workplace) -> NotebookNode:
    """The page, its map drawn already: it is right before anything is run."""
    record = Record(place.hidden / "progress.json")
    drawn = course_map(place.course, record, place.root)
    output = new_output("execute_result", {"text/markdown": drawn, "text/plain": drawn})
    output.execution_count = 1
    cells = [
        new_markdown_cell(WELCOME),
        new_code_cell(MAP, outputs=[output], execution_count=1),
        new_markdown_cell(MORE),
    ]
    return identify_cells(new_notebook(cells=cells))


def _is_ours(present: bytes, page: NotebookNode, given: Path) -> bool:
    """Whether a page says nothing of a learner's: what it printed does not count."""
    try:
        said = _said(read(present))
        return said == _said(page) or (given.is_file() and said == _said(read(given.read_bytes())))
    except Unreadable:
        return False


def _said(notebook: NotebookNode) -> list[tuple[str, str]]:
    return [(cell.cell_type, cell.source) for cell in notebook.cells]
