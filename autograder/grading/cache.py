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

import autograder
from autograder.course.course import Course
from autograder.course.hidden_tests import folders
from autograder.course.lesson import Lesson
from autograder.course.needs import needs
from autograder.course.private import FOLDER, write_atomically
from autograder.grading.grade import Graded
from autograder.judging.verdict import LessonVerdict
from autograder.submission.rebuild import Rebuilt

PACKAGE = Path(autograder.__file__).resolve().parent


class Cache:
    """Graded submissions of one lesson, in `.autograder/results/` under a key of all that they
    depend on, and, for those that must not be kept, in this object."""

    def __init__(
        self, course: Course, lesson: Lesson, *, sealed: bool = True, full: bool = False
    ) -> None:
        self._folder = course.root / FOLDER / "results" / lesson.id
        about = [lesson.digest, _code_digest(lesson.slug), _data_digest(course)]
        self._setting = json.dumps([*about, _versions(needs(lesson)), sealed, full])
        self._here: dict[str, Graded] = {}

    def __deepcopy__(self, memo: dict[int, Any]) -> Cache:
        """The same object: nbgrader's steps copy their settings, and this is one of them."""
        return self

    def key(self, rebuilt: Rebuilt, seed: int) -> str:
        """A hash of the rebuilt notebook and of everything else that a verdict depends on."""
        cells = [[c.cell_type, c.get("id"), c.source, c.metadata] for c in rebuilt.notebook.cells]
        text = json.dumps([self._setting, seed, cells], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def get(self, key: str) -> Graded | None:
        """What was put there, or None; a damaged file counts as none."""
        if key in self._here:
            return self._here[key]
        try:
            kept = json.loads((self._folder / f"{key}.json").read_text(encoding="utf-8"))
            notebook = nbformat.from_dict(kept["notebook"])
            return Graded(notebook, LessonVerdict.from_json(kept["verdict"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, key: str, graded: Graded) -> None:
        """Keep a result; on disk only if it would be the same on an idle machine."""
        self._here[key] = graded
        if graded.settled:
            kept = {"notebook": graded.notebook, "verdict": graded.verdict.as_json(whole=True)}
            write_atomically(self._folder / f"{key}.json", json.dumps(kept).encode())


def code_files(slug: str) -> list[Path]:
    """The engine and the hidden tests of one lesson: an edit to another's changes nothing here."""
    engine = [file for file in PACKAGE.rglob("*.py") if not file.is_relative_to(PACKAGE / "hidden")]
    hidden = [file for folder in folders(slug) for file in folder.rglob("*.py")]
    return [*sorted(engine), *sorted(hidden)]


@lru_cache(maxsize=32)
def _code_digest(slug: str) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in code_files(slug))).hexdigest()


@lru_cache(maxsize=8)
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
