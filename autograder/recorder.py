"""What a probe calls: the calls that it makes of the reference, in the judge's process.

A learner's code never runs here, so what is recorded can be believed.
"""

from __future__ import annotations

import copy
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import numpy as np

from autograder.runners import host

MOST_CALLS = 200
DEPTH = 3

Keys = tuple[Any, ...]


@dataclass(frozen=True)
class Part:
    """An argument that is a part of what an earlier call returned, and a copy of it."""

    call: int
    path: Keys
    value: Any


@dataclass(frozen=True)
class Named:
    """An argument that is a function of the exercise."""

    name: str


@dataclass
class Call:
    """One call of a name of the exercise, from outside.

    Attributes:
        args, kwargs: copies of what it was given, with `Part` and `Named` where they apply.
        result: what came back, in the wire form, as it was then; None while it runs.
    """

    name: str
    args: list[Any]
    kwargs: dict[str, Any]
    result: Any = None


@dataclass
class Recorder:
    """Notes the calls that a probe makes; what a function calls itself is not noted."""

    calls: list[Call] = field(default_factory=list)
    _names: dict[int, str] = field(default_factory=dict)
    _results: list[tuple[Any, int, Keys]] = field(default_factory=list)
    _given: list[Any] = field(default_factory=list)
    _inside: bool = False

    def wrap(self, name: str, function: Any) -> Any:
        """The same function, noting how it is called."""

        @wraps(function)
        def recorded(*args: Any, **kwargs: Any) -> Any:
            if self._inside or len(self.calls) >= MOST_CALLS:
                return function(*args, **kwargs)
            call = self._begin(name, args, kwargs)
            result: Any = None
            self._inside = True
            try:
                result = function(*args, **kwargs)
                return result
            except Exception as error:
                result = error
                raise
            finally:
                self._inside = False
                self._end(call, result)

        self._names[id(recorded)] = name
        return recorded

    def _begin(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
        kept = [self._kept(value) for value in args]
        call = Call(name, kept, {key: self._kept(value) for key, value in kwargs.items()})
        self._given += [part for part, _ in _parts([*args, *kwargs.values()], ())]
        self.calls.append(call)
        return call

    def _end(self, call: Call, result: Any) -> None:
        call.result = wire(result)
        number = len(self.calls) - 1
        self._results[:0] = [(part, number, path) for part, path in _parts(result, ())]

    def _kept(self, value: Any) -> Any:
        """A copy of an argument; what came out of an earlier call says so."""
        if id(value) in self._names:
            return Named(self._names[id(value)])
        for part, number, path in self._results:
            if part is value or (
                _tells(value) and _same(part, value) and not self._was_given(value)
            ):
                return Part(number, path, plain_copy(value))
        kind = type(value)
        if kind is dict:
            return {key: self._kept(item) for key, item in value.items()}
        if kind is list or kind is tuple:
            return kind(self._kept(item) for item in value)
        return plain_copy(value)

    def _was_given(self, value: Any) -> bool:
        return any(_same(one, value) for one in self._given)


def record(run: Any, names: Mapping[str, Any], known: Mapping[str, Any], inputs: Any) -> list[Call]:
    """The calls that a probe makes of the reference.

    Args:
        names: the functions to watch.
        known: what else the probe may look at.
    """
    recorder = Recorder()
    watched = {name: recorder.wrap(name, function) for name, function in names.items()}
    impl = types.SimpleNamespace(**{**known, **watched})
    with host.neutral_state():
        try:
            run(impl, copy.deepcopy(inputs))
        except Exception:  # noqa: BLE001 (the calls before it count)
            return recorder.calls
    return recorder.calls


def wire(result: Any) -> Any:
    """The wire form of a result, or of an exception; None for what has none."""
    try:
        if isinstance(result, BaseException):
            return host.encode_exception(result)
        return host.encode(result, host.Budget(), 0)
    except Exception:  # noqa: BLE001 (what cannot be looked at is not looked for)
        return None


def plain_copy(value: Any) -> Any:
    """A copy of what is plain data; functions and other objects stay as they are."""
    kind = type(value)
    if kind is dict:
        return {key: plain_copy(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return kind(plain_copy(item) for item in value)
    if isinstance(value, np.ndarray | np.random.Generator):
        return copy.deepcopy(value)
    if kind.__module__ == "torch" and kind.__name__ == "Tensor":
        return value.detach().clone().requires_grad_(value.requires_grad)
    return value


def _parts(value: Any, path: Keys) -> Iterator[tuple[Any, Keys]]:
    """What could be told again of a value: itself, its items, theirs."""
    if value is None or isinstance(value, bool | int | str | BaseException):
        return
    yield value, path
    if len(path) < DEPTH and type(value) in (list, tuple, dict) and len(value) <= 20:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from _parts(item, (*path, key))


def _tells(value: Any) -> bool:
    """Whether nothing else is likely to be equal to a value."""
    if isinstance(value, float):
        return not value.is_integer() and value == value
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f" or not value.size:
        return False
    return bool((value != np.round(value)).any() and np.isfinite(value).all())


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.shape == other.shape and bool(np.array_equal(one, other))
    return isinstance(one, float) and isinstance(other, float) and one == other
