"""How raw values are read, whatever form they came in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograder.api import EXACT, Number, describe, equal


def told(raw: Any, make: Callable[[Any], dict[str, Any]], names: Iterable[str]) -> dict[str, Any]:
    """What `make` finds in raw values; where it cannot read them, what they are, and no more.

    Args:
        names: the keys of what `make` returns.
    """
    try:
        return {"the kind of thing that comes back": "what was asked for", **make(raw)}
    except Exception:  # noqa: BLE001 (raw may be anything)
        what = describe(raw)
        if isinstance(raw, list | tuple) and raw:
            what += f", the first of them {describe(raw[0])}"
        return {"the kind of thing that comes back": what, **dict.fromkeys(names)}


def count(number: Any) -> Number:
    """A whole number as an observation."""
    return Number(int(number), "int64")


def real(number: Any) -> Number:
    """A float as an observation."""
    return Number(float(number), "float64")


def rows_of(part: Any) -> list[int]:
    """The row numbers in a part, whatever holds them."""
    flat = part.ravel().tolist() if isinstance(part, np.ndarray) else [x.value for x in part]
    return [int(x) for x in flat]


def is_index_array(part: Any) -> bool:
    """Integers along one axis: what rows can be picked with."""
    return isinstance(part, np.ndarray) and part.ndim == 1 and part.dtype.kind in "iu"


DRAWS = (
    "having the same result with the same seed",
    "having another result with another seed",
    "having another result at the next call with one rng",
    "leaving the global random state alone",
)


def draws(raw: Any) -> dict[str, bool]:
    """What a function that takes an rng depends on (see `probes.chance.Draws`)."""
    before, after = raw["global state"]
    answers = (
        equal(raw["first"], raw["again"], EXACT),
        not equal(raw["first"], raw["other"], EXACT),
        not equal(raw["first"], raw["second"], EXACT),
        equal(before, after, EXACT),
    )
    return dict(zip(DRAWS, answers, strict=True))


def neighbours(rows: list[int]) -> int:
    """How many rows stand beside the one that they stood beside before."""
    return int(np.sum(np.abs(np.diff(rows)) == 1))


def is_run(rows: list[int]) -> bool:
    """Rows that were one stretch of the file."""
    return max(rows) - min(rows) + 1 == len(set(rows))


def said(answer: Any) -> str:
    """What became of a call: accepted, or the kind of its error."""
    if isinstance(answer, dict) and "raised" in answer:
        classes = list(answer["raised"])
        return "ValueError" if "ValueError" in classes else str(classes[0])
    return "accepted"
