"""What a probe calls: the calls that it makes of the reference, in the judge's process.

A learner's code never runs here, so what is recorded can be believed.
"""

from __future__ import annotations

import copy
import inspect
import types
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any

import numpy as np

from autograder.harness import guest, neutral
from autograder.judging.counterexample.recorded import Call, Form, Held, Keys, Named, Part, State

MOST_CALLS = 100
MOST_STATES = 2000
DEPTH = 3
OPERATORS = {
    f"__{side}{name}__"
    for name in ("add", "sub", "mul", "truediv", "matmul", "pow")
    for side in ("", "r")
} | {"__neg__"}
SPECIAL = OPERATORS | {"__init__", "__call__"}


class Recorder:
    """Notes the calls that a probe makes; what a function calls itself is not noted."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._names: dict[int, str] = {}
        self._results: list[tuple[Any, int, Keys]] = []
        self._given_numbers: set[float] = set()
        self._given_arrays: dict[tuple[int, ...], list[Any]] = defaultdict(list)
        self._objects: list[tuple[Any, int]] = []
        self._held: dict[int, Any] = {}
        self._states = 0
        self._inside = False

    def function(self, name: str, function: Any) -> Any:
        """The same function, noting how it is called."""
        recorded = self._recorded(name, "function", function)
        self._names[id(recorded)] = name
        return recorded

    @contextmanager
    def watched(self, name: str, cls: type) -> Iterator[None]:
        """Note how a class, its methods, operators and properties are called."""
        before = dict(vars(cls))
        self._names[id(cls)] = name
        for attribute, thing in before.items():
            if isinstance(thing, property):
                setattr(cls, attribute, property(self._recorded(attribute, "property", thing.fget)))
            elif isinstance(thing, types.FunctionType) and (
                attribute in SPECIAL or not attribute.startswith("_")
            ):
                form: Form = "operator" if attribute in OPERATORS else "method"
                special = attribute == "__init__"
                recorded = self._recorded(*(name, "class") if special else (attribute, form), thing)
                setattr(cls, attribute, recorded)
        try:
            yield
        finally:
            for attribute, thing in before.items():
                if vars(cls)[attribute] is not thing:
                    setattr(cls, attribute, thing)

    def _recorded(self, name: str, form: Form, function: Any) -> Any:
        names = list(inspect.signature(function).parameters)[form != "function" :]

        @wraps(function)
        def recorded(*args: Any, **kwargs: Any) -> Any:
            if self._inside or len(self.calls) >= MOST_CALLS:
                return function(*args, **kwargs)
            call = self._begin(name, form, args, kwargs)
            call.parameters = names
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
                made = form == "class" and not isinstance(result, Exception)
                self._end(call, args[0] if made else result)

        return recorded

    def _begin(self, name: str, form: Form, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
        owner = self._kept(args[0]) if form not in ("function", "class") else None
        given = args if form == "function" else args[1:]
        keep: Callable[[Any], Any] = self._kept_and_held if form == "class" else self._kept
        kept = [keep(value) for value in given]
        call = Call(name, form, kept, {key: keep(one) for key, one in kwargs.items()}, owner)
        for part, _ in _parts([*given, *kwargs.values()], ()):
            if isinstance(part, np.ndarray):
                self._given_arrays[part.shape].append(part)
            elif isinstance(part, float):
                self._given_numbers.add(part)
        self.calls.append(call)
        return call

    def _end(self, call: Call, result: Any) -> None:
        call.result = wire(result)
        number = len(self.calls) - 1
        self._results[:0] = [(part, number, path) for part, path in _parts(result, ())]
        if call.form != "function" and hasattr(result, "__dict__"):
            self._objects.append((result, number))
        call.states = list(self._seen())
        self._states += len(call.states)

    def _seen(self) -> Iterator[State]:
        """What is to be seen of objects now."""
        if self._states > MOST_STATES:
            return
        for key, array in self._held.items():
            yield State(-1, "", key, array.copy())
        for thing, number in self._objects:
            for name, value in vars(thing).items():
                if not name.startswith("_") and isinstance(value, np.ndarray | int | float):
                    yield State(number, name, 0, plain_copy(value))

    def _kept_and_held(self, value: Any) -> Any:
        """The same as `_kept`, in which arrays stay known."""
        if isinstance(value, np.ndarray) and value.flags.writeable:
            self._held[id(value)] = value
            return Held(id(value), value.copy())
        if type(value) is dict:
            return {key: self._kept_and_held(item) for key, item in value.items()}
        if type(value) in (list, tuple):
            return type(value)(self._kept_and_held(item) for item in value)
        return self._kept(value)

    def _kept(self, value: Any) -> Any:
        """A copy of an argument; what came out of an earlier call says so."""
        if id(value) in self._names:
            return Named(self._names[id(value)])
        tells = _tells(value) and not self._was_given(value)
        for part, number, path in self._results:
            if part is value or (tells and _same(part, value)):
                return Part(number, path, plain_copy(value))
        kind = type(value)
        if kind is dict:
            return {key: self._kept(item) for key, item in value.items()}
        if kind is list or kind is tuple:
            return kind(self._kept(item) for item in value)
        return plain_copy(value)

    def _was_given(self, value: Any) -> bool:
        if isinstance(value, np.ndarray):
            return any(np.array_equal(one, value) for one in self._given_arrays[value.shape])
        return value in self._given_numbers


def record(run: Any, names: Mapping[str, Any], known: Mapping[str, Any], inputs: Any) -> list[Call]:
    """The calls that a probe makes of the reference.

    Args:
        names: the functions and classes to watch.
        known: what else the probe may look at.
    """
    recorder, watched = Recorder(), {}
    with ExitStack() as stack:
        for name, thing in names.items():
            if isinstance(thing, type):
                stack.enter_context(recorder.watched(name, thing))
                watched[name] = thing
            else:
                watched[name] = recorder.function(name, thing)
        stack.enter_context(neutral.neutral_state())
        try:
            run(types.SimpleNamespace(**{**known, **watched}), copy.deepcopy(inputs))
        except Exception:  # noqa: BLE001 (the calls before it count)
            return recorder.calls
    return recorder.calls


def wire(result: Any) -> Any:
    """The wire form of a result, or of an exception; None for what has none."""
    try:
        if isinstance(result, BaseException):
            return guest.encode_exception(result)
        return guest.encode(result, guest.Budget(), 0)
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
