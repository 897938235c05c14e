"""What a verdict depends on, apart from the notebook and the seed."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import autograder
from autograder.course.course import Course
from autograder.course.hidden_tests import folders
from autograder.course.lesson import Lesson
from autograder.course.needs import needs

PACKAGE = Path(autograder.__file__).resolve().parent


def dependencies(course: Course, lesson: Lesson) -> list[Any]:
    """The lesson, the engine, the lesson's hidden tests, the data sets, and the versions: as JSON
    can write them."""
    digests = [lesson.digest, _code_digest(lesson.slug), _data_digest(course)]
    return [*digests, _versions(needs(lesson))]


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
