"""Probes of batch norm."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.api import FORMULA, Inputs, Pair, Probes

probes = Probes()
norm = probes.exercise("batchnorm_forward__batchnorm_backward", tolerance=FORMULA)
BATCH = Pair(
    "batchnorm_forward",
    "batchnorm_backward",
    outputs=("out", "cache", "running_mean", "running_var"),
    grads=("dx", "dgamma", "dbeta"),
    order="x, gamma, beta, running_mean, running_var, momentum, eps, training",
)
NUDGE = "nudge one element of x at a time, with dout random, and compare with dx."


def batch(rng: np.random.Generator, n: int, d: int, **options: Any) -> Inputs:
    """A batch whose features differ in mean and deviation, running averages unlike the batch's."""
    return {
        "x": rng.uniform(0.5, 2.0, size=d) * rng.normal(size=(n, d)) + 3 * rng.normal(size=d),
        "gamma": rng.uniform(0.5, 2.0, size=d) * rng.choice([-1, 1], size=d),
        "beta": rng.normal(size=d),
        "running_mean": rng.normal(size=d),
        "running_var": rng.uniform(0.5, 4.0, size=d),
        "dout": rng.normal(size=(n, d)),
        **options,
    }


def batches(**several: tuple[int, int, dict[str, Any]]) -> Callable[[Any], Inputs]:
    """Several batches, each under the phrase that names it."""

    def inputs(rng: np.random.Generator) -> Inputs:
        return {
            where.replace("_", " "): batch(rng, n, d, **options)
            for where, (n, d, options) in several.items()
        }

    return inputs


def corners(rng: np.random.Generator) -> Inputs:
    constant = batch(rng, 5, 3)
    constant["x"][:, 1] = 2.5
    closed = batch(rng, 4, 3)
    closed["gamma"][[0, 2]] = 0.0
    wide = batch(rng, 5, 2)
    wide["x"] = 1e4 * wide["x"]
    return {
        "for a constant feature": constant,
        "for gamma = 0": closed,
        "for two rows": batch(rng, 2, 3),
        "for one feature": batch(rng, 4, 1),
        "for large inputs": wide,
    }


square_too = batches(
    for_six_rows=(6, 4, {}), with_a_large_eps=(5, 3, {"eps": 0.7}), for_a_square_batch=(3, 3, {})
)


norm.probe(
    "the output in training",
    points=0.75,
    inputs=square_too,
    name="forward",
    experiment="with gamma 1, beta 0 and eps 1 a feature of variance 3 gets variance 3/4.",
)(BATCH.showing("out").ahead)
norm.probe(
    "the running averages in training",
    points=0.75,
    inputs=batches(
        with_the_default_momentum=(6, 3, {}),
        with_another_momentum=(3, 4, {"momentum": 0.3}),
        with_momentum_1=(4, 2, {"momentum": 1.0}),
        for_two_rows=(2, 3, {"momentum": 0.25}),
    ),
    name="running",
    experiment="try momentum = 1: the batch's mean and unbiased variance come back.",
)(BATCH.showing("running_mean", "running_var").ahead)
norm.probe(
    "output and running averages in evaluation",
    points=0.5,
    inputs=batches(
        for_five_rows=(5, 3, {"training": False}),
        for_one_row=(1, 4, {"training": False}),
        with_a_large_eps=(3, 2, {"training": False, "eps": 0.7, "momentum": 0.4}),
    ),
    name="evaluation",
    experiment="evaluate two batches in a row: nothing but x decides about out.",
)(BATCH.ahead)
norm.probe(
    "the gradients",
    points=1.0,
    inputs=square_too,
    name="backward",
    experiment=NUDGE,
)(BATCH.back)
norm.probe(
    "a constant feature, gamma = 0, two rows, one feature",
    points=0.25,
    inputs=corners,
    name="corners",
    experiment="set gamma to 0: dx is 0, and dgamma is not.",
)(BATCH.showing("out").both)
norm.probe(
    "two caches at once, and one used twice",
    points=0.25,
    inputs=batches(first=(4, 3, {}), second=(4, 3, {})),
    name="outstanding",
    experiment="run two forwards before the first backward, and one backward twice.",
)(BATCH.outstanding)
norm.probe(
    "nothing that is passed in gets changed",
    points=0.5,
    inputs=batches(for_a_batch=(4, 3, {}), with_another_momentum=(3, 2, {"momentum": 0.5})),
    name="pure",
    kind="side",
)(BATCH.pure)
