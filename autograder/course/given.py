"""Code that is given and wrong on purpose: learners mend it where others write.

A setup cell tagged `given` defines `given_loop_01`. In the learner's notebook its body stands where
the solution of `loop_01` was, so what is mended is what the lesson's own figures ran.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

from nbformat import NotebookNode

from autograder.course.cells import grade_id, tags
from autograder.course.delimiters import squeeze

if TYPE_CHECKING:
    from autograder.course.lesson import Exercise, Lesson

TAG = "given"
PREFIX = "given_"
UNMENDED = "It is as it was given."


def given_bodies(cells: Iterable[NotebookNode]) -> dict[str, list[str]]:
    """The bodies of what is given to be mended, without docstrings and indent, by the name of the
    exercise: that of `given_loop_01` by `loop_01`."""
    found: dict[str, list[str]] = {}
    for cell in cells:
        if TAG in tags(cell):
            for node in ast.parse(cell.source).body:
                if isinstance(node, ast.FunctionDef) and node.name.startswith(PREFIX):
                    found[node.name.removeprefix(PREFIX)] = _body(node, cell.source.split("\n"))
    return found


def is_as_given(lesson: Lesson, exercise: Exercise, sources: Iterable[str]) -> bool:
    """Whether an exercise is one to mend, and `sources`, the cells that define it now, are those of
    the learner's notebook as it was released."""
    if not set(exercise.names) <= given_bodies(lesson.notebook().cells).keys():
        return False
    cells = lesson.release().cells
    released = {squeeze(cell.source) for cell in cells if grade_id(cell) in exercise.solution_ids}
    return {squeeze(source) for source in sources} == released


def _body(function: ast.FunctionDef, lines: list[str]) -> list[str]:
    first = function.body[0].lineno - 1
    if ast.get_docstring(function) is not None:
        first = function.body[0].end_lineno or first
    body = lines[first : function.end_lineno]
    return textwrap.dedent("\n".join(body)).split("\n")
