"""A class of one lesson, of whose hand-ins each is out of the ordinary in a way of its own."""

from __future__ import annotations

from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.course.notebooks import to_bytes
from autograder.demo.students import fill_in, right_sources
from tests.helpers.handing_in import LESSON, OTHER, right

NOISY = "\nfor count in range(4000):\n    print('line', count)\n"


def answered(**changes):
    return fill_in(LESSON, {**right_sources(LESSON), **changes})


def place(notebook, name):
    return next(i for i, cell in enumerate(notebook.cells) if cell.id == name)


def with_answers(notebook):
    """Somebody answered two of the three questions."""
    for name in ("nan_or_bug-1", "gradient_zero-1"):
        notebook.cells[place(notebook, name)].source = "Because it *halves* each time."
    return notebook


def edited(notebook):
    """Locked cells, edited and deleted."""
    notebook.cells[place(notebook, "test_descend")].source = "10.0"
    notebook.cells[place(notebook, "nan_or_bug")].source = "Gone."
    del notebook.cells[place(notebook, "test_descent_step")]
    del notebook.cells[place(notebook, "gradient_zero")]
    return notebook


def littered(notebook):
    """Cells of one's own behind locked ones, an answer written twice, and cells without ids."""
    for name in ("test_descend", "nan_or_bug", "test_descent_step"):
        made = new_code_cell(f"own = {name!r}\nprint(own)")
        notebook.cells.insert(place(notebook, name) + 1, made)
    notebook.cells.append(notebook.cells[place(notebook, "descend")].copy())
    notebook.cells.append(new_markdown_cell("The end."))
    notebook.nbformat_minor = 4
    for cell in notebook.cells[3:]:
        del cell["id"]
    return notebook


def fails(notebook):
    """An error with a long traceback, and what a notebook can hold besides text."""
    source = "def deeper(n):\n    return deeper(n + 1)\ndeeper(0)"
    notebook.cells.insert(place(notebook, "descend"), new_code_cell(source))
    notebook.cells.append(new_code_cell("import sys\nprint('!', file=sys.stderr)\n{'a': 1}"))
    return notebook


CLASS = {
    "good": right(),
    "wrong": to_bytes(answered(descend="def descend(grad_fn, x0, lr, steps):\n    return [x0]")),
    "blank": to_bytes(LESSON.release()),
    "partly": to_bytes(with_answers(answered(largest_stable_lr="", prediction_edge=""))),
    "late": to_bytes(with_answers(answered())),
    "edited": to_bytes(edited(answered())),
    "littered": to_bytes(littered(answered())),
    "noisy": to_bytes(answered(descent_step=right_sources(LESSON)["descent_step"] + NOISY)),
    "fails": to_bytes(fails(answered())),
    "other": right(OTHER),
    "garbage": b"{",
}
