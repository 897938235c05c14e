"""A lesson's source is read as jupytext reads it, and without jupytext."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import jupytext
import pytest
from nbformat import NotebookNode

from autograder.course import percent
from autograder.course.cells import identify_cells
from autograder.course.course import REPOSITORY

SOURCES = sorted(
    path
    for folder in ("solutions", "templates/lesson/solutions", "tests/fixtures/tiny_course")
    for path in (REPOSITORY / folder).rglob("*.py")
    if "# %%" in path.read_text("utf-8")
)
HEAD = "# %% [markdown]\n# # A title\n\n"
# Texts of which a reader of less than the whole format would make something else.
ODD = {
    "a magic": HEAD + "# %%\n# %matplotlib inline\nx = 1\n",
    "a command": HEAD + "# %%\n# ls data\n",
    "a shell": HEAD + "# %%\n# !pip list\nfiles = 1\n",
    "a question": HEAD + "# %%\n# print?\n",
    "an assigned magic": HEAD + "# %%\n# t = %timeit -o f()\n",
    "a mark in a string": HEAD + '# %%\nx = """\n# %% [markdown]\n"""\n',
    "a mark in a fence": HEAD + "# %% [markdown]\n# ```\n# %%\n# ```\n\n# %%\ny = 2\n",
    "a title": HEAD + '# %% the title tags=["demo"]\nx = 1\n',
    "raw": HEAD + "# %% [raw]\n# text\n",
    "an inactive cell": HEAD + '# %% active=""\nx = 1\n',
    "another key": HEAD + '# %% slideshow={"slide_type": "slide"}\nx = 1\n',
    "text before the first cell": "x = 1\n\n" + HEAD,
    "text that is no comment": '# %% [markdown]\n"""\nA title\n"""\n',
    "blank lines in a text": "# %% [markdown]\n# one\n\n# two\n\n\n# %%\nx = 1\n",
    "an indented mark": HEAD + "# %%\nif True:\n    # %%\n    x = 1\n",
    "an escaped beginning": HEAD + "# %%\n# + [markdown]\nx = 1\n",
    "three blank lines": HEAD + "# %%\nx = 1\n\n\n\n# %%\ny = 2\n\n\n\n\n",
    "nothing": "",
    "no header's end": "# ---\n# jupyter:\n\n# %%\nx = 1\n",
}
PLAIN = {
    "empty cells": HEAD + "# %%\n# %%\n\n# %% [markdown]\n#\n# %%\nx = 1",
    "options": HEAD + '# %% nbgrader={"grade": true, "a": [1, "] tags="]} tags=["x"]\nx = 1\n',
    "code in a text": "# %% [markdown]\n# ```python\n# x = 1\n#\n#     y\n# ```\n#   end  \n\n",
    "strings": HEAD + "# %%\nx = '''a''' + \"\"\"\nb\n\"\"\"\n\n# %%\n# a comment, 100 % sure?\n",
    "a header": "# ---\n# jupyter:\n#   x: 1\n# ---\n\n# %%\nx = 1\n",
}


def told(notebook: NotebookNode) -> NotebookNode:
    notebook = identify_cells(notebook)
    for cell in notebook.cells:
        assert isinstance(cell.metadata, NotebookNode)
    return notebook


def by_jupytext(text: str) -> NotebookNode:
    return told(jupytext.reads(text, fmt="py:percent"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: Path(path).stem)
def test_a_lesson_is_plain_and_read_alike(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = path.read_text("utf-8")
    expected = by_jupytext(text)
    monkeypatch.setitem(sys.modules, "jupytext", None)  # importing it fails
    assert told(percent.read_percent(text)) == expected


@pytest.mark.parametrize("name", PLAIN)
def test_plain_texts_are_read_alike(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = by_jupytext(PLAIN[name])
    monkeypatch.setitem(sys.modules, "jupytext", None)
    assert told(percent.read_percent(PLAIN[name])) == expected


@pytest.mark.parametrize("name", ODD)
def test_what_is_not_plain_is_left_to_jupytext(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(percent.read_percent(ODD[name])) == by_jupytext(ODD[name])


def test_a_check_needs_no_jupytext() -> None:
    code = (
        "import sys; from autograder.course.course import Course; import autograder.check.session;"
        "lesson = Course.find().lesson('00_orientation'); lesson.exercises;"
        "assert 'jupytext' not in sys.modules and 'nbconvert' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=REPOSITORY)
