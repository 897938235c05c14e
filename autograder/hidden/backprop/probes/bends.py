"""Probes of the three elementwise layers: ReLU, sigmoid, tanh."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograder.api import Inputs, Probe, Probes
from autograder.hidden.backprop.probes.pairs import (
    Backward,
    Forward,
    ForwardAndBackward,
    Layer,
    Outstanding,
    PurePair,
)


def bend_batch(rng: np.random.Generator, *shape: int) -> Inputs:
    return {"x": 1.5 * rng.normal(size=shape), "dout": rng.normal(size=shape)}


def bend_batches(**shapes: tuple[int, ...]) -> Callable[[np.random.Generator], Inputs]:
    """Inputs of an elementwise layer, each under the phrase that names it."""

    def inputs(rng: np.random.Generator) -> Inputs:
        return {where.replace("_", " "): bend_batch(rng, *shape) for where, shape in shapes.items()}

    return inputs


class At:
    """Inputs at chosen points, with a random dout."""

    def __init__(self, where: str, *points: float) -> None:
        self.where, self.points = where, points

    def __call__(self, rng: np.random.Generator) -> Inputs:
        x = np.array(self.points)[:, None] * np.ones(2)
        return {self.where: {"x": x, "dout": rng.uniform(0.5, 1.5, size=x.shape)}}


def bend(probes: Probes, layer: str, edge: At, topic: str, experiment: str) -> None:
    """The probes of one elementwise layer."""
    pair = Layer(layer, "dx")
    for probe in (
        Probe(
            "forward",
            f"the values of {layer}",
            0.5,
            bend_batches(for_a_batch=(4, 5), for_three_axes=(2, 3, 2)),
            Forward(pair),
        ),
        Probe(
            "backward",
            f"the gradient of {layer}",
            0.5,
            bend_batches(for_a_batch=(4, 5), for_three_axes=(2, 3, 2)),
            Backward(pair),
            experiment="compare it with numerical_gradient of np.sum(out * dout), dout random.",
        ),
        Probe("edge", topic, 0.5, edge, ForwardAndBackward(pair), experiment=experiment),
        Probe(
            "outstanding",
            "two caches at once, and one used twice",
            0.25,
            bend_batches(first=(3, 4), second=(3, 4)),
            Outstanding(pair),
            experiment="run two forwards before the first backward, and one backward twice.",
        ),
        Probe(
            "pure",
            "nothing that was handed in is changed",
            0.25,
            bend_batches(for_a_batch=(4, 5), for_one_row=(1, 3)),
            PurePair(pair),
        ),
    ):
        probes.add(pair.key, probe)


FAR_OUT = (-1e4, -700.0, -30.0, 0.0, 30.0, 800.0, 1e4)


def declare(probes: Probes) -> None:
    bend(
        probes,
        "relu",
        At("around 0", 0.0, -0.0, 1e-9, -1e-9, 2.0, -2.0),
        "exactly at 0, and close to it",
        "try x = 0.0 and 1e-9 with dout = 1: the gradients are 0 and 1.",
    )
    bend(
        probes,
        "sigmoid",
        At("far out", *FAR_OUT),
        "far out, at -1e4 and 1e4",
        "print out and dx at x = 1e4.",
    )
    bend(
        probes,
        "tanh",
        At("far out", *FAR_OUT),
        "far out, at -1e4 and 1e4",
        "print out and dx at x = 1e4.",
    )
