"""What a lesson needs beyond what everyone has installed: its first line of code says so.

A setup cell that begins with `# needs: tensorflow` makes the package a condition. Without it the
lesson can be read and handed out; nothing of it is run, judged, graded or measured, and whoever
asks is told so in one line. A lesson that could not be judged is not a lesson with 0 points.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.util import find_spec

from autograder.cells import Kind, kind
from autograder.course import Course, CourseError
from autograder.lesson import Lesson

NEEDS = re.compile(r"# needs: (\w+(?:, \w+)*)")
# By package: its name in a sentence, and what to do.
HELP = {"tensorflow": ("TensorFlow", "`make tensorflow` installs it")}


class NotInstalled(CourseError):
    """A lesson cannot be run here: one line that names it, the package, and what to do."""


def needs(lesson: Lesson) -> tuple[str, ...]:
    """The packages that a lesson's setup asks for in its first lines."""
    setup = (cell.source for cell in lesson.notebook().cells if kind(cell) is Kind.SETUP)
    found = filter(None, map(NEEDS.match, setup))
    return tuple(package for line in found for package in line[1].split(", "))


def lacking(lesson: Lesson) -> str:
    """Why a lesson cannot be run here, or nothing."""
    missing = [package for package in needs(lesson) if find_spec(package) is None]
    if not missing:
        return ""
    named = [HELP.get(package, (package, "")) for package in missing]
    what = " and ".join(name for name, _ in named)
    verb = "are" if len(missing) > 1 else "is"
    return "; ".join([f"{what} {verb} not installed here", *filter(None, (to for _, to in named))])


def require(lesson: Lesson) -> None:
    """Go on only if a lesson can be run here.

    Raises:
        NotInstalled: a package that it needs is missing.
    """
    if why := lacking(lesson):
        raise NotInstalled(f"{lesson.id} cannot be judged: {why}")


def skipped(lesson: Lesson) -> str:
    """A line that says that a lesson is left out, where it cannot be run here; else nothing."""
    why = lacking(lesson)
    return f"{lesson.id}: skipped: {why}" if why else ""


def runnable(course: Course, lesson_ids: Iterable[str] = ()) -> list[str]:
    """The lessons (default: all of a course) that can be run here."""
    chosen = list(lesson_ids) or course.lesson_ids()
    return [name for name in chosen if not lacking(course.lesson(name))]
