"""Which of a learner's folders are a lesson's, however that is spelt."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import PurePosixPath

from autograder.course.course import LESSON_ID, Course
from autograder.course.lesson import Lesson


class Where:
    """One learner's folder, seen from one lesson."""

    def __init__(self, course: Course, lesson: Lesson, student: str) -> None:
        self.root = course.root / "submitted" / student
        self.exact = f"{lesson.id}/{lesson.slug}.ipynb"
        self._course, self._lesson = course, lesson

    @cached_property
    def names(self) -> list[str]:
        """What is in the folder."""
        try:
            return sorted(path.name for path in self.root.iterdir())
        except OSError:
            return []

    @cached_property
    def elsewhere(self) -> frozenset[str]:
        """The folders of other lessons."""
        return frozenset(filter(self._is_another_lessons, self.names))

    def is_here(self, place: str) -> bool:
        """Whether something is in the lesson's folder, or named like the lesson."""
        first = _first(place)
        return first == self._lesson.id or is_like(first, self._lesson)

    def is_elsewhere(self, place: str) -> bool:
        """Whether something is in the folder of another lesson."""
        return _first(place) in self.elsewhere

    def _is_another_lessons(self, name: str) -> bool:
        path = self.root / name
        if name == self._lesson.id or path.is_symlink() or not path.is_dir():
            return False
        known = name in self._course.lesson_ids()
        return known or bool(LESSON_ID.fullmatch(name) and not is_like(name, self._lesson))


def is_like(name: str, lesson: Lesson) -> bool:
    """Whether a name means a lesson: `00-Orientation`, `Orientation (1).zip`, `lesson 0`."""
    numbers = [int(number) for number in re.findall(r"\d+", name)[:2]]
    slug = lesson.slug.replace("_", "")
    return slug in re.sub(r"[\W_]", "", name.lower()) or numbers == [int(lesson.id[:2])]


def _first(place: str) -> str:
    return next(iter(PurePosixPath(place).parts), "")
