"""The numbers of a learner's that are not the reference's: what a diagnosis goes by."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograder.harness.observation import Number, Observation, TensorValue
from autograder.harness.probe import Probe, Tolerance
from autograder.judging.compare import equal

Observations = dict[str, Observation]


def is_evidence(probes: Sequence[Probe], expected: Observations, got: Observations) -> bool:
    """At least one differing leaf is a finite number that is not the same constant everywhere."""
    differing = {
        number
        for probe in probes
        for number in differing_numbers(expected[probe.name], got[probe.name], probe.tolerance)
        if math.isfinite(number)
    }
    return len(differing) > 1 or any(not float(number).is_integer() for number in differing)


def differing_numbers(expected: Any, got: Any, tol: Tolerance) -> Iterator[float]:
    """The learner's real numbers, in places that both have, that are not the reference's."""
    if isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        for one, other in zip(expected, got, strict=False):
            yield from differing_numbers(one, other, tol)
    elif isinstance(expected, dict) and isinstance(got, dict):
        for key in expected.keys() & got.keys():
            yield from differing_numbers(expected[key], got[key], tol)
    elif isinstance(got, Number | np.ndarray | TensorValue) and not equal(expected, got, tol):
        ours, theirs = _numbers(expected), _numbers(got)
        if theirs.dtype.kind in "fiu" and (ours is None or ours.shape != theirs.shape):
            yield from map(float, theirs.flat)
        elif theirs.dtype.kind in "fiu":
            with np.errstate(invalid="ignore"):
                far = ~(np.abs(theirs - ours) <= tol.atol + tol.rtol * np.abs(ours))
            yield from map(float, theirs[far])


def _numbers(value: Any) -> Any:
    if isinstance(value, Number):
        return np.asarray(value.value)
    if isinstance(value, TensorValue):
        return value.array
    return value if isinstance(value, np.ndarray) else None
