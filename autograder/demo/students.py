"""What a class hands in: a notebook, and what it should get."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

from autograder.course.cells import grade_id
from autograder.course.lesson import Lesson

MARKS = re.compile(r"(?m)^\s*### (BEGIN|END) SOLUTION\n?")


@dataclass(frozen=True)
class Student:
    """One submission of the demo.

    Attributes:
        name: the learner's id, which says what was handed in.
        notebook: the bytes of the notebook, which may be anything.
        expected: points by exercise; exercises that are left out get none.
        named: misconceptions that the verdict has to name, by exercise.
        beside: other files handed in, by name.
        late: handed in after the due date.
        unreadable: not a notebook at all.
    """

    name: str
    notebook: bytes
    expected: dict[str, float] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    beside: dict[str, bytes] = field(default_factory=dict)
    late: bool = False
    unreadable: bool = False


def right_sources(lesson: Lesson) -> dict[str, str]:
    """The reference's cells, by grade_id, as a learner would have typed them."""
    slots = {slot for exercise in lesson.exercises.values() for slot in exercise.solution_ids}
    return {
        name: MARKS.sub("", cell.source)
        for cell in lesson.notebook().cells
        if (name := grade_id(cell)) in slots and name is not None
    }


def full_marks(lesson: Lesson) -> dict[str, float]:
    """Every point that the judge gives."""
    return {key: exercise.points for key, exercise in lesson.exercises.items()}


def fill_in(lesson: Lesson, sources: dict[str, str]) -> NotebookNode:
    """The released notebook with `sources` typed into its cells, by grade_id."""
    notebook = lesson.release()
    for cell in notebook.cells:
        name = grade_id(cell)
        if name in sources:
            cell.source = sources[name]
    return notebook


def as_bytes(notebook: NotebookNode) -> bytes:
    """A notebook file."""
    return str(nbformat.writes(notebook)).encode()
