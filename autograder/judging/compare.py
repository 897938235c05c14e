"""The difference between two observations that a learner should hear of first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np

from autograder.harness.looking import AFTERWARDS, AGAIN, OVERWRITTEN
from autograder.harness.observation import Lost, Number, Observation, Other, Raised, TensorValue
from autograder.harness.probe import ProbeKind, Tolerance
from autograder.judging.values import as_array, close, for_dtypes

Kind = Literal["value", "nan", "shape", "dtype", "type", "length", "keys", "exception", "lost"]
Path = tuple[Any, ...]
_text = cache(str)  # of dtypes, whose names NumPy makes anew each time


@dataclass(frozen=True)
class Difference:
    """Where two observations part.

    Attributes:
        kind: what parts them.
        path: keys and indices from the outermost inwards; an array's index is the last of them.
        expected, got: the two leaves, as short text or numbers.
        form: the numbers are the same, and only their dtype or their container parts them.
    """

    kind: Kind
    path: tuple[str | int | tuple[int, ...], ...]
    expected: Any
    got: Any
    form: bool = False

    @property
    def rank(self) -> int:
        """What is said first: a value (0), then its form (1), then what happened beside it (2)."""
        if {AFTERWARDS, AGAIN, OVERWRITTEN}.intersection(self.path):
            return 2
        return 1 if self.form else 0

    def is_of(self, kind: ProbeKind) -> bool:
        """Whether this is what a probe of that kind is about: a value, or what surrounds values.
        An exception on the way there is of neither, nor is another type."""
        if self.kind == "exception":
            return isinstance(self.expected, Raised) and not isinstance(self.got, Raised)
        if kind == "values":
            return self.rank == 0 and self.kind in ("value", "nan", "shape", "length")
        return self.rank == 2 or (self.kind == "value" and isinstance(self.expected, bool | str))


def first_difference(
    expected: Observation, got: Observation, tolerance: Tolerance
) -> Difference | None:
    """What differs, a value before its dtype or type, and both before what became of the inputs;
    among equals the first in the reference's order."""
    search = _Search(tolerance)
    return search.compare(expected, got, ()) or search.best


def equal(a: Observation, b: Observation, tolerance: Tolerance) -> bool:
    """Two observations that no rule of comparing tells apart."""
    return _Search(tolerance, any_will_do=True).compare(a, b, ()) is None


class _Search:
    """One walk through two observations. Each method returns the difference that ends the walk:
    one that nothing could stand before, or, where any will do, the first."""

    def __init__(self, tolerance: Tolerance, any_will_do: bool = False) -> None:
        self.tolerance = tolerance
        self.any_will_do = any_will_do
        self.best: Difference | None = None

    def compare(self, expected: Observation, got: Observation, path: Path) -> Difference | None:
        """Compare what stands at one path."""
        if isinstance(got, Lost):
            same = isinstance(expected, Lost) and expected == got
            return None if same else self._found("lost", path, describe(expected), got.reason)
        if isinstance(expected, Raised) or isinstance(got, Raised):
            return self._exceptions(expected, got, path)
        if isinstance(expected, list | tuple) and isinstance(got, list | tuple):
            return self._sequences(expected, got, path)
        if isinstance(expected, dict) and isinstance(got, dict):
            return self._dicts(expected, got, path)
        if isinstance(expected, Number) and isinstance(got, Number):
            return self._numbers(expected, got, path)
        if isinstance(expected, np.ndarray) and isinstance(got, np.ndarray):
            return self._arrays(expected, got, _text(expected.dtype), _text(got.dtype), path)
        if isinstance(expected, TensorValue) and isinstance(got, TensorValue):
            return self._tensors(expected, got, path)
        if type(expected) is not type(got):
            return self._types(expected, got, path)
        return None if expected == got else self._found("value", path, expected, got)

    def _found(
        self, kind: Kind, path: Path, expected: Any, got: Any, form: bool = False
    ) -> Difference | None:
        found = Difference(kind, path, expected, got, form)
        if self.any_will_do or found.rank == 0:
            return found
        if self.best is None or found.rank < self.best.rank:
            self.best = found
        return None

    def _exceptions(self, expected: Any, got: Any, path: Path) -> Difference | None:
        """Equal when the learner's class is, or inherits from, the reference's; messages never
        count."""
        if isinstance(expected, Raised) and isinstance(got, Raised):
            same = expected.name in got.classes
            return None if same else self._found("exception", path, expected, got)
        return self._found("exception", path, _leaf(expected), _leaf(got))

    def _sequences(self, expected: Any, got: Any, path: Path) -> Difference | None:
        for index, (one, other) in enumerate(zip(expected, got, strict=False)):
            if found := self.compare(one, other, (*path, index)):
                return found
        if len(expected) != len(got):
            return self._found("length", path, len(expected), len(got))
        return None

    def _dicts(
        self, expected: dict[Any, Any], got: dict[Any, Any], path: Path
    ) -> Difference | None:
        if expected.keys() != got.keys():
            return self._found("keys", path, sorted(map(str, expected)), sorted(map(str, got)))
        for key, value in expected.items():
            if found := self.compare(value, got[key], (*path, key)):
                return found
        return None

    def _numbers(self, expected: Number, got: Number, path: Path) -> Difference | None:
        """An int of the right value is a float of that value; a float is no int."""
        tol = for_dtypes(self.tolerance, expected.dtype, got.dtype)
        if not _close_numbers(expected.value, got.value, tol):
            return self._value(path, expected.value, got.value)
        if self._same_dtype(expected.dtype, got.dtype) or (
            _is_float(expected.dtype) and _is_int(got.dtype)
        ):
            return None
        if _is_int(expected.dtype) != _is_int(got.dtype):
            return self._found("type", path, describe(expected), describe(got), form=True)
        return self._found("dtype", path, expected.dtype, got.dtype, form=True)

    def _arrays(
        self, expected: Any, got: Any, expected_dtype: str, got_dtype: str, path: Path
    ) -> Difference | None:
        if expected.shape != got.shape:
            return self._found("shape", path, expected.shape, got.shape)
        near = close(expected, got, for_dtypes(self.tolerance, expected_dtype, got_dtype))
        if not near.all():
            return self._element(expected, got, near, path)
        if self._same_dtype(expected_dtype, got_dtype):
            return None
        return self._found("dtype", path, expected_dtype, got_dtype, form=True)

    def _tensors(self, expected: TensorValue, got: TensorValue, path: Path) -> Difference | None:
        found = self._arrays(expected.array, got.array, expected.dtype, got.dtype, path)
        if found or expected.requires_grad == got.requires_grad:
            return found
        said = {True: "a tensor that requires grad", False: "a tensor without a graph"}
        ours, theirs = said[expected.requires_grad], said[got.requires_grad]
        return self._found("type", path, ours, theirs, form=True)

    def _types(self, expected: Any, got: Any, path: Path) -> Difference | None:
        """Another type: where its numbers are those asked for, that is a matter of form."""
        if self.any_will_do:
            return self._found("type", path, type(expected), type(got))
        ours, theirs = as_array(expected), as_array(got)
        form = ours is not None and theirs is not None and ours.shape == theirs.shape
        if form:
            tol = for_dtypes(self.tolerance, str(ours.dtype), str(theirs.dtype))
            near = close(ours, theirs, tol)
            if not near.all():
                return self._element(ours, theirs, near, path)
        return self._found("type", path, describe(expected), describe(got), form)

    def _element(self, expected: Any, got: Any, near: Any, path: Path) -> Difference | None:
        index = tuple(int(i) for i in np.argwhere(~near)[0]) if near.ndim else ()
        where = (*path, index) if index else path
        return self._value(where, expected[index].item(), got[index].item())

    def _value(self, path: Path, expected: Any, got: Any) -> Difference | None:
        finite = not isinstance(got, float) or math.isfinite(got)
        return self._found("value" if finite else "nan", path, expected, got)

    def _same_dtype(self, expected: str, got: str) -> bool:
        if expected == got:
            return True
        return _is_int(expected) and _is_int(got) and not self.tolerance.exact_dtype


def _close_numbers(expected: Any, got: Any, tol: Tolerance) -> bool:
    """As `close` does it, for numbers of Python's, whose ints may be larger than any array's."""
    if expected == got:
        return True
    if expected != expected or got != got:  # NaN is all that differs from itself
        return bool(expected != expected and got != got)
    if (isinstance(expected, int) and isinstance(got, int)) or abs(expected) == math.inf:
        return False
    try:
        return bool(abs(got - expected) <= tol.atol + tol.rtol * abs(expected))
    except OverflowError:
        return False


def _is_int(dtype: str) -> bool:
    return dtype.lstrip("u").startswith("int")


def _is_float(dtype: str) -> bool:
    return "float" in dtype


def _leaf(value: Observation) -> Any:
    return value if isinstance(value, Raised) else describe(value)


def describe(value: Observation) -> str:
    """What kind of thing an observation is, in a few words."""
    if value is None:
        return "None"
    if isinstance(value, bool):
        return "a bool"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, Number):
        return "an int" if _is_int(value.dtype) else "a float"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, TensorValue):
        return f"a tensor of shape {value.array.shape}"
    if isinstance(value, list | tuple):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return f"a {kind} of {len(value)}" if value else f"an empty {kind}"
    if isinstance(value, dict):
        return "a dict" if value else "an empty dict"
    if isinstance(value, Other):
        return _an_object(value.type_name)
    if isinstance(value, Raised):
        return value.name
    return type(value).__name__


def _an_object(type_name: str) -> str:
    """`a generator`, `an Adam object`; arrays of no number come as `array of object`."""
    if type_name.startswith("array of "):
        return f"an array of dtype {type_name.removeprefix('array of ')}"
    article = "an" if type_name[:1].lower() in "aeiou" else "a"
    builtin = type_name.islower() and type_name.isidentifier()
    return f"{article} {type_name}" + ("" if builtin else " object")
