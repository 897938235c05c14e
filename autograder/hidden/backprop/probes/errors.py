"""Probes of relative_error."""

import numpy as np

from autograder.api import FORMULA, Calls, Inputs, Probes

probes = Probes()
error = probes.exercise("relative_error", tolerance=FORMULA)


def near(rng: np.random.Generator, scale: float = 1.0) -> Inputs:
    a = scale * rng.uniform(0.5, 2.0, size=(3, 4)) * rng.choice([-1, 1], size=(3, 4))
    a[1, 2] = abs(a[1, 2])
    away = rng.uniform(0.02, 0.1, size=(3, 4))
    away[1, 2] = rng.uniform(0.3, 0.6)  # the largest ratio, where a - b is negative
    return {"a": a, "b": a * (1 + away)}


def several_scales(rng: np.random.Generator) -> Inputs:
    one, other = near(rng).values()
    return {
        "for a table": near(rng),
        "for the same table the other way round": {"a": other, "b": one},
        "for numbers above 10": near(rng, 40.0),
        "for numbers below 1e-3": near(rng, 1e-4),
        "for a vector": {name: array[1] for name, array in near(rng).items()},
    }


def small_beside_large(rng: np.random.Generator) -> Inputs:
    a, b = near(rng).values()
    a[0, 0], a[2, 1] = 1e6, 1e-3
    b[0, 0], b[2, 1] = 1e6 * (1 + 1e-3), 1e-3 * rng.uniform(-0.5, -0.2)
    same = {"a": abs(a), "b": abs(b)}
    return {"where all signs are equal": same, "where two signs differ": {"a": a, "b": b}}


def at_the_floor(rng: np.random.Generator) -> Inputs:
    unit = rng.uniform(0.8, 1.2)
    pairs = {
        "for zeros": (0.0, 0.0),
        "for errors below the floor": (4e-13 * unit, 1e-13),
        "for errors above the floor": (3e-12 * unit, 1e-12),
        "for errors near 1e-9": (3e-9 * unit, 1e-9),
    }
    return {
        where: {"a": np.array([0.0, a]), "b": np.array([0.0, b])} for where, (a, b) in pairs.items()
    }


error.probe(
    "two arrays of one size",
    name="one_scale",
    points=0.375,
    inputs=several_scales,
    experiment="try [3.0] against [1.0] and [1.0] against [3.0]: both are 0.5.",
)(Calls("relative_error", "error", order="a, b"))
error.probe(
    "a small entry beside a large one",
    name="two_scales",
    points=0.375,
    inputs=small_beside_large,
    experiment="try [1000, 0.003] against [1000, 0.001]: the second entry decides.",
)(Calls("relative_error", "error", order="a, b"))
error.probe(
    "zeros and the floor of 1e-12",
    name="floor",
    points=0.1,
    inputs=at_the_floor,
    experiment="try [0.0] against [0.0], and 4e-13 against 1e-13.",
)(Calls("relative_error", "error", order="a, b"))
error.pure("error", points=0.15, inputs=near)
