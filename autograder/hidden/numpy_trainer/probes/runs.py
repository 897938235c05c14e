"""Probes of what the other knobs of `fit` do, and of its randomness."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Inputs, Probe, Probes
from autograder.hidden.numpy_trainer.probes.stopping import (
    CLASSES,
    KEY,
    config,
    noise,
    strangers,
    trained,
)


def knobs(impl: Any, inputs: Inputs) -> Any:
    """A tiny rate by warm-up; decay and none of it; one row a batch."""
    x, y, seed = inputs["x"], inputs["y"], inputs["seed"]
    base = config(sizes=[3, CLASSES], epochs=1)

    def run(**changes: Any) -> Any:
        return trained(impl, x, y, {**base, **changes}, seed)

    return {
        "tiny": run(lr=1.0, min_lr=1.0, warmup_epochs=1000),
        "kept": run(lr=0.1, min_lr=0.1),
        "decayed": run(lr=0.1, min_lr=0.1, weight_decay=4.0),
        "ones": run(batch_size=1),
    }


def draws(impl: Any, inputs: Inputs) -> Any:
    """A run, again with an equal generator, and with another."""
    x, y, seed = inputs["x"], inputs["y"], inputs["seed"]
    settings = config(epochs=3, dropout=0.3, sizes=(3, 6, 2))
    np.random.seed(1)  # noqa: NPY002 (nobody should look at it)
    first = trained(impl, x, y, settings, seed)
    np.random.seed(2)  # noqa: NPY002
    again = trained(impl, x, y, settings, seed)
    return {"first": first, "again": again, "other": trained(impl, x, y, settings, seed + 1)}


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "knobs",
            "what rate, decay and batch size do",
            0.5,
            strangers,
            knobs,
            experiment="train one epoch with weight_decay 0 and 4, and compare the size of W1.",
        ),
        Probe(
            "draws",
            "chance comes from rng alone",
            0.25,
            noise,
            draws,
            experiment="fit twice with np.random.default_rng(0): the parameters should be equal.",
        ),
    ):
        probes.add(KEY, probe)
