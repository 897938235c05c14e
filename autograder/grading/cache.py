"""Results that are kept: a killed batch goes on where it was, and a regrade touches what
changed."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

import autograder
from autograder.course.course import Course
from autograder.course.hidden_tests import folders
from autograder.course.lesson import Lesson
from autograder.course.needs import needs
from autograder.course.seeds import FOLDER, write_atomically
from autograder.grading.grade import Graded
from autograder.judging.verdict import LessonVerdict

PACKAGE = Path(autograder.__file__).resolve().parent


class Results:
    """Graded submissions of one lesson, in `.autograder/results/` under a key of all that they
    depend on,
    and, for those that must not be kept, in this process."""

    def __init__(
        self, course: Course, lesson: Lesson, *, sealed: bool = True, full: bool = False
    ) -> None:
        self._folder = course.root / FOLDER / "results" / lesson.id
        self._setting = json.dumps(
            [
                *(
                    lesson.digest,
                    _code_digest(lesson.slug),
                    _data_digest(course),
                    _versions(needs(lesson)),
                ),
                *(sealed, full),
            ]
        )
        self._here: dict[str, Graded] = {}

    def key(self, rebuilt: NotebookNode, seed: int) -> str:
        """A hash of the rebuilt notebook and of everything else that a verdict depends on."""
        cells = [[c.cell_type, c.get("id"), c.source, c.metadata] for c in rebuilt.cells]
        text = json.dumps([self._setting, seed, cells], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def lookup(self, rebuilt: NotebookNode, seed: int) -> Graded | None:
        """What was stored for this notebook, or None; a damaged file counts as none."""
        key = self.key(rebuilt, seed)
        if key in self._here:
            return self._here[key]
        try:
            kept = json.loads((self._folder / f"{key}.json").read_text(encoding="utf-8"))
            notebook = nbformat.from_dict(kept["notebook"])
            return Graded(notebook, LessonVerdict.from_json(kept["verdict"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def store(self, rebuilt: NotebookNode, graded: Graded) -> None:
        """Remember a result; on disk only if it would be the same on an idle machine."""
        key = self.key(rebuilt, graded.verdict.seed)
        self._here[key] = graded
        if graded.settled:
            kept = {"notebook": graded.notebook, "verdict": graded.verdict.as_json(whole=True)}
            write_atomically(self._folder / f"{key}.json", json.dumps(kept).encode())


@lru_cache(maxsize=16)
def results_for(course: Course, lesson: Lesson, sealed: bool = True, full: bool = False) -> Results:
    """The results of a lesson; one object in a process, so that what a batch graded in parallel is
    there
    when nbgrader asks for it."""
    return Results(course, lesson, sealed=sealed, full=full)


def code_files(slug: str) -> list[Path]:
    """The engine and the hidden tests of one lesson: an edit to another's changes nothing here."""
    engine = [file for file in PACKAGE.rglob("*.py") if not file.is_relative_to(PACKAGE / "hidden")]
    hidden = [file for folder in folders(slug) for file in folder.rglob("*.py")]
    return [*sorted(engine), *sorted(hidden)]


@lru_cache(maxsize=32)
def _code_digest(slug: str) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in code_files(slug))).hexdigest()


def _data_digest(course: Course) -> str:
    files = sorted(course.data.glob("*.npz")) if course.data.is_dir() else []
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


@lru_cache(maxsize=8)
def _versions(needed: tuple[str, ...]) -> list[Any]:
    def version(name: str) -> str:
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            return "none"

    return [
        sys.version,
        platform.machine(),
        platform.processor(),
        *map(version, ("numpy", "torch")),
        *map(version, _distributions(needed)),
    ]


def _distributions(packages: tuple[str, ...]) -> list[str]:
    """What packages were installed as: `tensorflow`, say, as `tensorflow_cpu`."""
    if not packages:  # to look at all that is installed takes its time
        return []
    known = importlib.metadata.packages_distributions()
    return sorted({name for package in packages for name in known.get(package, [])})
