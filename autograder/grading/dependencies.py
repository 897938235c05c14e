"""What a verdict depends on, apart from the notebook and the seed: the lesson, its hidden tests and
data, the engine, and the libraries under it.

Whoever grades says by this which version it is. A worker may be a process that has run for days, or
another machine; what it says of itself is what it has loaded, not what lies on the disk by now.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
import sys
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import autograder
from autograder.course.course import Course
from autograder.course.hidden_tests import folders
from autograder.course.lesson import Lesson
from autograder.course.needs import needs

PACKAGE = Path(autograder.__file__).resolve().parent
SHOWN = 40  # of a value, in a message; a digest says nothing to anyone
DIGESTS = ("lesson", "hidden tests", "engine", "data")


def dependencies(course: Course, lesson: Lesson) -> dict[str, str]:
    """All that a verdict of a lesson depends on here, by what people call it."""
    return {
        "lesson": lesson.digest,
        "hidden tests": _hidden_digest(lesson.slug),
        "engine": _engine_digest(),
        "data": _data_digest(course),
        **_installed(needs(lesson)),
    }


def differences(wanted: Mapping[str, str], found: Mapping[str, str]) -> str:
    """In what one version is not another, in words; empty if they are the same."""
    said = []
    for name in sorted(wanted.keys() | found.keys(), key=[*wanted, *found].index):
        ours, theirs = wanted.get(name, "none"), found.get(name, "none")
        if ours != theirs and name in DIGESTS:
            said.append(name)
        elif ours != theirs:
            said.append(f"{name} ({theirs[:SHOWN]} and not {ours[:SHOWN]})")
    return ", ".join(said)


def engine_files() -> list[Path]:
    """The modules of the engine, without hidden tests."""
    return sorted(f for f in PACKAGE.rglob("*.py") if not f.is_relative_to(PACKAGE / "hidden"))


def hidden_files(slug: str) -> list[Path]:
    """The hidden tests of one lesson: an edit to another's changes nothing here."""
    return [file for folder in folders(slug) for file in sorted(folder.rglob("*.py"))]


@lru_cache(maxsize=1)
def _engine_digest() -> str:
    return _digest(engine_files())


@lru_cache(maxsize=32)
def _hidden_digest(slug: str) -> str:
    return _digest(hidden_files(slug))


@lru_cache(maxsize=8)
def _data_digest(course: Course) -> str:
    return _digest(sorted(course.data.glob("*.npz")) if course.data.is_dir() else [])


def _digest(files: Iterable[Path]) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


@lru_cache(maxsize=8)
def _installed(needed: tuple[str, ...]) -> dict[str, str]:
    def version(name: str) -> str:
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            return "none"

    return {
        "Python": sys.version,
        "machine": platform.machine(),
        "processor": platform.processor(),
        **{name: version(name) for name in ("numpy", "torch", *_distributions(needed))},
    }


def _distributions(packages: tuple[str, ...]) -> list[str]:
    """What packages were installed as: `tensorflow`, say, as `tensorflow_cpu`."""
    if not packages:  # to look at all that is installed takes its time
        return []
    known = importlib.metadata.packages_distributions()
    return sorted({name for package in packages for name in known.get(package, [])})
