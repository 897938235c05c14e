"""Probes of the evaluation."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, Inputs, Probe, Probes, label, snapshot
from autograder.hidden.numpy_trainer.probes.passes import network

KEY = "evaluate"


def scores(params: Any, x: Any) -> Any:
    """The logits of a network, in evaluation mode."""
    depth = len(params) // 2
    for layer in range(1, depth):
        x = np.maximum(x @ params[f"W{layer}"] + params[f"b{layer}"], 0)
    return x @ params[f"W{depth}"] + params[f"b{depth}"]


def case(rng: np.random.Generator, n: int, right: int, sizes: list[int]) -> Inputs:
    """A network and a set of n rows, `right` of them with the class that it says."""
    params = network(rng, sizes)
    x = rng.normal(size=(n, sizes[0]))
    ranked = np.argsort(scores(params, x), axis=1)
    y = np.where(rng.permutation(n) < right, ranked[:, -1], ranked[:, 0])
    return {"params": params, "x": x, "y": y}


def usual(rng: np.random.Generator) -> Inputs:
    return {
        "for nine rows and four classes": case(rng, 9, 5, [3, 6, 5, 4]),
        "for four rows and four classes": case(rng, 4, 3, [3, 5, 4]),
    }


def corners(rng: np.random.Generator) -> Inputs:
    return {
        "when all rows are right": case(rng, 6, 6, [3, 5, 3]),
        "when no row is right": case(rng, 6, 0, [3, 5, 3]),
        "for one row": case(rng, 1, 1, [3, 5, 4]),
        "without a hidden layer": case(rng, 7, 3, [4, 3]),
        "for 40 rows": case(rng, 40, 13, [4, 8, 3]),
    }


def large(rng: np.random.Generator) -> Inputs:
    apart = case(rng, 5, 2, [3, 4, 3])
    apart["params"]["b2"] = rng.permutation([1e4, 0.0, -1e4])
    near = case(rng, 5, 2, [3, 4, 3])
    near["params"]["b2"] += 1e4
    below = case(rng, 5, 2, [3, 4, 3])
    below["params"]["b2"] -= 1e4
    return {"for logits 1e4 apart": apart, "near 1e4": near, "near -1e4": below}


def evaluates(impl: Any, inputs: Inputs) -> Any:
    """Loss and accuracy of each set."""
    seen = {
        where: label(impl.evaluate(**one), ("loss", "accuracy")) for where, one in inputs.items()
    }
    return {**seen, AFTERWARDS: snapshot(inputs)}


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "usual",
            "loss and accuracy of small networks",
            1.0,
            usual,
            evaluates,
            experiment="take a network without hidden layers and three rows, and do it by hand.",
        ),
        Probe(
            "corners",
            "all right, none right, one row, no hidden layer",
            0.5,
            corners,
            evaluates,
            experiment="evaluate one row that is right: the accuracy should be 1.0.",
        ),
        Probe(
            "large",
            "logits of 1e4",
            0.5,
            large,
            evaluates,
            experiment="add 1e4 to every logit: the loss should not change.",
        ),
    ):
        probes.add(KEY, probe)
