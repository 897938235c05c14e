"""Probes of the linear layer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograder.api import Inputs, Probe, Probes
from autograder.hidden.backprop.probes.pairs import Backward, Forward, Layer, Outstanding, PurePair

CHECK_LAYER = "compare each gradient with numerical_gradient, on a batch whose sizes all differ."
LINEAR = Layer("linear", "dx", "dW", "db")


def linear_batch(rng: np.random.Generator, n: int, d: int, m: int) -> Inputs:
    sizes = {"x": (n, d), "W": (d, m), "b": (m,), "dout": (n, m)}
    return {name: rng.normal(size=size) for name, size in sizes.items()}


def linear_batches(**sizes: tuple[int, int, int]) -> Callable[[np.random.Generator], Inputs]:
    """Inputs for several batches, each under the phrase that names it."""

    def inputs(rng: np.random.Generator) -> Inputs:
        return {where.replace("_", " "): linear_batch(rng, *size) for where, size in sizes.items()}

    return inputs


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "forward",
            "the forward of a linear layer",
            0.5,
            linear_batches(
                for_five_rows=(5, 3, 4), for_one_row=(1, 2, 3), for_one_column=(4, 2, 1)
            ),
            Forward(LINEAR),
        ),
        Probe(
            "backward",
            "its three gradients",
            0.5,
            linear_batches(for_five_rows=(5, 3, 4), for_two_rows=(2, 4, 3)),
            Backward(LINEAR),
            experiment=CHECK_LAYER,
        ),
        Probe(
            "square_and_one",
            "gradients where all sizes are equal, and for one row",
            0.5,
            linear_batches(
                for_square_arrays=(3, 3, 3), for_one_row=(1, 3, 2), for_one_input=(4, 1, 2)
            ),
            Backward(LINEAR),
            experiment="check W alone with numerical_gradient, where all sizes are 3.",
        ),
        Probe(
            "outstanding",
            "two caches at once, and one used twice",
            0.25,
            linear_batches(first=(3, 2, 4), second=(3, 2, 4)),
            Outstanding(LINEAR),
            experiment="run two forwards before the first backward.",
        ),
        Probe(
            "pure",
            "nothing that was handed in is changed",
            0.25,
            linear_batches(for_three_rows=(3, 2, 4), for_one_row=(1, 2, 3)),
            PurePair(LINEAR),
        ),
    ):
        probes.add(LINEAR.key, probe)
