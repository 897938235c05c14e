"""What is asked of everything that takes an rng: which calls agree, and which do not."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.api import Inputs, snapshot

Call = Callable[[Any, Inputs, np.random.Generator], Any]


def seeds(rng: np.random.Generator) -> Inputs:
    """Two seeds, and two other ones for the global random state."""
    return {"seeds": [int(s) for s in rng.choice(2**31, size=4, replace=False)]}


def fresh(seed: Any) -> np.random.Generator:
    """A generator that nothing else holds."""
    return np.random.default_rng(seed)


class Draws:
    """Two calls with one rng, one with another rng of the same seed, one with another seed; and the
    global random state of NumPy and Python around the first two."""

    def __init__(self, call: Call) -> None:
        self.call = call

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        one, other, here, there = inputs["seeds"]
        set_global_state(here)
        before = global_state()
        rng = fresh(one)
        first = snapshot(self.call(impl, inputs, rng))
        second = snapshot(self.call(impl, inputs, rng))
        after = global_state()
        set_global_state(there)
        return {
            "first": first,
            "second": second,
            "again": snapshot(self.call(impl, inputs, fresh(one))),
            "other": snapshot(self.call(impl, inputs, fresh(other))),
            "global state": [before, after],
        }


def set_global_state(seed: int) -> None:
    np.random.seed(seed)  # noqa: NPY002 (what learners may use by mistake)
    random.seed(seed)


def global_state() -> list[Any]:
    """The state of NumPy's and of Python's global generator, as arrays."""
    _, words, position, *_ = np.random.get_state()  # noqa: NPY002
    return [words, int(position), np.array(random.getstate()[1], dtype=np.uint64)]
