"""Observations as numbers: what is left of them when dtype and container do not count."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.harness.observation import Lost, Number, Observation, Raised, TensorValue, inside
from autograder.harness.probe import FLOAT32, Tolerance

COARSE = {"float16", "bfloat16", "float32", "complex64"}


def same_values(a: Observation, b: Observation, tolerance: Tolerance) -> bool:
    """Two observations with the same numbers in the same places, in either order.

    Dtypes, and whether a list, a tuple or an array holds the numbers, do not count; shapes,
    lengths, keys and the class of an exception do.
    """
    if isinstance(a, Lost | Raised) or isinstance(b, Lost | Raised):
        if isinstance(a, Raised) and isinstance(b, Raised):
            return a.name == b.name
        return isinstance(a, Lost) and a == b
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same_values(a[k], b[k], tolerance) for k in a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        pairs = zip(a, b, strict=False)
        return len(a) == len(b) and all(same_values(x, y, tolerance) for x, y in pairs)
    if isinstance(a, str) or a is None or isinstance(b, str) or b is None:
        return bool(a == b) if type(a) is type(b) else False
    ours, theirs = as_array(a), as_array(b)
    if ours is None or theirs is None:
        return type(a) is type(b) and ours is theirs and bool(a == b)
    if ours.shape != theirs.shape:
        return False
    return bool(np.all(_near(ours, theirs, tolerance, np.maximum)))


def by_exceptions_alone(expected: Observation, got: Observation, tolerance: Tolerance) -> bool:
    """Whether they differ, and wherever they do, an exception came that was not asked for."""
    if isinstance(expected, dict) and isinstance(got, dict) and expected.keys() == got.keys():
        pairs = [(expected[key], got[key]) for key in expected]
    elif isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        if len(expected) != len(got):
            return False
        pairs = list(zip(expected, got, strict=True))
    else:
        return isinstance(got, Raised) and not isinstance(expected, Raised)
    differing = [pair for pair in pairs if not same_values(*pair, tolerance)]
    return bool(differing) and all(by_exceptions_alone(*pair, tolerance) for pair in differing)


def raised_at(observation: Observation) -> list[str]:
    """At which operations the exceptions in it were raised, as far as that is known."""
    return [one.where for one in inside(observation) if isinstance(one, Raised) and one.where]


def as_array(value: Observation) -> Any:
    """The numbers of an observation as an array; None where it holds anything else."""
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, TensorValue):
        return value.array
    if isinstance(value, bool):
        return np.asarray(value)
    if isinstance(value, Number):
        array = np.asarray(value.value)
        return None if array.dtype == object else array
    if isinstance(value, list | tuple):
        parts = [as_array(item) for item in value]
        if any(part is None or part.shape != parts[0].shape for part in parts):
            return None
        return np.stack(parts) if parts else np.zeros(0)
    return None


def as_arrays(value: Observation) -> Observation:
    """The observation with arrays in the place of its lists of numbers, as far as they are such."""
    if isinstance(value, dict):
        return {key: as_arrays(item) for key, item in value.items()}
    if isinstance(value, list) and (array := as_array(value)) is not None:
        return array
    if isinstance(value, list | tuple):
        return type(value)(as_arrays(item) for item in value)
    return value


def close(expected: Any, got: Any, tol: Tolerance) -> Any:
    """Element by element: whether `got` counts as `expected`."""
    return _near(expected, got, tol, _first)


def for_dtypes(tol: Tolerance, *dtypes: str) -> Tolerance:
    """The tolerance at which only dtypes part two values: rounding in single precision is no
    difference of value."""
    if len(set(dtypes)) == 1 or not COARSE.intersection(dtypes):
        return tol
    if not all("float" in dtype or "complex" in dtype for dtype in dtypes):
        return tol
    return Tolerance(max(tol.rtol, FLOAT32.rtol), max(tol.atol, FLOAT32.atol))


def _first(expected: Any, got: Any) -> Any:
    return expected


def _near(expected: Any, got: Any, tol: Tolerance, scale: Any) -> Any:
    same = np.asarray(expected == got)
    if same.all() or (expected.dtype.kind in "biu" and got.dtype.kind in "biu"):
        return same
    with np.errstate(all="ignore"):
        bound = tol.atol + tol.rtol * scale(np.abs(expected), np.abs(got))
        near = np.abs(got - expected) <= bound
    near = np.where(np.isfinite(expected) & np.isfinite(got), near, same)
    return near | (np.isnan(expected) & np.isnan(got))
