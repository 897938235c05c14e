"""The hidden tests of a lesson, found by its name: the engine imports them in no other way."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

PACKAGE = "autograder.hidden"


def part(slug: str, name: str) -> ModuleType:
    """The `probes` or the `bank` of a lesson."""
    return importlib.import_module(f"{PACKAGE}.{slug}.{name}")


def folders(slug: str) -> list[Path]:
    """Where the hidden tests of a lesson are; nothing is run."""
    spec = importlib.util.find_spec(f"{PACKAGE}.{slug}")
    return [] if spec is None else [Path(each) for each in spec.submodule_search_locations or ()]


def search_path() -> tuple[str, ...]:
    """The folders in which lessons' hidden tests are looked for."""
    return tuple(importlib.import_module(PACKAGE).__path__)


def look_in(search_path: Iterable[str]) -> None:
    """Look there and nowhere else: a worker sees what the process that started it sees."""
    importlib.import_module(PACKAGE).__path__ = list(search_path)
