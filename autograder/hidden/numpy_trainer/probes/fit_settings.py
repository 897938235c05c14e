"""Probes of which rows `fit` trains on, of what its other knobs do, and of its randomness."""

from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, Draws, Inputs, Probes, snapshot
from autograder.hidden.numpy_trainer.probes.fitting import (
    CLASSES,
    config,
    noise,
    seeded,
    strangers,
    trained,
    trained_by,
)
from autograder.hidden.numpy_trainer.probes.nets import seeds

probes = Probes()
fit = probes.exercise("fit")


def still(rng: np.random.Generator) -> Inputs:
    """Numbers of rows of which a quarter is no whole number: one is rounded up, one down."""
    x, y = 3 + 2 * rng.normal(size=(203, 4)), rng.integers(0, 3, size=203)
    return {
        "without dropout": seeded(rng, x=x, y=y, dropout=0.0),
        "with dropout": seeded(rng, x=x[:201], y=y[:201], dropout=0.5),
    }


@fit.probe(
    "which rows train, which validate, and where dropout acts, at the rate 0",
    points=1.0,
    inputs=still,
    experiment="with lr = 0, average both losses over all rows: evaluate gives the same.",
)
def stands_still(impl: Any, inputs: Inputs) -> Any:
    """Runs at the rate 0: nothing moves, and all losses are those of the start."""
    rest = {"lr": 0.0, "min_lr": 0.0, "batch_size": 64, "weight_decay": 0.5, "patience": 2}
    return {
        where: trained(impl, one, sizes=[4, 40, 3], epochs=9, dropout=one["dropout"], **rest)
        for where, one in inputs.items()
    }


@fit.probe(
    "what rate, decay and batch size do",
    points=0.5,
    inputs=strangers,
    experiment="train one epoch with weight_decay 0 and 4, and compare the size of W1.",
)
def knobs(impl: Any, inputs: Inputs) -> Any:
    """A tiny rate by warm-up, in a run that soon stops; decay and none of it; one row a batch."""
    base = {"sizes": [3, CLASSES], "epochs": 1}
    fast = {**base, "lr": 0.1, "min_lr": 0.1}
    slow = {**base, "lr": 0.3, "min_lr": 0.3, "epochs": 120, "warmup_epochs": 100, "patience": 1}
    return {
        "tiny": trained(impl, inputs, **slow),
        "kept": trained(impl, inputs, **fast),
        "decayed": trained(impl, inputs, weight_decay=4.0, **fast),
        "ones": trained(impl, inputs, batch_size=1, **base),
    }


def fitted(impl: Any, inputs: Inputs, rng: np.random.Generator) -> Any:
    """A run with dropout, and what was given to it."""
    settings = config(epochs=3, dropout=0.3, sizes=(3, 6, 2))
    given = {"x": inputs["x"], "y": inputs["y"], "config": settings}
    return {"run": trained_by(impl, inputs, rng, settings), AFTERWARDS: snapshot(given)}


fit.probe(
    "x, y and config stay as they were, and chance comes from rng alone",
    points=0.25,
    inputs=lambda rng: seeds(rng, **noise(rng)),
    name="draws",
    kind="side",
    experiment="fit twice with np.random.default_rng(0): the parameters should be equal.",
)(Draws(fitted))
