"""A call that a probe made as a learner would type it: one line, after the lines that it needs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.recorder import Call, Named, Part
from autograder.written import Large, Unwritable, adds_up_to_one, written

MOST_LINES = 4
LINE = 160
WHOLE = 320
WORDS = ("first", "second", "third", "fourth")


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
    """Types a call, and the earlier ones whose results it was given.

    Args:
        functions: the reference's, for the names of their parameters.
        digits: to which floats are rounded.
        cut: how long an axis becomes, by how long it is.
        named: no array is written out, each has the name of its parameter.
        told: whether the value of an earlier result may be written as it is.
    """

    def __init__(
        self,
        calls: Sequence[Call],
        functions: dict[str, Any],
        digits: int,
        *,
        cut: Mapping[int, int] | None = None,
        named: bool = False,
        told: Callable[[Any], bool] | None = None,
    ) -> None:
        self.calls, self.functions, self.digits = calls, functions, digits
        self.cut, self.named, self.told = cut or {}, named, told
        self.data: dict[str, Any] = {}
        self._lines: list[str] = []
        self._names: dict[int, str] = {}

    def script(self, number: int) -> Script:
        """The lines for one of the calls.

        Raises:
            Unwritable: an argument has no text, or too many lines are needed.
        """
        last = self._call(self.calls[number])
        return Script((*self._lines, last), self.data)

    def _call(self, call: Call) -> str:
        names = self._parameters(call)
        said = [self._argument(n, v) for n, v in zip(names, call.args, strict=False)]
        said += [f"{name}={self._argument(name, v)}" for name, v in call.kwargs.items()]
        return f"{call.name}({', '.join(said)})"

    def _parameters(self, call: Call) -> list[str]:
        """The names of the arguments that are given by place."""
        names = list(inspect.signature(self.functions[call.name]).parameters)
        return [*names, *(f"argument_{i}" for i in range(len(names), len(call.args)))]

    def _argument(self, name: str, value: Any) -> str:
        value = smaller(value, self.cut)
        if self.named and isinstance(value, np.ndarray) and value.size > 1:
            return self._name(name, value)
        try:
            return written(value, self.digits, self._known)
        except Large:
            if not is_plain(value):
                raise Unwritable(name) from None
            return self._name(name, value)

    def _name(self, name: str, value: Any) -> str:
        while name in self.data:
            name += "_2"
        self.data[name] = value
        return name

    def _known(self, value: Any) -> str | None:
        if isinstance(value, Named):
            return value.name
        if not isinstance(value, Part):
            return None
        if self.told is not None:
            if not self.told(value.value):
                raise Unwritable("a result that was not seen")
            return written(smaller(value.value, self.cut), self.digits)
        return self._variable(value.call) + subscripts(value.path)

    def _variable(self, number: int) -> str:
        """The name of an earlier result, which a line of its own gives it."""
        if number not in self._names:
            line = self._call(self.calls[number])
            if len(self._names) + 1 >= MOST_LINES:
                raise Unwritable("too many calls")
            self._names[number] = WORDS[len(self._names)]
            self._lines.append(f"{self._names[number]} = {line}")
        return self._names[number]


def smaller(value: Any, cut: Mapping[int, int]) -> Any:
    """Arrays with shorter axes; rows that added up to one still do."""
    if not cut or type(value) not in (list, tuple, dict, np.ndarray):
        return value
    if isinstance(value, dict):
        return {key: smaller(item, cut) for key, item in value.items()}
    if not isinstance(value, np.ndarray):
        return type(value)(smaller(item, cut) for item in value)
    kept = value[tuple(slice(cut.get(n, n)) for n in value.shape)]
    if kept.shape != value.shape and kept.size and adds_up_to_one(value):
        sums = kept.sum(axis=-1, keepdims=True)
        return kept / np.where(sums > 0, sums, 1.0)
    return kept


def sizes(value: Any) -> list[tuple[int, ...]]:
    """The shapes of the arrays in an argument."""
    if isinstance(value, dict):
        return [shape for item in value.values() for shape in sizes(item)]
    if type(value) in (list, tuple):
        return [shape for item in value for shape in sizes(item)]
    value = value.value if isinstance(value, Part) else value
    return [value.shape] if isinstance(value, np.ndarray) else []


def is_plain(value: Any) -> bool:
    """Whether a value is data and nothing else: only that is sent along with a script."""
    if isinstance(value, dict):
        return all(type(key) is str and is_plain(item) for key, item in value.items())
    if type(value) in (list, tuple):
        return all(is_plain(item) for item in value)
    if isinstance(value, np.ndarray):
        return not value.dtype.hasobject
    tensor = type(value).__module__ == "torch" and type(value).__name__ == "Tensor"
    return value is None or tensor or type(value) in (bool, int, float, str)


def _size(value: Any) -> str:
    shape = getattr(value, "shape", None)
    return f"shape {tuple(shape)}" if shape is not None else f"length {len(value)}"
