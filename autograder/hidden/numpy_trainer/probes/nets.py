"""Networks, batches and an optimizer that takes notes."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np

from autograder.api import Inputs, snapshot


def network(rng: np.random.Generator, sizes: list[int]) -> Inputs:
    """Parameters, keys in a random order; most biases are above 0, so that no layer is closed."""
    made = {}
    for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
        made[f"W{layer}"] = rng.normal(size=(fan_in, fan_out)) * np.sqrt(2 / fan_in)
        made[f"b{layer}"] = rng.uniform(0.1, 1.0, size=fan_out)
        made[f"b{layer}"][0] *= -1
    names = list(made)
    rng.shuffle(names)
    if names == list(made):
        names.reverse()
    return {name: made[name] for name in names}


def batch(rng: np.random.Generator, n: int, sizes: list[int], scale: float = 1.0) -> Inputs:
    """A network, a batch for it, and what comes back from the loss."""
    return {
        "params": network(rng, sizes),
        "x": rng.normal(size=(n, sizes[0])) * scale,
        "dlogits": rng.normal(size=(n, sizes[-1])) * scale,
    }


def logits_of(params: Any, x: Any) -> Any:
    """The logits of a network, in evaluation mode."""
    depth = len(params) // 2
    for layer in range(1, depth):
        x = np.maximum(x @ params[f"W{layer}"] + params[f"b{layer}"], 0)
    return x @ params[f"W{depth}"] + params[f"b{depth}"]


def seeds(rng: np.random.Generator, **more: Any) -> Inputs:
    """Four seeds, and other inputs."""
    return {"seeds": [int(n) for n in rng.integers(2**32, size=4)], **more}


def in_order(made: Inputs) -> Inputs:
    """A dict by name, whatever order it came in."""
    return {name: made[name] for name in sorted(made)}


class Recorder:
    """Plain gradient descent with lesson 05's interface, that notes what it is given."""

    def __init__(self, groups: Any) -> None:
        self.groups = [{"lr": 0.77, **group} for group in groups]
        self.seen: list[Any] = []

    def step(self, grads: Any) -> None:
        rates = [group["lr"] for group in self.groups]
        self.seen.append({"grads": snapshot([list(some) for some in grads]), "rates": rates})
        for group, some in zip(self.groups, grads, strict=True):
            for array, grad in zip(group["params"], some, strict=True):
                array -= group["lr"] * grad


def grouped(params: Any, names: Iterable[Iterable[str]]) -> Recorder:
    """An optimizer over the arrays of `params`, in groups of these names."""
    return Recorder([{"params": [params[name] for name in some]} for some in names])
