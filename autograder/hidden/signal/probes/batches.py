"""Probes of batch norm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.api import Inputs, Probe, Probes
from autograder.hidden.signal.probes.pairs import Ahead, Back, BothWays, Norm, Outstanding, Pure

BATCH = Norm("batchnorm")
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
    return {
        "for a constant feature": constant,
        "for gamma = 0": closed,
        "for two rows": batch(rng, 2, 3),
        "for one feature": batch(rng, 4, 1),
    }


two_sizes = batches(for_six_rows=(6, 4, {}), with_a_large_eps=(5, 3, {"eps": 0.7}))
square_too = batches(
    for_six_rows=(6, 4, {}), with_a_large_eps=(5, 3, {"eps": 0.7}), for_a_square_batch=(3, 3, {})
)


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "forward",
            "the output in training",
            0.75,
            square_too,
            Ahead(BATCH, "out"),
            experiment="with gamma 1, beta 0 and eps 1 a feature of variance 3 gets variance 3/4.",
        ),
        Probe(
            "running",
            "the running averages in training",
            0.75,
            batches(
                with_the_default_momentum=(6, 3, {}),
                with_momentum_0_3=(3, 4, {"momentum": 0.3}),
                with_momentum_1=(4, 2, {"momentum": 1.0}),
                for_two_rows=(2, 3, {"momentum": 0.25}),
            ),
            Ahead(BATCH, "running_mean", "running_var"),
            experiment="try momentum = 1: the batch's mean and unbiased variance come back.",
        ),
        Probe(
            "evaluation",
            "output and running averages in evaluation",
            0.5,
            batches(
                for_five_rows=(5, 3, {"training": False}),
                for_one_row=(1, 4, {"training": False}),
                with_a_large_eps=(3, 2, {"training": False, "eps": 0.7, "momentum": 0.4}),
            ),
            Ahead(BATCH, "out", "running_mean", "running_var"),
            experiment="evaluate two batches in a row: nothing but x decides about out.",
        ),
        Probe("backward", "the gradients", 1.0, square_too, Back(BATCH), experiment=NUDGE),
        Probe(
            "corners",
            "a constant feature, gamma = 0, two rows, one feature",
            0.25,
            corners,
            BothWays(BATCH),
            experiment="set gamma to 0: dx is 0, and dgamma is not.",
        ),
        Probe(
            "outstanding",
            "two caches at once, and one used twice",
            0.25,
            batches(first=(4, 3, {}), second=(4, 3, {})),
            Outstanding(BATCH),
            experiment="run two forwards before the first backward, and one backward twice.",
        ),
        Probe(
            "pure",
            "nothing that was handed in is changed",
            0.5,
            batches(for_a_batch=(4, 3, {}), with_momentum_0_5=(3, 2, {"momentum": 0.5})),
            Pure(BATCH),
        ),
    ):
        probes.add(BATCH.key, probe)
