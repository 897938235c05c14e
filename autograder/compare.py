"""The first difference between two observations."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from autograder.observation import Lost, Number, Observation, Other, Raised, TensorValue
from autograder.probe import Tolerance

Kind = Literal["value", "nan", "shape", "dtype", "type", "length", "keys", "exception", "lost"]


@dataclass(frozen=True)
class Difference:
    """Where two observations part.

    Attributes:
        kind: what parts them.
        path: keys and indices from the outermost inwards; an array's index is the last of them.
        expected, got: the two leaves, as short text or numbers.
    """

    kind: Kind
    path: tuple[str | int | tuple[int, ...], ...]
    expected: Any
    got: Any


def first_difference(
    expected: Observation, got: Observation, tolerance: Tolerance
) -> Difference | None:
    """The first place, in the reference's order, where `got` is not what was `expected`."""
    return _compare(expected, got, tolerance, ())


def equal(a: Observation, b: Observation, tolerance: Tolerance) -> bool:
    """Two observations that no rule of comparing tells apart."""
    return first_difference(a, b, tolerance) is None


def _compare(
    expected: Observation, got: Observation, tol: Tolerance, path: tuple[Any, ...]
) -> Difference | None:
    if isinstance(got, Lost):
        same = isinstance(expected, Lost) and expected == got
        return None if same else Difference("lost", path, describe(expected), got.reason)
    if isinstance(expected, Raised) or isinstance(got, Raised):
        return _compare_exceptions(expected, got, path)
    if isinstance(expected, list | tuple):
        return _compare_sequences(expected, got, tol, path)
    if isinstance(expected, dict):
        return _compare_dicts(expected, got, tol, path)
    if isinstance(expected, Number) and isinstance(got, Number):
        return _compare_numbers(expected, got, tol, path)
    if isinstance(expected, np.ndarray) and isinstance(got, np.ndarray):
        return _compare_arrays(expected, got, str(expected.dtype), str(got.dtype), tol, path)
    if isinstance(expected, TensorValue) and isinstance(got, TensorValue):
        if expected.requires_grad != got.requires_grad:
            said = {True: "a tensor that requires grad", False: "a tensor without a graph"}
            return Difference("type", path, said[expected.requires_grad], said[got.requires_grad])
        return _compare_arrays(expected.array, got.array, expected.dtype, got.dtype, tol, path)
    if type(expected) is not type(got):
        return Difference("type", path, describe(expected), describe(got))
    return None if expected == got else Difference("value", path, expected, got)


def _compare_exceptions(
    expected: Observation, got: Observation, path: tuple[Any, ...]
) -> Difference | None:
    """Equal when the learner's class is, or inherits from, the reference's; messages never
    count."""
    if isinstance(expected, Raised) and isinstance(got, Raised):
        if expected.name in got.classes:
            return None
        return Difference("exception", path, expected, got)
    return Difference("exception", path, _leaf(expected), _leaf(got))


def _compare_sequences(
    expected: Any, got: Observation, tol: Tolerance, path: tuple[Any, ...]
) -> Difference | None:
    if not isinstance(got, list | tuple):
        return Difference("type", path, describe(expected), describe(got))
    for index, (one, other) in enumerate(zip(expected, got, strict=False)):
        if found := _compare(one, other, tol, (*path, index)):
            return found
    if len(expected) != len(got):
        return Difference("length", path, len(expected), len(got))
    return None


def _compare_dicts(
    expected: dict[Any, Any], got: Observation, tol: Tolerance, path: tuple[Any, ...]
) -> Difference | None:
    if not isinstance(got, dict):
        return Difference("type", path, describe(expected), describe(got))
    if expected.keys() != got.keys():
        return Difference("keys", path, sorted(map(str, expected)), sorted(map(str, got)))
    for key, value in expected.items():
        if found := _compare(value, got[key], tol, (*path, key)):
            return found
    return None


def _compare_numbers(
    expected: Number, got: Number, tol: Tolerance, path: tuple[Any, ...]
) -> Difference | None:
    if not _same_dtype(expected.dtype, got.dtype, tol):
        return Difference("dtype", path, expected.dtype, got.dtype)
    if bool(_close(np.asarray(expected.value), np.asarray(got.value), tol)):
        return None
    return _value_difference(path, expected.value, got.value)


def _compare_arrays(
    expected: Any, got: Any, expected_dtype: str, got_dtype: str, tol: Tolerance, path: Any
) -> Difference | None:
    if expected.shape != got.shape:
        return Difference("shape", path, expected.shape, got.shape)
    if not _same_dtype(expected_dtype, got_dtype, tol):
        return Difference("dtype", path, expected_dtype, got_dtype)
    close = _close(expected, got, tol)
    if close.all():
        return None
    index = tuple(int(i) for i in np.argwhere(~close)[0])
    return _value_difference((*path, index), expected[index].item(), got[index].item())


def _value_difference(path: tuple[Any, ...], expected: Any, got: Any) -> Difference:
    finite = not isinstance(got, float) or math.isfinite(got)
    return Difference("value" if finite else "nan", path, expected, got)


def _close(expected: Any, got: Any, tol: Tolerance) -> Any:
    if expected.dtype.kind in "biu" and got.dtype.kind in "biu":
        return np.asarray(expected == got)
    with np.errstate(all="ignore"):
        bound = tol.atol + tol.rtol * np.abs(expected)
        near = np.abs(got - expected) <= bound
    near = np.where(np.isfinite(expected) & np.isfinite(got), near, expected == got)
    return near | (np.isnan(expected) & np.isnan(got))


def _same_dtype(expected: str, got: str, tol: Tolerance) -> bool:
    if expected == got:
        return True
    both_int = all(name.lstrip("u").startswith("int") for name in (expected, got))
    return both_int and not tol.exact_dtype


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
        return "an int" if "int" in value.dtype else "a float"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, TensorValue):
        return f"a tensor of shape {value.array.shape}"
    if isinstance(value, tuple):
        return f"a tuple of {len(value)}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return "a dict"
    if isinstance(value, Other):
        return f"an object of type {value.type_name}"
    if isinstance(value, Raised):
        return value.name
    return type(value).__name__
