"""The reference solution: the solution cells of a lesson's source, as names."""

from __future__ import annotations

import linecache
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from types import CodeType, ModuleType
from typing import Any

from autograder.course.lesson import Lesson


@lru_cache(maxsize=32)
def load_reference(lesson: Lesson) -> ModuleType:
    """Run the setup and solution cells of a lesson in a module of its own.

    Their loader lines find `data/` from any working folder, as a learner's do by looking upward.
    """
    os.environ.setdefault("DESCENT_DATA", str(lesson.source_path.parents[2] / "data"))
    return execute_source(lesson.reference_source, f"reference_{lesson.id}")


def execute_source(source: str, name: str) -> ModuleType:
    """Execute `source` as a module; tracebacks and `inspect` find its lines."""
    filename = f"<{name}>"
    module = ModuleType(name)
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    exec(_compiled(source, filename), module.__dict__)
    return module


@lru_cache(maxsize=512)
def exercise_source(lesson: Lesson, exercise: str) -> str:
    """The reference's source of one exercise, without nbgrader's delimiters."""
    slots = lesson.exercises[exercise].solution_ids
    cells = [
        cell.source
        for cell in lesson.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") in slots
    ]
    return re.sub(r"(?m)^\s*### (BEGIN|END) SOLUTION\n?", "", "\n\n".join(cells))


def execute_source_over(source: str, name: str, names: Mapping[str, Any]) -> dict[str, Any]:
    """Execute `source` on top of `names`, which stay as they are."""
    prelude = execute_source("", name).__dict__
    prelude.update({key: value for key, value in names.items() if not key.startswith("__")})
    exec(_compiled(source, f"<{name}>"), prelude)
    return prelude


@lru_cache(maxsize=4096)
def _compiled(source: str, filename: str) -> CodeType:
    # Without our own future imports: a dataclass reads its annotations.
    return compile(source, filename, "exec", dont_inherit=True)
