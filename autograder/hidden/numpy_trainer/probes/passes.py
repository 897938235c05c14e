"""Probes of the two passes without chance: logits and gradients."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, Inputs, Probe, Probes, snapshot

KEY = "forward__backward"


def network(rng: np.random.Generator, sizes: list[int]) -> Inputs:
    """Parameters with keys in a random order."""
    made = {}
    for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
        made[f"W{layer}"] = rng.normal(size=(fan_in, fan_out)) * np.sqrt(2 / fan_in)
        made[f"b{layer}"] = rng.uniform(0.1, 1.0, size=fan_out)  # so that no layer is closed
    names = list(made)
    rng.shuffle(names)
    if names == list(made):
        names.reverse()
    return {name: made[name] for name in names}


def batch(rng: np.random.Generator, n: int, sizes: list[int]) -> Inputs:
    """A network, a batch for it, and what comes back from the loss."""
    return {
        "params": network(rng, sizes),
        "x": rng.normal(size=(n, sizes[0])),
        "dlogits": rng.normal(size=(n, sizes[-1])),
    }


def batches(**sizes: tuple[int, list[int]]) -> Callable[[np.random.Generator], Inputs]:
    """Several of them, under the phrase that names them."""

    def inputs(rng: np.random.Generator) -> Inputs:
        return {where.replace("_", " "): batch(rng, *size) for where, size in sizes.items()}

    return inputs


def corners(rng: np.random.Generator) -> Inputs:
    """A row of zeros with zero biases puts hidden units exactly at 0; wide values; one row."""
    at_zero = batch(rng, 4, [3, 5, 3])
    at_zero["x"][1] = 0.0
    at_zero["params"]["b1"][[0, 2, 3]] = 0.0
    far = batch(rng, 3, [2, 4, 3])
    far["params"]["b2"] = np.array([1e4, 0.0, -1e4])
    return {
        "where hidden units are exactly 0": at_zero,
        "for logits of 1e4": far,
        "for one row": batch(rng, 1, [3, 4, 2]),
        "without a hidden layer": batch(rng, 5, [3, 4]),
        "for five layers": batch(rng, 6, [4, 3, 5, 3, 2, 4]),
    }


def evaluates(impl: Any, inputs: Inputs) -> Any:
    """The logits in evaluation, whatever p is, and without a generator."""
    seen = {}
    for where, one in inputs.items():
        logits, _ = impl.forward(one["params"], one["x"], 0.4, None, False)
        seen[where] = {"logits": snapshot(logits)}
    return {**seen, AFTERWARDS: snapshot(inputs)}


def differentiates(impl: Any, inputs: Inputs) -> Any:
    """Logits and gradients in training with p = 0."""
    seen = {}
    for where, one in inputs.items():
        rng = np.random.default_rng(0)
        logits, caches = impl.forward(one["params"], one["x"], 0.0, rng, True)
        grads = impl.backward(one["dlogits"], caches)
        seen[where] = {
            "logits": snapshot(logits),
            **{f"the gradient of {name}": snapshot(grads[name]) for name in sorted(grads)},
        }
    return {**seen, AFTERWARDS: snapshot(inputs)}


def several(impl: Any, inputs: Inputs) -> Any:
    """Caches of two batches are outstanding at a time, and each is spent twice."""
    first, second = inputs["first"], inputs["second"]
    passes = []
    for one in (first, second):
        rng = np.random.default_rng(0)
        passes.append(impl.forward(first["params"], one["x"], 0.0, rng, True)[1])
    seen = {}
    for time in ("for the first time", "for the second time"):
        for name, one, caches in zip(("first", "second"), (first, second), passes, strict=True):
            grads = impl.backward(one["dlogits"], caches)
            seen[f"for the {name} batch, asked {time}"] = {
                f"the gradient of {key}": snapshot(grads[key]) for key in sorted(grads)
            }
            for grad in grads.values():
                grad += 1.0  # a caller may do with its gradients what it likes
    return {**seen, AFTERWARDS: snapshot(inputs)}


def two_batches(rng: np.random.Generator) -> Inputs:
    sizes = [3, 6, 6, 2]
    return {"first": batch(rng, 5, sizes), "second": batch(rng, 3, sizes)}


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "evaluates",
            "the logits in evaluation",
            0.75,
            batches(for_three_layers=(5, [4, 6, 3, 2]), for_square_layers=(4, [3, 3, 3, 3])),
            evaluates,
            experiment="compute two layers by hand for one row, and compare.",
        ),
        Probe(
            "differentiates",
            "the gradients of every parameter without dropout",
            1.25,
            batches(for_three_layers=(5, [4, 6, 3, 2]), for_square_layers=(4, [3, 3, 3, 3])),
            differentiates,
            experiment="nudge one weight of each layer, as in lesson 02, with p = 0.",
        ),
        Probe(
            "corners",
            "other depths, one row, units at zero, large logits",
            0.5,
            corners,
            differentiates,
            experiment="try sizes [3, 4], which have no hidden layer, and a batch of one row.",
        ),
        Probe(
            "several",
            "several caches, each of them used twice",
            0.25,
            two_batches,
            several,
            experiment="call backward twice with the same caches: the gradients should be equal.",
        ),
    ):
        probes.add(KEY, probe)
