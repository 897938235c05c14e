"""Probes of the three activation functions: ReLU, sigmoid, tanh."""

from collections.abc import Mapping
from typing import Literal

import numpy as np

from autograder.api import FORMULA, Inputs, Pair, Probes
from autograder.hidden.backprop.probes.batches import MakeInputs, Shapes, batches

probes = Probes()


def shapes(*shape: int) -> Shapes:
    return {"x": shape, "dout": shape}


several = batches(shapes, scales=True, for_a_batch=(4, 5), for_three_axes=(2, 3, 2))


def at(points: Mapping[str, tuple[float, ...]]) -> MakeInputs:
    """Inputs at chosen points, with a random dout."""

    def inputs(rng: np.random.Generator) -> Inputs:
        rows = {where: np.array(some)[:, None] * np.ones(2) for where, some in points.items()}
        return {
            where: {"x": x, "dout": rng.uniform(0.5, 1.5, size=x.shape)}
            for where, x in rows.items()
        }

    return inputs


def declare(
    layer: str, topic: str, edge: MakeInputs, kind: Literal["values", "side"], experiment: str
) -> None:
    """The probes of one layer; its edge has the topic, kind and experiment."""
    exercise = probes.exercise(f"{layer}_forward__{layer}_backward")
    pair = Pair(f"{layer}_forward", f"{layer}_backward", ("out", "cache"), ("dx",))
    exercise.probe(
        f"the values of {layer}", name="forward", points=0.65, inputs=several, tolerance=FORMULA
    )(pair.ahead)
    exercise.probe(
        f"the gradient of {layer}",
        name="backward",
        points=0.65,
        inputs=several,
        tolerance=FORMULA,
        experiment="compare it with numerical_gradient of np.sum(out * dout), dout random.",
    )(pair.back)
    exercise.probe(
        topic,
        name="edge",
        points=0.2,
        inputs=edge,
        kind=kind,
        tolerance=FORMULA,
        experiment=experiment,
    )(pair.both)
    exercise.probe(
        "two caches at once, and one used twice",
        name="outstanding",
        points=0.25,
        inputs=batches(shapes, first=(3, 4), second=(3, 4)),
        kind="side",
        experiment="run two forwards before the first backward, and one backward twice.",
    )(pair.outstanding)
    exercise.probe(
        "nothing that was handed in is changed",
        name="pure",
        points=0.25,
        inputs=batches(shapes, for_a_batch=(4, 5), for_one_row=(1, 3)),
        kind="side",
    )(pair.pure)


FAR_OUT = at({"at -1e4 and 1e4": (-1e4, 1e4), "between -700 and 800": (-700.0, -30.0, 0.0, 800.0)})

declare(
    "relu",
    "exactly at 0, and close to it",
    at({"around 0": (0.0, -0.0, 1e-9, -1e-9, 2.0, 2.0, -2.0)}),
    "values",
    "try x = 0.0 and 1e-9 with dout = 1: the gradients are 0 and 1.",
)
for layer in ("sigmoid", "tanh"):
    declare(layer, "far out, at -1e4 and 1e4", FAR_OUT, "side", "print out and dx at x = 1e4.")
