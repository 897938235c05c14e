"""What a value is once it has been through the wire format, without the way.

Beside the reference, and in the learner's own kernel, nothing has to be written as text: plain data
is copied at once, by the rules and within the limits of `guest.encode`. The rest goes the long way.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from autograder.harness import guest
from autograder.harness.observation import (
    DTYPES,
    MAX_TEXT,
    Lost,
    Number,
    Observation,
    WireError,
    decode,
)

NAMES = {np.dtype(name): name for name in DTYPES}
MOST_AXES = 16
SMALL = 2**63  # the digits of longer ints are counted on the way
_SCALARS = frozenset(dtype.type for dtype, name in NAMES.items() if name != "bool")
_PLAIN = frozenset({dict, list, tuple, np.ndarray, type(None), bool, int, float, str}) | _SCALARS


def carried(value: Any) -> Observation:
    """A value as an observation; `Lost` where no reader outside would make anything of it.

    Raises:
        Exception: it cannot be looked at: too large, too deep, or an object of the learner's fails.
    """
    try:
        return _carried(value, guest.Budget(), 0)
    except WireError:
        return read(guest.encode(value, guest.Budget(), 0))


def read(node: Any) -> Observation:
    """What a reader outside makes of the wire form of a value."""
    try:
        return decode(json.loads(json.dumps(node)))
    except (WireError, ValueError) as error:
        return Lost(str(error))


def _carried(value: Any, budget: guest.Budget, depth: int) -> Observation:
    """As `encode` and `decode` would have it, and no more may be spent on it.

    Raises:
        WireError: here the long way has to be gone.
    """
    kind = type(value)
    if kind not in _PLAIN or not _is_usual(kind, value):
        return decode(guest.encode(value, budget, depth))
    budget.spend()
    if depth > guest.MAX_DEPTH:
        raise OverflowError("the result is nested too deeply")
    if kind is dict:
        return {_key(k): _carried(v, budget, depth + 1) for k, v in value.items()}
    if kind is list or kind is tuple:
        return kind([_carried(item, budget, depth + 1) for item in value])
    if kind is float:
        return Number(value if value == value else float("nan"), "float64")
    if kind is int:
        return Number(value, "int64")
    if kind is str:
        return value[:MAX_TEXT]
    return value if value is None or kind is bool else _array(value, budget)


def _is_usual(kind: type, value: Any) -> bool:
    """Whether nothing about a value of a plain kind is out of the ordinary."""
    if kind is int:
        return bool(-SMALL < value < SMALL)
    return kind is not np.ndarray or bool(value.dtype in NAMES and value.ndim <= MOST_AXES)


def _array(array: Any, budget: guest.Budget) -> Observation:
    budget.spend(array.nbytes)
    if array.ndim:
        return np.array(array, order="C")
    name = NAMES[array.dtype]
    return array.item() if name == "bool" else Number(array.item(), name)


def _key(key: Any) -> str | int:
    if type(key) is str:
        return key[:MAX_TEXT]
    if type(key) is int and -SMALL < key < SMALL:
        return key
    raise WireError("not a plain key")
