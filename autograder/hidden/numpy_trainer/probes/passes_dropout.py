"""Probes of dropout in the two passes."""

from typing import Any

import numpy as np

from autograder.api import Draws, Inputs, Probes, snapshot
from autograder.hidden.numpy_trainer.probes.nets import network, seeds

probes = Probes()
passes = probes.exercise("forward__backward")


def diagonal(rng: np.random.Generator, rows: int, units: int, p: float) -> Inputs:
    """Two hidden layers that each unit passes alone: its logit shows its gates.

    ReLU closes the first quarter of the units, and leaves the others open."""
    params = {
        "W1": rng.uniform(0.5, 1.0, size=(2, units)),
        "b1": rng.uniform(1.0, 2.0, size=units),
        "W2": np.eye(units),
        "b2": np.zeros(units),
        "W3": np.eye(units),
        "b3": np.zeros(units),
    }
    params["b1"][: units // 4] -= 5.0
    x = np.ones((rows, 2))
    return {"params": params, "x": x, "p": p, "seed": int(rng.integers(2**32))}


@passes.probe(
    "which units dropout sets to zero, and by what it scales the others",
    points=0.5,
    inputs=lambda rng: diagonal(rng, 2000, 10, 0.3),
    experiment="with b1 = 1, W1 = 0 and W2 the identity, the logits show the gates.",
)
def gates(impl: Any, inputs: Inputs) -> Any:
    """The logits of many rows in training."""
    rng = np.random.default_rng(inputs["seed"])
    logits, _ = impl.forward(inputs["params"], inputs["x"], inputs["p"], rng, True)
    return {"logits": snapshot(logits)}


@passes.probe(
    "the way back goes through the same gates",
    points=0.5,
    inputs=lambda rng: diagonal(rng, 1, 200, 0.4),
    experiment="with one row, a unit that was dropped has a bias gradient of exactly 0.",
)
def blames(impl: Any, inputs: Inputs) -> Any:
    """The logits of one row, and the gradient of the first bias when every logit is blamed by 1."""
    rng = np.random.default_rng(inputs["seed"])
    logits, caches = impl.forward(inputs["params"], inputs["x"], inputs["p"], rng, True)
    logits = snapshot(logits)
    return {"logits": logits, "b1": snapshot(impl.backward(np.ones(logits.shape), caches)["b1"])}


def some(rng: np.random.Generator) -> Inputs:
    return seeds(rng, params=network(rng, [3, 40, 30, 2]), x=rng.normal(size=(6, 3)))


def passed(impl: Any, inputs: Inputs, rng: np.random.Generator) -> Any:
    """The logits of a training pass, and the gradients by its caches, twice."""
    logits, caches = impl.forward(inputs["params"], inputs["x"], 0.5, rng, True)
    logits = snapshot(logits)
    back = [snapshot(impl.backward(np.ones(logits.shape), caches)) for _ in range(2)]
    return {"logits": logits, "back": back[0], "back again": back[1]}


passes.probe(
    "masks are drawn anew in each pass, from rng alone, and stay in the caches",
    points=0.25,
    inputs=some,
    name="draws",
    kind="side",
    experiment="two passes in a row should differ; two with equal generators should not.",
)(Draws(passed))
