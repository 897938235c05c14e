"""No learner's notebook of any lesson has a line of any lesson's solution.

A line that does no more than call an exercise (`loss, grads = mlp_loss_and_grads(params, x, y)`) is
how an exercise is used, and stands in solutions and experiments alike.
"""

from __future__ import annotations

import ast
import re

import pytest

from autograder.course import delimiters
from autograder.course.cells import Kind, kind
from autograder.course.course import Course
from autograder.course.given import given_bodies

COURSE = Course.find()
# Shorter lines (`for name, array in params.items():`) are not one lesson's alone.
LONG = 32


def plain(line: str) -> str:
    """A line without its indent, comment and white space."""
    return re.sub(r"\s+", "", re.sub(r"\s+#.*", "", line.strip()))


def solution_lines(lesson_id: str) -> set[str]:
    """The lines of a lesson's solutions that say enough to give an exercise away: without those
    that were there before it was mended."""
    found: set[str] = set()
    cells = COURSE.lesson(lesson_id).notebook().cells
    for cell in cells:
        if kind(cell) is Kind.SOLUTION:
            for region in delimiters.regions(cell.source, delimiters.SOLUTION):
                found |= {plain(line) for line in region.body(cell.source)}
    found -= {plain(line) for body in given_bodies(cells).values() for line in body}
    exercises = COURSE.lesson(lesson_id).exercises.values()
    used = "|".join(name for exercise in exercises for name in exercise.names)
    call = re.compile(rf"(?:return|[\w,]+=)?(?:{used})\([\w,=.]*\)")
    return {
        line
        for line in found
        if len(line) >= LONG and not line.startswith(('"', "def")) and not call.fullmatch(line)
    }


def given_lines(lesson_id: str) -> dict[str, str]:
    """The lines of a learner's notebook, code and text, with the cell that each stands in."""
    return {
        plain(line): str(cell.id)
        for cell in COURSE.lesson(lesson_id).release().cells
        for line in cell.source.split("\n")
    }


@pytest.mark.parametrize("lesson_id", COURSE.lesson_ids())
def test_no_notebook_gives_a_solution_away(lesson_id: str) -> None:
    given = given_lines(lesson_id)
    leaks = {
        f"{other}: {line}": given[line]
        for other in COURSE.lesson_ids()
        for line in sorted(solution_lines(other) & given.keys())
    }
    assert leaks == {}


@pytest.mark.parametrize("lesson_id", COURSE.lesson_ids())
def test_no_notebook_names_a_right_letter(lesson_id: str) -> None:
    for cell in COURSE.lesson(lesson_id).release().cells:
        for statement in re.findall(r"^\s*prediction_\w+\s*=.*$", cell.source, re.MULTILINE):
            assert ast.literal_eval(statement.split("=")[1].strip()) is None


@pytest.mark.parametrize("lesson_id", COURSE.lesson_ids())
def test_no_notebook_has_a_mark_scheme_or_a_hidden_test(lesson_id: str) -> None:
    lesson = COURSE.lesson(lesson_id)
    scheme = {
        plain(line)
        for cell in lesson.notebook().cells
        if kind(cell) is Kind.TASK
        for region in delimiters.regions(cell.source, delimiters.SCHEME)
        for line in region.body(cell.source)
    } - {""}
    assert scheme
    assert not scheme & given_lines(lesson_id).keys()
    text = "\n".join(cell.source for cell in lesson.release().cells)
    assert "autograder.hidden" not in text
    assert "MARK SCHEME" not in text
