"""Probes of the parameters at the start."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Inputs, Probe, Probes, snapshot

KEY = "init_mlp"


def seeded(**sizes: Any) -> Any:
    """Several networks to start, under the phrase that names them, and a seed for each."""

    def inputs(rng: np.random.Generator) -> Inputs:
        return {
            where.replace("_", " "): {"sizes": some, "seed": int(rng.integers(2**32))}
            for where, some in sizes.items()
        }

    return inputs


def starts(impl: Any, inputs: Inputs) -> Any:
    """The parameters of each network."""
    seen = {}
    for where, one in inputs.items():
        params = impl.init_mlp(one["sizes"], np.random.default_rng(one["seed"]))
        if not isinstance(params, dict):
            raise TypeError(f"a dict of parameters should come back, got {type(params).__name__}")
        seen[where] = snapshot(params)
    return seen


def draws(impl: Any, inputs: Inputs) -> Any:
    """Two starts by one generator, the first of them again, and one by another generator."""
    one = inputs["twins"]
    sizes = list(one["sizes"])
    rng = np.random.default_rng(one["seed"])
    np.random.seed(1)  # noqa: NPY002 (nobody should look at it)
    first, second = (snapshot(impl.init_mlp(sizes, rng)) for _ in range(2))
    np.random.seed(2)  # noqa: NPY002
    again = snapshot(impl.init_mlp(sizes, np.random.default_rng(one["seed"])))
    other = snapshot(impl.init_mlp(sizes, np.random.default_rng(one["seed"] + 1)))
    return {"first": first, "second": second, "again": again, "other": other, "sizes": sizes}


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "spread",
            "how the weights of a large network are spread",
            1.0,
            seeded(in_a_large_network=[300, 500, 40]),
            starts,
            experiment="start [400, 300, 10] and compare W1.std() with the root of 2 / 400.",
        ),
        Probe(
            "shapes",
            "names, shapes and biases of deep and shallow networks",
            0.5,
            seeded(
                in_a_network_of_four_sizes=[3, 5, 4, 2],
                in_a_network_without_a_hidden_layer=(6, 3),
                in_a_network_of_ones=[1, 1, 1],
            ),
            starts,
            experiment="print name and shape of each array for sizes [3, 5, 4, 2].",
        ),
        Probe(
            "draws",
            "chance comes from rng alone",
            0.5,
            seeded(twins=[4, 4, 4]),
            draws,
            experiment="start twice with np.random.default_rng(0): the two should be equal.",
        ),
    ):
        probes.add(KEY, probe)
