"""Small things that several observers need to read raw values."""

from typing import Any

import numpy as np

from autograder.api import EXACT, Number, equal


def count(value: Any) -> Number:
    """A whole number as an observation."""
    return Number(int(value), "int64")


def shape_of(value: Any) -> dict[str, Any]:
    """Shape and type of an array."""
    return {"shape": [count(n) for n in value.shape], "dtype": str(value.dtype)}


def number(value: Any) -> float:
    """A number without a shape as a float."""
    return float(getattr(value, "value", value))


def column(values: Any) -> Any:
    """A list of numbers as an array."""
    return np.array([number(v) for v in values], dtype=np.float64)


def same(one: Any, other: Any) -> bool:
    """Equal to the last bit, whatever is nested in what."""
    return equal(one, other, EXACT)


def told_apart(raw: Any) -> dict[str, bool]:
    """What `Draws` shows: which results are equal. None of ours are so by chance."""
    return {
        "equal generators give the same": same(raw["first"], raw["again"]),
        "generators with other seeds give the same": same(raw["first"], raw["other"]),
        "a second call by one generator gives the same": same(raw["first"], raw["second"]),
        "the global random state stays as it was": same(*raw["global state"]),
    }


def cross_entropy(logits: Any, y: Any) -> Any:
    """The loss of each row."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y]
