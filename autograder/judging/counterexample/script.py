"""A call that a probe made as a learner would type it: one line, after the lines that it needs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.judging.counterexample.recorded import (
    Call,
    Held,
    Named,
    Part,
    State,
    is_plain,
    smaller,
)
from autograder.judging.counterexample.written import Large, Unwritable, written

MOST_LINES = 5
LINE = 160
WHOLE = 320
MOST_NEEDED = 16
APART = 40  # letters of an argument that has a line of its own
WORDS = ["first", "second", "third", "fourth"]
LETTERS = ["a", "b", "c", "d", "e", "f"]
HELD = "w"
SIGNS = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "matmul": "@", "pow": "**"}


@dataclass(frozen=True)
class Script:
    """Lines, the last of them an expression, and the arrays that they name instead of writing
    them."""

    lines: tuple[str, ...]
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def is_short(self) -> bool:
        """Whether a message can hold it."""
        fits = len(self.lines) <= MOST_LINES and all(len(line) <= LINE for line in self.lines)
        return fits and sum(map(len, self.lines)) <= WHOLE

    @property
    def can_be_pasted(self) -> bool:
        """Whether it is short and names nothing that it does not make."""
        return self.is_short and not self.data

    @property
    def size(self) -> tuple[int, int]:
        """How much there is to read."""
        return len(self.lines), len(self.text)

    def at(self, path: Sequence[Any]) -> Script:
        """The same for a part of its result."""
        *before, last = self.lines
        return Script((*before, last + subscripts(path)), self.data)

    @property
    def text(self) -> str:
        """What is shown: the lines, and the shapes of what they only name."""
        shapes = [f"{name} of {_size(value)}" for name, value in self.data.items()]
        note = f"  # {', '.join(shapes)}" if shapes else ""
        return "\n".join(self.lines) + note


def subscripts(path: Sequence[Any]) -> str:
    """`[0]['loss'][1, 2]`."""
    keys = (", ".join(map(str, k)) if isinstance(k, tuple) else repr(k) for k in path if k != ())
    return "".join(f"[{key}]" for key in keys)


class Typist:
    """Types a call, and the earlier ones that it rests on.

    Args:
        digits: to which floats are rounded.
        cut: how long an axis becomes, by how long it is.
        named: no array is written out, each has the name of its parameter.
        apart: long arguments have lines of their own.
        told: whether the value of an earlier result may be written as it is.
    """

    def __init__(
        self,
        calls: Sequence[Call],
        digits: int,
        *,
        cut: Mapping[int, int] | None = None,
        named: bool = False,
        apart: bool = False,
        told: Callable[[Any], bool] | None = None,
    ) -> None:
        self.calls, self.digits, self.cut = calls, digits, cut or {}
        self.named, self.apart, self.told = named, apart, told
        self.data: dict[str, Any] = {}
        self._lines: list[str] = []
        self._names: dict[int, str] = {}
        self._used: Counter[int] = Counter()
        self._seen: State | None = None

    def script(self, number: int, seen: State | None = None) -> Script:
        """The lines for one of the calls, and for what is to be seen after it.

        Raises:
            Unwritable: an argument has no text, or too many lines are needed.
        """
        self._seen = seen
        last = Part(seen.call, (), None) if seen is not None and seen.call >= 0 else None
        needed = self._needed(number, last)
        self._used = Counter(n for i in needed for n in self.calls[i].uses)
        self._used.update([last.call] if last else [])
        for i in needed:
            if (i != number or seen is not None) and not self._is_inline(i):
                self._state(i, needed)
        if seen is None:
            end = self._call(self.calls[number])
        else:
            end = HELD if last is None else f"{self._known(last)}.{seen.name}"
        return Script((*self._lines, end), self.data)

    def _needed(self, number: int, last: Part | None) -> list[int]:
        """The calls that a call, or what is seen after it, rests on: what it was given, and what
        was done before to any object that has to do with it."""
        if self.told is not None:
            return [number]
        ends = {number} | ({last.call} if last else set())
        needed = ends | {i for i in self._related(ends) if self.calls[i].form == "method"}
        for i in range(number, -1, -1):
            needed |= set(self.calls[i].uses) if i in needed else set()
        if len(needed) > MOST_NEEDED:
            raise Unwritable("too many calls")
        return sorted(needed)

    def _related(self, ends: set[int]) -> set[int]:
        """The calls that have an object in common with some, directly or over others."""
        users: dict[int, set[int]] = {}
        for i in range(max(ends) + 1):
            for used in self.calls[i].uses:
                users.setdefault(used, set()).add(i)
        related, waiting = set(ends), list(ends)
        while waiting:
            i = waiting.pop()
            new = (users.get(i, set()) | set(self.calls[i].uses)) - related
            related |= new
            waiting += new
        return related

    def _is_inline(self, number: int) -> bool:
        call = self.calls[number]
        return self._used[number] == 1 and call.form not in ("method", "function")

    def _state(self, number: int, needed: Sequence[int]) -> None:
        """A line for a call that others rest on."""
        call = self.calls[number]
        text = self._call(call)
        if self._used[number]:
            made = [i for i in needed if self.calls[i].form == "class"]
            self._names[number] = self._variable(call, len(made) == 1)
            self._lines.append(f"{self._names[number]} = {text}")
        elif call.form == "method" and len(call.args) == 1 and not call.kwargs:
            self._repeat(text, self._argument(call.parameters[0], call.args[0]))
        elif call.form == "method":
            self._lines.append(text)

    def _repeat(self, text: str, argument: str) -> None:
        """A method that is called again and again is called in a loop."""
        begin = text[: len(text) - len(argument) - 1]
        before = self._lines[-1] if self._lines else ""
        if before.startswith("for each in [") and before.endswith(f": {begin}each)"):
            self._lines[-1] = before.replace(f"]: {begin}each)", f", {argument}]: {begin}each)")
        elif before.startswith(begin) and before.endswith(")"):
            earlier = before[len(begin) : -1]
            self._lines[-1] = f"for each in [{earlier}, {argument}]: {begin}each)"
        else:
            self._lines.append(text)

    def _variable(self, call: Call, only_one: bool) -> str:
        """A name that nothing else has."""
        names = WORDS if call.form == "function" else LETTERS
        if call.form == "class" and only_one:
            names = re.findall("[A-Z]?[a-z0-9]+", call.name)[-1:]
        free = [name.lower() for name in names if name.lower() not in self._names.values()]
        if not free:
            raise Unwritable("too many calls")
        return free[0]

    def _call(self, call: Call) -> str:
        if call.form == "operator":
            return self._operation(call)
        if call.form == "property":
            return f"{self._owner(call)}.{call.name}"
        names = [*call.parameters, *(f"argument_{i}" for i in range(len(call.args)))]
        said = [self._argument(n, v) for n, v in zip(names, call.args, strict=False)]
        said += [f"{name}={self._argument(name, v)}" for name, v in call.kwargs.items()]
        if call.form != "method":
            return f"{call.name}({', '.join(said)})"
        method = "" if call.name == "__call__" else f".{call.name}"
        return f"{self._owner(call)}{method}({', '.join(said)})"

    def _owner(self, call: Call) -> str:
        if (text := self._known(call.owner)) is None:
            raise Unwritable("an object that no call made")
        return text

    def _operation(self, call: Call) -> str:
        owner = self._owner(call)
        if call.name == "__neg__":
            return f"-{owner}"
        other = written(call.args[0], self.digits, self._known)
        other = f"({other})" if other.startswith("-") else other
        name = call.name.strip("_")
        if name in SIGNS:
            return f"{owner} {SIGNS[name]} {other}"
        return f"{other} {SIGNS[name.removeprefix('r')]} {owner}"

    def _argument(self, name: str, value: Any) -> str:
        value = smaller(value, self.cut)
        if self.named and isinstance(value, np.ndarray) and value.size > 1:
            return self._name(name, value)
        try:
            text = written(value, self.digits, self._known)
        except Large:
            if not is_plain(value):
                raise Unwritable(name) from None
            return self._name(name, value)
        if self.apart and len(text) > APART and f"{name} = {text}" not in self._lines:
            self._lines.append(f"{name} = {text}")
        return name if self.apart and len(text) > APART else text

    def _name(self, name: str, value: Any) -> str:
        while name in self.data:
            name += "_2"
        self.data[name] = value
        return name

    def _known(self, value: Any) -> str | None:
        """How a value that has to do with other calls is called."""
        if isinstance(value, Named):
            return value.name
        if isinstance(value, Held):
            text = written(smaller(value.value, self.cut), self.digits)
            if self._seen is None or self._seen.key != value.key:
                return text
            if not any(line.startswith(f"{HELD} = ") for line in self._lines):
                self._lines.append(f"{HELD} = {text}")
            return HELD
        if not isinstance(value, Part):
            return None
        if self.told is not None:
            if not self.told(value.value):
                raise Unwritable("a result that was not seen")
            return written(smaller(value.value, self.cut), self.digits)
        call = self.calls[value.call]
        if value.call in self._names:
            return self._names[value.call] + subscripts(value.path)
        text = self._call(call)
        return f"({text})" if call.form == "operator" else text + subscripts(value.path)


def _size(value: Any) -> str:
    shape = getattr(value, "shape", None)
    return f"shape {tuple(shape)}" if shape is not None else f"length {len(value)}"
