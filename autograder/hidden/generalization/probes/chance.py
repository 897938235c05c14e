"""What is asked of everything that takes an rng, beside `Draws`."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, AGAIN, OVERWRITTEN, Inputs, Refusals, overwrite, snapshot

Call = Callable[[Any, Inputs, np.random.Generator], Any]


def a_seed(rng: np.random.Generator) -> int:
    """A seed for `fresh`."""
    return int(rng.integers(2**31))


def seeds(rng: np.random.Generator) -> Inputs:
    """The four seeds that `Draws` asks for."""
    return {"seeds": [int(s) for s in rng.choice(2**31, size=4, replace=False)]}


def fresh(seed: Any) -> np.random.Generator:
    """A generator that nothing else holds."""
    return np.random.default_rng(seed)


class Kept:
    """`Purity` for what takes an rng: two calls with one seed, the arguments afterwards, and the
    first result once they have been overwritten.

    Args:
        call: `(impl, arguments, rng) -> results`, which holds every array that was made.

    Inputs: `{"arguments": {...}, "seed": ...}`.
    """

    def __init__(self, call: Call) -> None:
        self.call = call

    def __call__(self, impl: Any, inputs: Inputs) -> Inputs:
        arguments, seed = inputs["arguments"], inputs["seed"]
        results = self.call(impl, arguments, fresh(seed))
        seen = {"results": snapshot(results), AFTERWARDS: snapshot(arguments)}
        seen[AGAIN] = snapshot(self.call(impl, arguments, fresh(seed)))
        overwrite(arguments)
        seen[OVERWRITTEN] = snapshot(results)
        return seen


class Refused(Refusals):
    """`Refusals` of what takes an rng, which is made anew for each call from `inputs["seed"]`."""

    def __call__(self, impl: Any, inputs: Inputs) -> Inputs:
        function, seed = getattr(impl, self.name), inputs["seed"]
        seeded = {self.name: lambda **arguments: function(**arguments, rng=fresh(seed))}
        return super().__call__(SimpleNamespace(**seeded), inputs)
