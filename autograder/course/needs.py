"""What a lesson needs beyond what everyone has installed: its first line of code says so.

A setup cell that begins with `# needs: tensorflow` makes the package a condition. Without it the
lesson can be read and handed out; nothing of it is run, judged, graded or measured, and whoever
asks is told so in one line. A lesson that could not be judged is not a lesson with 0 points.
A package that is there and cannot be imported counts as missing; that is seen by importing it, in
a process of its own, since what a broken one leaves behind is nobody's to clear away.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec

from autograder.course.cells import Kind, kind
from autograder.course.course import Course, CourseError
from autograder.course.lesson import Lesson

NEEDS = re.compile(r"# needs: (\w+(?:, \w+)*)")
# By package: its name in a sentence, and what to do.
HELP = {"tensorflow": ("TensorFlow", "`make tensorflow` installs it")}


class NotInstalled(CourseError):
    """A lesson cannot be run here: one line that names it, the package, and what to do."""


def needs(lesson: Lesson) -> tuple[str, ...]:
    """The packages that a lesson's setup asks for in its first lines."""
    setup = (cell.source for cell in lesson.cells if kind(cell) is Kind.SETUP)
    found = filter(None, map(NEEDS.match, setup))
    return tuple(package for line in found for package in line[1].split(", "))


def lacking(lesson: Lesson, *, trying: bool = True) -> str:
    """Why a lesson cannot be run here, or nothing.

    Args:
        trying: whether a package that is there is imported once, which takes seconds.
    """
    packages = needs(lesson)
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        named = [HELP.get(package, (package, "")) for package in missing]
        what = " and ".join(name for name, _ in named)
        verb = "are" if len(missing) > 1 else "is"
        return "; ".join(
            [f"{what} {verb} not installed here", *filter(None, (to for _, to in named))]
        )
    why = {package: why_not_imported(package) for package in packages if trying}
    broken = [(HELP.get(package, (package, ""))[0], said) for package, said in why.items() if said]
    return "; ".join(f"{name} is installed here and cannot be imported: {w}" for name, w in broken)


def why_not_imported(package: str) -> str:
    """What an import of a package ends with when it fails, in one line, or nothing."""
    return "" if package in sys.modules else _tried(package, tuple(sys.path))


@cache
def _tried(package: str, path: tuple[str, ...]) -> str:
    """An import in a process of its own, with this one's places to look in."""
    known = {**os.environ, "PYTHONPATH": os.pathsep.join(path), "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, "-P", "-c", f"import {package}"], env=known, capture_output=True, text=True
    )
    if done.returncode == 0:
        return ""
    said = re.findall(r"^[\w.]*(?:Error|Exception)\b.*", done.stderr, re.MULTILINE)
    return said[-1].strip()[:160] if said else f"it ended with status {done.returncode}"


def require(lesson: Lesson) -> None:
    """Go on only if a lesson can be run here.

    Raises:
        NotInstalled: a package that it needs is missing.
    """
    if why := lacking(lesson):
        raise NotInstalled(f"{lesson.id} cannot be judged: {why}")


def skipped(lesson: Lesson, *, trying: bool = True) -> str:
    """A line that says that a lesson is left out, where it cannot be run here; else nothing."""
    why = lacking(lesson, trying=trying)
    return f"{lesson.id}: skipped: {why}" if why else ""


def runnable(course: Course, lesson_ids: Iterable[str] = ()) -> list[str]:
    """The lessons (default: all of a course) that can be run here."""
    chosen = list(lesson_ids) or course.lesson_ids()
    return [name for name in chosen if not lacking(course.lesson(name))]
