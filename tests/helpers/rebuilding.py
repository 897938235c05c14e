"""The tiny lesson, answered, for the tests of rebuilding."""

from __future__ import annotations

from pathlib import Path

import nbformat

from autograder.course.cells import Kind, kind
from autograder.course.lesson import Lesson
from autograder.submission.rebuild import rebuild

TINY = Path(__file__).parents[1] / "fixtures/tiny_course/solutions/90_tiny/tiny.py"
LESSON = Lesson.read(TINY)
RELEASE = LESSON.release()
DOUBLE = 'def double(x):\n    """Mine."""\n    return x + x'
COUNTER = """class Counter:
    def __init__(self, start=0):
        self.count = start

    def add(self, steps):
        self.count += steps
        return self.count"""
PREDICTION = 'prediction_count = "c"'
ANSWERS = {"double": DOUBLE, "Counter": COUNTER, "prediction_count": PREDICTION}


def answered_notebook():
    """The released notebook with right answers in it."""
    notebook = LESSON.release()
    for name, source in ANSWERS.items():
        cell(notebook, name).source = source
    return notebook


def cell(notebook, cell_id):
    return next(c for c in notebook.cells if c.id == cell_id)


def index(notebook, cell_id):
    return next(i for i, c in enumerate(notebook.cells) if c.id == cell_id)


def sources(notebook):
    return [c.source for c in notebook.cells]


def is_answered(notebook, name):
    """The answer is in its own place, or was written once above the cell that asks for it."""
    return cell(notebook, name).source == ANSWERS[name]


def mended(notebook):
    """Rebuild, and check what holds for whatever was handed in."""
    result = rebuild(notebook, LESSON).notebook
    nbformat.validate(result)
    assert rebuild(result, LESSON).notebook == result
    assert [c.id for c in result.cells if not c.id.startswith("extra-")] == [
        c.id for c in RELEASE.cells
    ]
    for ours, theirs in zip(
        RELEASE.cells, (cell(result, c.id) for c in RELEASE.cells), strict=True
    ):
        if kind(ours) is Kind.SOLUTION:
            assert theirs.metadata == ours.metadata
        elif kind(ours) is not Kind.DEMO and ours.id != "why_count-1":
            assert theirs == ours
    return result
