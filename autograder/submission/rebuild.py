"""Whatever a learner hands in -> the released notebook with the learner's sources in it.

The release is the skeleton: its cells, their order, their metadata. Of the submission only text is
taken. A cell that the release knows (by `grade_id`, by id, by its text) goes where it belongs; a
solution that lost its name goes where the names that it defines are asked for, if all that it needs
stands above; every other cell keeps its place behind the last known one before it. Of several
attempts at an exercise, the last of the submission stays the last: it is the one that counts.

Rebuilding what was rebuilt changes nothing, because a notebook is rebuilt until nothing changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, from_dict

from autograder.course.cells import Kind, grade_id, kind
from autograder.course.course import Course
from autograder.course.delimiters import squeeze
from autograder.course.lesson import Lesson
from autograder.static_analysis.names import bound_names, defined_names, said_names
from autograder.static_analysis.program import Program
from autograder.submission.align import Alignment
from autograder.submission.read import NotANotebook, Submission, read_notebook

__all__ = [
    "NotANotebook",
    "Rebuilt",
    "UnknownLesson",
    "belongs",
    "identify",
    "learner_cells",
    "read_notebook",
    "rebuild",
    "written",
]

HandedIn = Submission | Mapping[str, Any] | bytes | Path
ROUNDS = 8  # two are enough for every notebook but those made to need more


class UnknownLesson(ValueError):
    """The notebook has nothing in common with any lesson of the course."""


@dataclass(frozen=True)
class Rebuilt:
    """A notebook that grading can rely on, what had to be mended to get it, and what of it is its
    learner's, each derived once."""

    lesson: Lesson
    notebook: NotebookNode
    notes: list[str]
    settled: bool = False  # whether it was seen that rebuilding it once more changes nothing

    @cached_property
    def cells(self) -> list[NotebookNode]:
        """The code that the learner answers for, and what it stands on."""
        return learner_cells(self.notebook, self.lesson)

    @cached_property
    def program(self) -> Program:
        """That code, as one program."""
        return Program(cell.source for cell in self.cells)

    @cached_property
    def written(self) -> frozenset[str]:
        """The exercises for which there is anything that the release has not."""
        return written(self.notebook, self.lesson)


def rebuild(submission: HandedIn, lesson: Lesson) -> Rebuilt:
    """Put a learner's sources into the released notebook of a lesson.

    Raises:
        NotANotebook: there is nothing to read sources from.
    """
    release = lesson.released
    alignment = Alignment(release, read_notebook(submission).cells)
    notebook, notes = alignment.notebook(), alignment.notes
    for _ in range(ROUNDS):
        alignment = Alignment(release, read_notebook(notebook).cells)
        before, notebook = notebook, alignment.notebook()
        notes += alignment.notes
        if notebook == before:
            return Rebuilt(lesson, from_dict(notebook), notes, settled=True)
    return Rebuilt(lesson, from_dict(notebook), notes)


def written(notebook: NotebookNode, lesson: Lesson) -> frozenset[str]:
    """The exercises for which a rebuilt notebook has anything that the release has not."""
    stubs = {cell.id: squeeze(cell.source) for cell in lesson.released.cells if grade_id(cell)}
    changed = {
        name
        for cell in notebook.cells
        if (name := grade_id(cell)) and squeeze(cell.source) != stubs[cell.id]
    }
    extra = [cell for cell in learner_cells(notebook, lesson) if kind(cell) is Kind.UNKNOWN]
    found = [bound_names(cell.source) | said_names(cell.source) for cell in extra]
    return frozenset(
        key
        for key, exercise in lesson.exercises.items()
        if not changed.isdisjoint(exercise.solution_ids)
        or any(names.intersection(exercise.names) for names in found)
    )


def learner_cells(notebook: NotebookNode, lesson: Lesson) -> list[NotebookNode]:
    """The code of a rebuilt notebook that a learner answers for, and what it stands on: setup, and
    bring cells with whatever is in them."""
    given = {(cell.id, cell.source) for cell in lesson.released.cells}
    return [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code"
        and (kind(cell) in (Kind.SETUP, Kind.BRING) or (cell.id, cell.source) not in given)
    ]


def belongs(submission: HandedIn, lesson: Lesson) -> bool:
    """Whether a notebook has a `grade_id` or the name of an exercise in common with a lesson."""
    cells = read_notebook(submission)
    # In this order: most notebooks have a `grade_id`, and names are found by parsing every cell.
    return bool(_named(cells, lesson) or _defined(cells, lesson))


def identify(submission: HandedIn, course: Course) -> Lesson:
    """The lesson with which a notebook has most in common.

    Raises:
        NotANotebook: there is nothing to compare.
        UnknownLesson: it has nothing in common with any.
    """
    cells = read_notebook(submission)
    lessons = [course.lesson(name) for name in course.lesson_ids()]
    best = max(lessons, key=lambda lesson: _in_common(cells, lesson), default=None)
    if best is None or not _in_common(cells, best):
        raise UnknownLesson("this notebook has nothing in common with any lesson: say which it is")
    return best


def _in_common(submission: Submission, lesson: Lesson) -> int:
    """How many `grade_id`s and names of exercises a notebook shares with a lesson."""
    return len(_named(submission, lesson)) + len(_defined(submission, lesson))


def _named(submission: Submission, lesson: Lesson) -> set[str | None]:
    known = {grade_id(cell) for cell in lesson.cells} - {None}
    return {cell.grade_id for cell in submission.cells} & known


def _defined(submission: Submission, lesson: Lesson) -> set[str]:
    names = {name for exercise in lesson.exercises.values() for name in exercise.names}
    return names & {name for cell in submission.cells for name in defined_names(cell.source)}
