"""What is kept of the calls that a probe makes, and what their arguments hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np

from autograder.judging.counterexample.written import adds_up_to_one

Keys = tuple[Any, ...]
Form = Literal["function", "class", "method", "operator", "property"]


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


@dataclass(frozen=True)
class Held:
    """An array that an object was made with, which may change it later, and a copy of it."""

    key: int
    value: Any


@dataclass(frozen=True)
class State:
    """What an attribute of an object, or an array that one was made with, was after a call.

    Attributes:
        call: the one that made the object; -1 where it is an array.
        name: the attribute.
        key: whose array it is, by `Held.key`.
    """

    call: int
    name: str
    key: int
    value: Any


@dataclass
class Call:
    """One call of a name of the exercise, from outside.

    Attributes:
        args, kwargs, owner: copies of what it was given and called on, with `Part`, `Named` and
            `Held` where they apply.
        parameters: the names of those that are given by place.
        result: what came back, in the wire form, as it was then.
        states: what was to be seen of all objects afterwards.
    """

    name: str
    form: Form
    args: list[Any]
    kwargs: dict[str, Any]
    owner: Any = None
    parameters: list[str] = field(default_factory=list)
    result: Any = None
    states: list[State] = field(default_factory=list)

    @cached_property
    def uses(self) -> tuple[int, ...]:
        """The calls whose results it was given, or called on, each as often as it is there."""
        return tuple(_parts_in([self.owner, self.args, self.kwargs]))


def _parts_in(value: Any) -> Iterator[int]:
    if isinstance(value, Part):
        yield value.call
    elif type(value) in (list, tuple, dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _parts_in(item)


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
    value = value.value if isinstance(value, Part | Held) else value
    return [value.shape] if isinstance(value, np.ndarray) else []


def counts(value: Any) -> set[int]:
    """The whole numbers in an argument: a shape, a number of classes."""
    if isinstance(value, dict):
        value = list(value.values())
    if type(value) in (list, tuple):
        return set().union(*map(counts, value))
    return {value} if type(value) is int else set()


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
