"""A `%check` without a kernel: cells run as IPython runs them, and judged as `Session` does."""

from __future__ import annotations

import itertools
import linecache
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

from autograder.check.session import Session
from autograder.course.cells import Kind, kind
from autograder.course.course import Course
from autograder.course.reference import exercise_source, load_reference
from autograder.judging.verdict import Verdict

NUMBERS = itertools.count(1)


class Kernel:
    """A kernel in which everything of a lesson is right but what is written next."""

    def __init__(self, lesson_id: str) -> None:
        self.lesson = Course.find().lesson(lesson_id)
        self._setup = [c.source for c in self.lesson.notebook().cells if kind(c) is Kind.SETUP]

    def verdict(self, key: str, *cells: str) -> Verdict:
        """What `%check` says of an exercise after these cells were run."""
        shell = self.shell(key, *cells)
        return Session(self.lesson, shell).verdict(key)

    def shell(self, key: str, *cells: str) -> Any:
        """What `Session` wants of a shell: its names, and the cells that were run."""
        others = [exercise_source(self.lesson, k) for k in self.lesson.exercises if k != key]
        known = load_reference(self.lesson).__dict__
        names = {n: v for n, v in known.items() if n[:2] != "__"}
        for name in self.lesson.exercises[key].names:
            names.pop(name)
        for cell in cells:
            file = f"<ipython-input-{next(NUMBERS)}-slip>"
            linecache.cache[file] = (len(cell), None, cell.splitlines(keepends=True), file)
            exec(compile(cell, file, "exec"), names)
        history = SimpleNamespace(input_hist_raw=[*self._setup, *others, *cells])
        return Mock(user_ns=names, history_manager=history, compile=None)
