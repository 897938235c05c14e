"""Probes of unbroadcast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, Inputs, Probe, Probes, snapshot

Shape = tuple[int, ...]
TRY = "multiply arrays of these two shapes: each small element is used in several places."


def cases(*pairs: tuple[Shape, Shape]) -> Callable[[np.random.Generator], Inputs]:
    """Inputs: for each (shape before, shape after) a gradient of the second shape."""

    def inputs(rng: np.random.Generator) -> Inputs:
        return {
            f"from {after} to {before}": {"grad": rng.normal(size=after), "shape": before}
            for before, after in pairs
        }

    return inputs


def gradients(impl: Any, inputs: Inputs) -> Any:
    return {
        where: {"the gradient": impl.unbroadcast(case["grad"], case["shape"])}
        for where, case in inputs.items()
    }


def inputs_afterwards(impl: Any, inputs: Inputs) -> Any:
    """The gradients, and what was handed in, which stays as it was."""
    seen = gradients(impl, inputs)
    grads = {f"grad {where}": case["grad"] for where, case in inputs.items()}
    return {**snapshot(seen), AFTERWARDS: snapshot(grads)}


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "in_front",
            "axes that were put in front",
            0.5,
            cases(((3,), (4, 3)), ((3,), (2, 4, 3)), ((2, 3), (5, 2, 3)), ((3,), (3, 3))),
            gradients,
            experiment=TRY,
        ),
        Probe(
            "stretched",
            "axes of size 1 that were stretched",
            0.5,
            cases(((4, 1), (4, 3)), ((1, 3), (4, 3)), ((1, 1), (4, 3)), ((2, 1, 3), (2, 5, 3))),
            gradients,
            experiment=TRY,
        ),
        Probe(
            "both",
            "axes in front and stretched ones together, and numbers",
            0.5,
            cases(
                ((3, 1), (2, 3, 4)),
                ((1,), (4, 3)),
                ((1, 3), (2, 4, 3)),
                ((), (4, 3)),
                ((), (5,)),
                ((2, 1, 3), (5, 1, 2, 4, 3)),
            ),
            gradients,
            experiment=TRY,
        ),
        Probe(
            "nothing_to_do",
            "shapes that were equal, and an unchanged gradient",
            0.5,
            cases(((4, 3), (4, 3)), ((), ()), ((1, 3), (1, 3)), ((1, 3), (5, 4, 3))),
            inputs_afterwards,
            experiment="try a gradient that has the shape already, and one of shape ().",
        ),
    ):
        probes.add("unbroadcast", probe)
