"""Which misconception did exactly what the learner's code did, if one did."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from autograder.compare import equal
from autograder.misconception import Misconception
from autograder.observation import Number, Observation, TensorValue
from autograder.probe import Probe, Tolerance
from autograder.verdict import Diagnosis

Observations = dict[str, Observation]


def diagnose(
    probes: Sequence[Probe],
    expected: Observations,
    got: Observations,
    candidates: Iterable[Misconception],
    observe: Callable[[Misconception, Probe], Observation],
) -> Diagnosis | None:
    """Name a misconception whose observations equal the learner's on every probe.

    Args:
        probes: in the order in which candidates are asked; the first that does not fit ends it.
        expected, got: the reference's and the learner's observations, by probe name.
        observe: runs one probe on one misconception (and remembers it).

    Returns:
        None when no misconception fits, when two fit that say different things, or when what
        differs
        could come from anywhere: NaN alone, exceptions, None, booleans, shapes, one constant.
    """
    numbers = is_evidence(probes, expected, got)
    fitting = [
        m
        for m in candidates
        if (numbers or m.about == "anything")
        and all(equal(observe(m, p), got[p.name], p.tolerance) for p in probes)
    ]
    if not fitting or len({m.text for m in fitting}) > 1:
        return None
    return Diagnosis(fitting[0].name, fitting[0].text)


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
