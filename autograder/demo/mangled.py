"""Right answers in notebooks that were mangled: none of this costs a point."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.course.cells import grade_id
from autograder.course.lesson import Lesson
from autograder.demo.students import Student, as_bytes, fill_in, full_marks, right_sources

TARGET = "adam_step"


def mangled_students(lesson: Lesson) -> Iterator[Student]:
    """One learner for each way to mangle a notebook."""
    for mangle in MANGLINGS:
        notebook = fill_in(lesson, right_sources(lesson))
        mangle(notebook)
        name = mangle.__name__.replace("_", "-")
        yield Student(f"mangled-{name}", as_bytes(notebook), full_marks(lesson))


def _index(notebook: NotebookNode, name: str) -> int:
    return next(i for i, cell in enumerate(notebook.cells) if grade_id(cell) == name)


def _cell(notebook: NotebookNode, name: str) -> NotebookNode:
    cell: NotebookNode = notebook.cells[_index(notebook, name)]
    return cell


def warning_and_print(notebook: NotebookNode) -> None:
    """Something on stdout and stderr in the middle of a right answer."""
    cell = _cell(notebook, TARGET)
    head, body = cell.source.split('"""', 2)[0], cell.source.split('"""', 2)[2]
    noise = '\n    import sys, warnings\n    warnings.warn("careful")\n    print("step", file=sys.stderr)\n    print("here")'
    cell.source = f"{head}'documented'{noise}{body}" if body else cell.source


def extra_cells(notebook: NotebookNode) -> None:
    """Notes and experiments between the course's cells, one of them broken."""
    at = _index(notebook, TARGET)
    notebook.cells.insert(at, new_markdown_cell("my notes"))
    notebook.cells.insert(at + 2, new_code_cell("1 / 0"))
    notebook.cells.insert(at + 2, new_code_cell("!ls\nx = 3\nx"))


def split_cell(notebook: NotebookNode) -> None:
    """Both halves of a split cell carry the same metadata."""
    at = _index(notebook, TARGET)
    first = notebook.cells[at]
    second = copy.deepcopy(first)
    lines = first.source.splitlines()
    middle = len(lines) - 2
    first.source, second.source = "\n".join(lines[:middle]), "\n".join(lines[middle:])
    second["id"] = "second-half"
    notebook.cells.insert(at + 1, second)


def copied_cells(notebook: NotebookNode) -> None:
    """A solution cell and a graded cell, copied and left where they are."""
    for name in (TARGET, f"test_{TARGET}"):
        at = _index(notebook, name)
        twin = copy.deepcopy(notebook.cells[at])
        twin["id"] = f"twin-{at}"
        notebook.cells.insert(at + 1, twin)


def deleted_test(notebook: NotebookNode) -> None:
    """A graded cell that is gone."""
    del notebook.cells[_index(notebook, f"test_{TARGET}")]


def retyped_cell(notebook: NotebookNode) -> None:
    """The answer typed into a new cell, without any metadata, and the old cell deleted."""
    at = _index(notebook, TARGET)
    notebook.cells[at] = new_code_cell(notebook.cells[at].source)


def turned_to_markdown(notebook: NotebookNode) -> None:
    """A code cell turned into markdown by a slip of the keyboard."""
    at = _index(notebook, TARGET)
    cell = notebook.cells[at]
    turned = new_markdown_cell(cell.source)
    turned.metadata = cell.metadata
    notebook.cells[at] = turned


def check_lines(notebook: NotebookNode) -> None:
    """The course's magics, where they are not installed."""
    cell = _cell(notebook, TARGET)
    cell.source = f"%check {TARGET}\n%progress\n{cell.source}\n\n%hint {TARGET}"


def changed_globals(notebook: NotebookNode) -> None:
    """NumPy told to raise, warnings turned into errors, a print that is no longer one."""
    notebook.cells.insert(
        1,
        new_code_cell(
            "import numpy, warnings\nnumpy.seterr(all='raise')\nwarnings.simplefilter('error')\n"
            "numpy.set_printoptions(precision=1)\nprint = dir = input = None"
        ),
    )


def lost_metadata(notebook: NotebookNode) -> None:
    """Saved by a tool that drops every cell's metadata."""
    for cell in notebook.cells:
        cell.metadata = NotebookNode()


def hostile_metadata(notebook: NotebookNode) -> None:
    """Flags, points and tags rewritten on every cell."""
    for cell in notebook.cells:
        cell.metadata["tags"] = ["skip-execution", "demo"]
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.update(solution=True, locked=False, points=1000, grade=True)


MANGLINGS: tuple[Callable[[NotebookNode], None], ...] = (
    warning_and_print,
    extra_cells,
    split_cell,
    copied_cells,
    deleted_test,
    retyped_cell,
    turned_to_markdown,
    check_lines,
    changed_globals,
    lost_metadata,
    hostile_metadata,
)
