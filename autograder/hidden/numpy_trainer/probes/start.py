"""Probes of the parameters at the start."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, Draws, Inputs, Probes, snapshot
from autograder.hidden.numpy_trainer.probes.nets import seeds

probes = Probes()
probes.predictions("dropout_curve", "forgotten_velocity", "confused_pair")
start = probes.exercise("init_mlp")


def large(rng: np.random.Generator) -> Inputs:
    """Sizes for which the scales of other rules lie far from the ends of a step; see the bank."""
    return {"in a large network": {"sizes": [160, 378, 157], "seed": int(rng.integers(2**32))}}


def several(**networks: Sequence[int]) -> Any:
    """Several networks to start, under the phrase that names them, and a seed for each."""

    def inputs(rng: np.random.Generator) -> Inputs:
        return {
            f"in a network {where.replace('_', ' ')}": {
                "sizes": sizes,
                "seed": int(rng.integers(2**32)),
            }
            for where, sizes in networks.items()
        }

    return inputs


@start.probe(
    "how the weights of a large network are spread",
    points=1.0,
    inputs=large,
    experiment="start [400, 300, 10] and compare W1.std() with the root of 2 / 400.",
)
def spread(impl: Any, inputs: Inputs) -> Any:
    """The parameters of each network."""
    seen = {}
    for where, one in inputs.items():
        params = impl.init_mlp(one["sizes"], np.random.default_rng(one["seed"]))
        if not isinstance(params, dict):
            raise TypeError(f"a dict of parameters should come back, got {type(params).__name__}")
        seen[where] = snapshot(params)
    return seen


start.probe(
    "names, shapes and biases of deep networks",
    points=0.4,
    inputs=several(of_four_sizes=[3, 5, 4, 2], of_seven_sizes=[2, 3, 4, 3, 2, 5, 3]),
    name="shapes",
    kind="side",
    experiment="print name and shape of each array for sizes [3, 5, 4, 2].",
)(spread)

start.probe(
    "networks without a hidden layer, and of single units",
    points=0.2,
    inputs=several(without_a_hidden_layer=(6, 3), of_single_units=[1, 1, 1]),
    name="small",
    kind="side",
    experiment="print name and shape of each array for sizes (5, 3).",
)(spread)


def begun(impl: Any, inputs: Inputs, rng: np.random.Generator) -> Any:
    sizes = list(inputs["sizes"])
    params = impl.init_mlp(sizes, rng)
    return {"params": params, AFTERWARDS: {"sizes": sizes}}


start.probe(
    "chance comes from rng alone",
    points=0.4,
    inputs=lambda rng: seeds(rng, sizes=[4, 4, 4]),
    name="draws",
    kind="side",
    experiment="start twice with np.random.default_rng(0): the two should be equal.",
)(Draws(begun))
