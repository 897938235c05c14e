"""The hidden tests of a lesson as a course without us would have them: in the learner's kernel.

A graded cell on nbgrader's side ends in `score(...)`, and nbgrader takes the number for the cell's
points. The probes, the reference and the bank are the same as on our side.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

from nbformat import NotebookNode

from autograder.course import delimiters
from autograder.course.cells import Kind, grade_id, kind
from autograder.course.course import Course
from autograder.course.lesson import Lesson
from autograder.harness.local import LocalRunner
from autograder.judging.judge import Judge
from autograder.notebook.grade_cell import FIXED_SEED

ROOT = Path(__file__).resolve().parents[1]


def score(lesson_id: str, exercise: str) -> float:
    """The points for what this notebook defines."""
    judge = _judge(lesson_id)
    findings = judge.examine(exercise, LocalRunner(sys.modules["__main__"].__dict__))
    return float(judge.verdict(findings).score)


@cache
def _judge(lesson_id: str) -> Judge:
    return Judge(Course.find(ROOT).lesson(lesson_id), FIXED_SEED)


def plain_source(lesson: Lesson) -> NotebookNode:
    """The lesson's source with such hidden tests."""
    notebook = lesson.notebook()
    by_test = {exercise.test_id: exercise.key for exercise in lesson.exercises.values()}
    for cell in notebook.cells:
        if kind(cell) is Kind.GRADED:
            call = f"score({lesson.id!r}, {by_test[str(grade_id(cell))]!r})"
            hidden = (
                delimiters.HIDDEN.begin,
                f"from {__name__} import score\n\n{call}",
                delimiters.HIDDEN.end,
            )
            visible = delimiters.without(cell.source, delimiters.HIDDEN)
            cell.source = "\n".join([visible, *hidden])
    return notebook
