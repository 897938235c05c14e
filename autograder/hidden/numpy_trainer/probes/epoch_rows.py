"""Probes of which rows an epoch uses, and of what is left to chance."""

from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, Draws, Inputs, Probes, snapshot
from autograder.hidden.numpy_trainer.probes.nets import grouped, seeds

probes = Probes()
epoch = probes.exercise("train_epoch")
CLASSES = 4


def marked(rng: np.random.Generator) -> Inputs:
    """Every row has a feature of its own, so that a gradient shows who was in the batch."""
    n = 15
    params = {"W1": rng.normal(size=(n, CLASSES)), "b1": rng.normal(size=CLASSES)}
    y = rng.permutation(np.arange(n) % CLASSES)
    return {"params": params, "x": np.eye(n), "y": y, "seed": int(rng.integers(2**32))}


@epoch.probe(
    "which rows are in which batch",
    points=1.1,
    inputs=marked,
    experiment="with x = np.eye(6), the nonzero rows of the gradient of W1 are the batch.",
)
def batches(impl: Any, inputs: Inputs) -> Any:
    """Gradients of every batch of an epoch of fours, and of two epochs of ones; nothing moves."""
    rngs = [np.random.default_rng(inputs["seed"]) for _ in range(2)]
    return {
        "fours": shown(impl, inputs, rngs[0], 4),
        "ones": [shown(impl, inputs, rngs[1], 1) for _ in range(2)],
    }


def shown(impl: Any, inputs: Inputs, rng: np.random.Generator, size: int = 1) -> Any:
    """An epoch at the rate 0: what comes back, and the gradients of W1."""
    optimizer = grouped(inputs["params"], [["W1", "b1"]])
    x, y = inputs["x"], inputs["y"]
    loss = impl.train_epoch(inputs["params"], optimizer, x, y, size, 0.0, 0.0, rng)
    grads = [step["grads"][0][0] for step in optimizer.seen]
    return {"loss": loss, "W1": grads, AFTERWARDS: snapshot({"x": x, "y": y})}


def droppable(rng: np.random.Generator) -> Inputs:
    """One sample, and many hidden units that are all open."""
    units = 4000
    params = {
        "W1": np.zeros((1, units)),
        "b1": np.ones(units),
        "W2": rng.normal(size=(units, 2)) / 100,
        "b2": np.zeros(2),
    }
    x, y = np.ones((1, 1)), np.zeros(1, dtype=np.int64)
    return {"params": params, "x": x, "y": y, "p": 0.2, "seed": int(rng.integers(2**32))}


@epoch.probe(
    "dropout while training",
    points=0.5,
    inputs=droppable,
    experiment="train with lr = 0 and p = 0.5 twice: the two losses should differ.",
)
def dropped(impl: Any, inputs: Inputs) -> Any:
    """What comes back, and the gradient of the second layer, whose rows show the masks."""
    params = snapshot(inputs["params"])
    optimizer = grouped(params, [["W1", "b1", "W2", "b2"]])
    rng = np.random.default_rng(inputs["seed"])
    loss = impl.train_epoch(params, optimizer, inputs["x"], inputs["y"], 1, 0.0, inputs["p"], rng)
    return {"loss": loss, "W2": optimizer.seen[0]["grads"][0][2]}


epoch.probe(
    "x and y stay as they were, and chance comes from rng alone",
    points=0.25,
    inputs=lambda rng: seeds(rng, **marked(rng)),
    name="draws",
    kind="side",
    experiment="run one epoch twice with np.random.default_rng(0): the losses should be equal.",
)(Draws(shown))
