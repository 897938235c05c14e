"""Probes of the two losses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.api import Inputs, Probe, Probes, Purity


def batch_of_logits(rng: np.random.Generator, n: int, c: int) -> Inputs:
    return {"logits": 2 * rng.normal(size=(n, c)), "targets": rng.integers(0, c, size=n)}


def loss_batches(rng: np.random.Generator) -> Inputs:
    return {
        "for six rows": batch_of_logits(rng, 6, 4),
        "for three rows": batch_of_logits(rng, 3, 5),
    }


def one_and_doubled(rng: np.random.Generator) -> Inputs:
    once = batch_of_logits(rng, 3, 4)
    twice = {name: np.concatenate([array, array]) for name, array in once.items()}
    square = {"logits": rng.normal(size=(3, 3)), "targets": np.array([2, 0, 2])}
    return {
        "for one row": batch_of_logits(rng, 1, 3),
        "for every row twice": twice,
        "for as many rows as classes": square,
    }


def far_logits(rng: np.random.Generator) -> Inputs:
    near_rows = rng.normal(size=(3, 4))
    shifts = np.array([[1e4], [-1e4], [0.0]])
    gap = float(rng.uniform(0.5, 2.0))
    return {
        "for rows of -1e4 and of 1e4": {
            "logits": near_rows + shifts,
            "targets": rng.integers(0, 4, size=3),
        },
        "for a target 1e4 below": {"logits": np.array([[0.0, 1e4]]), "targets": np.array([0])},
        "for a target 2e4 below": {
            "logits": np.array([[1e4, -1e4, 1e4 - gap]]),
            "targets": np.array([1]),
        },
        "for a target 1e4 above": {"logits": np.array([[1e4, 0.0]]), "targets": np.array([0])},
        "for a target 100 below": {
            "logits": np.array([[-50.0 - gap, 50.0]]),
            "targets": np.array([0]),
        },
    }


def loss_only(impl: Any, inputs: Inputs) -> Any:
    return {where: {"loss": impl.softmax_cross_entropy(**b)[0]} for where, b in inputs.items()}


def dlogits_only(impl: Any, inputs: Inputs) -> Any:
    return {where: {"dlogits": impl.softmax_cross_entropy(**b)[1]} for where, b in inputs.items()}


def loss_and_dlogits(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    for where, batch in inputs.items():
        loss, dlogits = impl.softmax_cross_entropy(**batch)
        seen[where] = {"loss": loss, "dlogits": dlogits}
    return seen


def predictions(*shape: int) -> Callable[[np.random.Generator], Inputs]:
    return lambda rng: {"pred": rng.normal(size=shape), "target": rng.normal(size=shape)}


def dpred(impl: Any, inputs: Inputs) -> Any:
    return {"dpred": impl.mse_backward(**inputs)}


COMPARE_MSE = "compare it with numerical_gradient of np.mean((pred - target) ** 2)."


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "loss",
            "the loss of two batches",
            0.5,
            loss_batches,
            loss_only,
            experiment="try logits of all zeros: the loss is the logarithm of the number "
            "of classes.",
        ),
        Probe(
            "gradient",
            "the gradient of two batches",
            0.5,
            loss_batches,
            dlogits_only,
            experiment="sum each row of dlogits, and compare with numerical_gradient of the loss.",
        ),
        Probe(
            "batch_sizes",
            "one row, and every row twice",
            0.25,
            one_and_doubled,
            loss_and_dlogits,
            experiment="stack a batch on itself: the loss stays, each row's gradient halves.",
        ),
        Probe(
            "stable",
            "logits of -1e4 and 1e4",
            0.5,
            far_logits,
            loss_and_dlogits,
            experiment="try logits [[0, 1e4]] with target 0: the loss is 10000.",
        ),
        Probe(
            "pure",
            "nothing that was handed in is changed",
            0.25,
            lambda rng: batch_of_logits(rng, 4, 3),
            Purity("softmax_cross_entropy", "loss", "dlogits"),
        ),
    ):
        probes.add("softmax_cross_entropy", probe)

    for probe in (
        Probe("vector", "a vector", 0.25, predictions(5), dpred, experiment=COMPARE_MSE),
        Probe("table", "a table", 0.5, predictions(4, 3), dpred, experiment=COMPARE_MSE),
        Probe(
            "pure",
            "three axes, and nothing that was handed in is changed",
            0.25,
            predictions(2, 3, 2),
            Purity("mse_backward", "dpred"),
        ),
    ):
        probes.add("mse_backward", probe)
