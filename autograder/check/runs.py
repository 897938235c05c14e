"""Which run of a cell made what a check judges, and whether a newer version of it is waiting.

Every kernel of the course's environment loads this file at its start: nothing of ours is imported
before it is needed.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import CodeType, FunctionType, MethodType
from typing import Any
from weakref import WeakKeyDictionary

_known: WeakKeyDictionary[Any, Runs] = WeakKeyDictionary()


@dataclass(frozen=True)
class Run:
    """How the run of a cell ended: when, and with which error at which of its lines."""

    at: float
    error: str = ""
    line: int = 0


class Runs:
    """The cells that a kernel has run, by execution count."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._ended: dict[int, Run] = {}

    @property
    def _files(self) -> dict[str, int]:
        """What IPython keeps of the cells that it compiled: the last run by file name."""
        return getattr(self._shell.compile, "_filename_map", {})

    @classmethod
    def of(cls, shell: Any) -> Runs:
        """The one of a shell; from the first time on, it sees how each cell ends."""
        if shell not in _known:
            _known[shell] = cls(shell)
            shell.events.register("post_run_cell", _known[shell]._note)
        return _known[shell]

    @property
    def sources(self) -> list[str]:
        """As they were typed; the index is the execution count."""
        return list(self._shell.history_manager.input_hist_raw)

    def made(self, name: str) -> int | None:
        """The run that made what a name stands for; None where that cannot be told."""
        value = self._shell.user_ns.get(name, self)
        if value is self:
            return None
        files = {code.co_filename for code in codes(value)}
        found = [number for file, number in self._files.items() if file in files]
        return max(found) if found else self._bound(name)

    def ended(self, number: int) -> Run | None:
        """How a run ended; None where nobody saw it."""
        return self._ended.get(number)

    def newer(self, name: str, than: int) -> str:
        """What became of the last version of a name, if it came to nothing; else nothing."""
        from autograder.static_analysis.names import bound_names, parses, said_names

        sources = self.sources
        for number in range(len(sources) - 1, than, -1):
            source, run = sources[number], self._ended.get(number)
            if name not in source:
                continue
            if not parses(source) and name in said_names(source):
                return f"In [{number}] has a syntax error{_at(source, _syntax_line(source))}"
            if run is not None and run.error and name in bound_names(source):
                return f"In [{number}] stopped{_at(source, run.line)} ({run.error})"
        return ""

    def _bound(self, name: str) -> int | None:
        """The last run that bound a name, as its source says."""
        from autograder.static_analysis.names import bound_names

        sources = self.sources
        for number in range(len(sources) - 1, 0, -1):
            run, source = self._ended.get(number), sources[number]
            failed = run is not None and run.error
            if name in source and not failed and name in bound_names(source):
                return number
        return None

    def _note(self, result: Any) -> None:
        """Called by IPython behind every cell."""
        error, number = result.error_before_exec or result.error_in_exec, result.execution_count
        if number is None:
            return
        if error is None:
            self._ended[number] = Run(time.time())
            return
        line, trace = getattr(error, "lineno", None) or 0, error.__traceback__
        while trace is not None:
            if self._files.get(trace.tb_frame.f_code.co_filename) == number:
                line = trace.tb_lineno
            trace = trace.tb_next
        self._ended[number] = Run(time.time(), type(error).__name__, line)


def codes(value: Any) -> Iterator[CodeType]:
    """The code that a function or class consists of."""
    while isinstance(value, functools.partial | MethodType | staticmethod | classmethod):
        value = value.func if isinstance(value, functools.partial) else value.__func__
    if isinstance(value, property):
        value = value.fget
    if isinstance(value, type):
        for member in vars(value).values():
            if not isinstance(member, type):
                yield from codes(member)
    elif isinstance(value, FunctionType):
        yield value.__code__
        yield from codes(vars(value).get("__wrapped__"))


def listed(numbers: Iterable[int | None]) -> str:
    """`In [61] and In [63]`: the runs that a check judged."""
    return " and ".join(f"In [{number}]" for number in sorted({n for n in numbers if n}))


def _at(source: str, line: int) -> str:
    lines = source.splitlines()
    return f" at line {line}, `{lines[line - 1].strip()[:100]}`" if 0 < line <= len(lines) else ""


def _syntax_line(source: str) -> int:
    """The line at which Python gives up on a text; 0 where there is none."""
    from autograder.static_analysis.names import plain_python

    try:
        compile(plain_python(source), "<cell>", "exec")
    except SyntaxError as error:
        return error.lineno or 0
    except (ValueError, RecursionError, MemoryError):
        return 0
    return 0
