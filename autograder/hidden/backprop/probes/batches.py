"""Inputs by phrase: batches of several shapes and scales."""

from collections.abc import Callable, Mapping

import numpy as np

from autograder.api import Inputs

Shapes = Mapping[str, tuple[int, ...]]
MakeInputs = Callable[[np.random.Generator], Inputs]
SCALES = {"for numbers above 10": (10.0, 60.0), "for numbers between -0.1 and 0": (-0.1, 0.0)}


def drawn(rng: np.random.Generator, shapes: Shapes) -> Inputs:
    """Arrays of both signs, by name."""
    return {name: 1.5 * rng.normal(size=shape) for name, shape in shapes.items()}


def batches(
    shapes_of: Callable[..., Shapes], *, scales: bool = False, **sizes: tuple[int, ...]
) -> MakeInputs:
    """Inputs that draw a batch of each size, under the phrase that names it, and where `scales`,
    of the first size at other scales: all large, and all small and negative."""
    phrases = {where.replace("_", " "): shapes_of(*size) for where, size in sizes.items()}

    def inputs(rng: np.random.Generator) -> Inputs:
        several = {where: drawn(rng, shapes) for where, shapes in phrases.items()}
        for where, (low, high) in SCALES.items() if scales else ():
            shapes = next(iter(phrases.values()))
            several[where] = {name: rng.uniform(low, high, size=s) for name, s in shapes.items()}
        return several

    return inputs
