"""Probes of dropout in the two passes."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Inputs, Probe, Probes, snapshot
from autograder.hidden.numpy_trainer.probes.passes import KEY, network

UNITS = 8


def diagonal(rng: np.random.Generator, rows: int, units: int, p: float) -> Inputs:
    """Two hidden layers that each unit passes alone, and open: its logit shows its gates."""
    eye = np.eye(units)
    params = {
        "W1": rng.uniform(0.5, 1.0, size=(2, units)),
        "b1": rng.uniform(1.0, 2.0, size=units),
        "W2": eye,
        "b2": np.zeros(units),
        "W3": eye.copy(),
        "b3": np.zeros(units),
    }
    x = np.ones((rows, 2))
    return {"params": params, "x": x, "p": p, "seed": int(rng.integers(2**32))}


def gates(impl: Any, inputs: Inputs) -> Any:
    """The logits of many rows in training."""
    rng = np.random.default_rng(inputs["seed"])
    logits, _ = impl.forward(inputs["params"], inputs["x"], inputs["p"], rng, True)
    return {"logits": snapshot(logits)}


def blames(impl: Any, inputs: Inputs) -> Any:
    """The logits of one row, and the gradient of the first bias when every logit is blamed by 1."""
    rng = np.random.default_rng(inputs["seed"])
    logits, caches = impl.forward(inputs["params"], inputs["x"], inputs["p"], rng, True)
    first = snapshot(impl.backward(np.ones(logits.shape), caches))
    again = snapshot(impl.backward(np.ones(logits.shape), caches))
    return {"logits": snapshot(logits), "b1": first["b1"], "b1 again": again["b1"]}


def some(rng: np.random.Generator) -> Inputs:
    params = network(rng, [3, 40, 30, 2])
    x = rng.normal(size=(6, 3))
    return {"params": params, "x": x, "p": 0.5, "seed": int(rng.integers(2**32))}


def draws(impl: Any, inputs: Inputs) -> Any:
    """Passes by one generator, the first of them again, by another generator, and an evaluation."""

    def logits(rng: Any, training: bool = True) -> Any:
        return snapshot(impl.forward(inputs["params"], inputs["x"], inputs["p"], rng, training)[0])

    rng = np.random.default_rng(inputs["seed"])
    np.random.seed(1)  # noqa: NPY002 (nobody should look at it)
    first, second = logits(rng), logits(rng)
    np.random.seed(2)  # noqa: NPY002
    return {
        "first": first,
        "second": second,
        "again": logits(np.random.default_rng(inputs["seed"])),
        "other": logits(np.random.default_rng(inputs["seed"] + 1)),
        "evaluated": logits(rng, False),
        "evaluated again": logits(rng, False),
    }


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "gates",
            "which units dropout sets to zero, and by what it scales the others",
            0.5,
            lambda rng: diagonal(rng, 2000, UNITS, 0.3),
            gates,
            experiment="with b1 = 1, W1 = 0 and W2 the identity, the logits show the gates.",
        ),
        Probe(
            "blames",
            "the way back goes through the same gates",
            0.5,
            lambda rng: diagonal(rng, 1, 200, 0.3),
            blames,
            experiment="with one row, a unit that was dropped has a bias gradient of exactly 0.",
        ),
        Probe(
            "draws",
            "masks are drawn anew in each pass, from rng alone",
            0.25,
            some,
            draws,
            experiment="two passes in a row should differ; two with equal generators should not.",
        ),
    ):
        probes.add(KEY, probe)
