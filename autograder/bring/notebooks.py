"""A learner's own notebook of a lesson: where it lies, and what in it is the learner's code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from nbformat import NotebookNode

from autograder.bring.extract import Extract, extract
from autograder.course.cells import Kind, kind
from autograder.course.course import Course
from autograder.course.lesson import Exercise, Lesson
from autograder.submission.rebuild import NotANotebook, rebuild, written
from autograder.work.workplace import Workplace


@dataclass(frozen=True)
class Own:
    """A learner's notebook of a lesson, as it is saved."""

    lesson: Lesson
    path: Path
    notebook: NotebookNode

    @property
    def shown(self) -> str:
        """Its path as it is said: from the course's folder on, if it is there."""
        root = Course(self.lesson.source_path.parents[2]).root
        within = self.path.is_relative_to(root)
        return self.path.relative_to(root).as_posix() if within else str(self.path)

    def has(self, exercise: Exercise) -> bool:
        """Whether anything is written for an exercise."""
        return exercise.key in self._written

    @cached_property
    def _written(self) -> frozenset[str]:
        return written(self.notebook, self.lesson)

    def extract(self, names: tuple[str, ...]) -> Extract:
        """The cells' statements that define some names; demos are asked only where there is no
        other that does."""
        found = extract(self._sources(demos=False), names)
        return extract(self._sources(demos=True), names) if found.missing else found

    def _sources(self, demos: bool) -> Iterator[str]:
        """What ran or runs: not the tests, and of stubs and demos only what the learner changed."""
        given = {cell.id: cell.source for cell in self.lesson.release().cells}
        always = (Kind.SETUP, Kind.BRING)
        for cell in self.notebook.cells:
            role = kind(cell)
            if cell.cell_type != "code" or role in (Kind.GRADED, Kind.CHECK):
                continue
            changed = given.get(cell.id) != cell.source
            is_demo = role is Kind.DEMO or (role is Kind.UNKNOWN and cell.id in given)
            if role in always or (changed and (demos or not is_demo)):
                yield str(cell.source)


def own_notebook(lesson: Lesson, exercises: list[Exercise], here: Path) -> Own | None:
    """The learner's notebook of a lesson: of those that there are, the first in which something is
    written for one of the exercises, or else the first.

    Args:
        here: the folder of the lesson that is open; the folder beside it is looked into first.
    """
    found: list[Own] = []
    course = Course(lesson.source_path.parents[2])
    name = f"{lesson.slug}.ipynb"
    places = [here.parent / lesson.id / name, Workplace(course).notebook(lesson)]
    places.append(course.notebooks / lesson.id / name)
    for path in dict.fromkeys(place.resolve() for place in places):
        try:
            found.append(Own(lesson, path, rebuild(path, lesson).notebook))
        except NotANotebook:
            continue
    begun = (own for own in found if any(map(own.has, exercises)))
    return next(begun, found[0] if found else None)
