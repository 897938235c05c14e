"""Probes of the largest stable rate."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Probe, Probes

Inputs = dict[str, Any]


def float_curvatures(rng: np.random.Generator) -> Inputs:
    small, large = rng.uniform(0.2, 1.0, size=2), float(rng.uniform(5.0, 9.0))
    middle = [float(small[0]), large, float(small[1]), 2.0]
    return {
        "the largest in the middle": middle,
        "the largest first": sorted(middle, reverse=True),
        "the largest last": sorted(middle),
        "far apart": [float(rng.uniform(1e-4, 1e-3)), float(rng.uniform(1e3, 1e4)), 1.0],
    }


def other_sequences(rng: np.random.Generator) -> Inputs:
    values = rng.uniform(0.5, 9.0, size=5)
    return {"a tuple": tuple(map(float, values)), "an array": values, "one curvature": [values[0]]}


def integer_curvatures(rng: np.random.Generator) -> Inputs:
    most = 2 * int(rng.integers(5, 9)) + 1
    return {"a list": [3, most, 8], "an array": np.array([most, 4, 2]), "below 2": (1,)}


def list_and_array(rng: np.random.Generator) -> Inputs:
    values = rng.permutation(np.array([3.0, 0.5, 1.0, 2.0])) * float(rng.uniform(1.1, 1.9))
    return {"a list": values.tolist(), "an array": values}


def edges(impl: Any, inputs: Inputs) -> Any:
    return {f"with {case}": {"lr": impl.largest_stable_lr(c)} for case, c in inputs.items()}


TRY_ONE_BOWL = (
    "take c = (2, 4), and find with descend the rate from which the path no longer arrives."
)


def unchanged(impl: Any, inputs: Inputs) -> Any:
    result = edges(impl, inputs)
    return {**result, "inputs afterwards": inputs}


def declare(probes: Probes) -> None:
    for name, topic, make in (
        ("any_order", "curvatures in any order", float_curvatures),
        ("sequences", "tuples, arrays, and one curvature alone", other_sequences),
        ("whole_numbers", "integers", integer_curvatures),
    ):
        probes.add(
            "largest_stable_lr", Probe(name, topic, 0.25, make, edges, experiment=TRY_ONE_BOWL)
        )
    probes.probe(
        "largest_stable_lr", "curvatures left as they were", points=0.25, inputs=list_and_array
    )(unchanged)
