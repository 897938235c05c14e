"""Which lesson a notebook is of, by what is in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from autograder.course.cells import grade_id
from autograder.course.course import Course
from autograder.course.lesson import Lesson
from autograder.static_analysis.names import defined_names
from autograder.submission.read import Submission

MOST = 0.5  # of a lesson's cells: who handed in two lessons in one notebook handed in both


@dataclass(frozen=True)
class Likeness:
    """The lessons that a notebook is of (none, as a rule one), and whether its cells say so by
    their `grade_id`s, or only the names that they define."""

    lessons: frozenset[str] = frozenset()
    by_cells: bool = False


def likeness(submission: Submission, course: Course, asked: Lesson | None = None) -> Likeness:
    """The lessons of which a notebook has the largest part, or at least a half.

    asked: a lesson that comes first: where the notebook is of this one, no other is looked at.
    """
    named = frozenset(cell.grade_id for cell in submission.cells if cell.grade_id)
    if asked is not None and _part(named, _cells(asked)) >= MOST:
        return Likeness(frozenset({asked.id}), by_cells=True)
    lessons = [course.lesson(lesson_id) for lesson_id in course.lesson_ids()]
    found = _largest({lesson.id: _part(named, _cells(lesson)) for lesson in lessons})
    if found:
        return Likeness(found, by_cells=True)
    defined = frozenset(name for c in submission.cells for name in defined_names(c.source))
    return Likeness(_largest({lesson.id: _part(defined, _names(lesson)) for lesson in lessons}))


def _largest(parts: dict[str, float]) -> frozenset[str]:
    enough = min(max(parts.values(), default=0.0), MOST)
    return frozenset(name for name, part in parts.items() if part >= enough > 0)


def _part(found: frozenset[str], known: frozenset[str]) -> float:
    return len(found & known) / max(len(known), 1)


@lru_cache(maxsize=64)
def _cells(lesson: Lesson) -> frozenset[str]:
    """As the source has them: to make a release takes longer, and leaves none out."""
    return frozenset(name for cell in lesson.cells if (name := grade_id(cell)))


@lru_cache(maxsize=64)
def _names(lesson: Lesson) -> frozenset[str]:
    return frozenset(name for e in lesson.exercises.values() for name in e.names)
