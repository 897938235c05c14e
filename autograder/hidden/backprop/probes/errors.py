"""Probes of relative_error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.api import Inputs, Probe, Probes, Purity


def near(rng: np.random.Generator) -> Inputs:
    a = rng.uniform(0.5, 2.0, size=(3, 4)) * rng.choice([-1, 1], size=(3, 4))
    a[1, 2] = abs(a[1, 2])
    away = rng.uniform(0.02, 0.1, size=(3, 4))
    away[1, 2] = rng.uniform(0.3, 0.6)  # the largest ratio, where a - b is negative
    return {"a": a, "b": a * (1 + away)}


def small_beside_large(rng: np.random.Generator) -> Inputs:
    a, b = near(rng).values()
    a[0, 0], a[2, 1] = 1e6, 1e-3
    b[0, 0], b[2, 1] = 1e6 * (1 + 1e-3), 1e-3 * rng.uniform(-0.5, -0.2)
    same = {"a": abs(a), "b": abs(b)}
    return {"where all signs are equal": same, "where two signs differ": {"a": a, "b": b}}


def relative_error_of(
    probes: Probes, topic: str, name: str, inputs: Callable[..., Inputs], experiment: str
) -> None:
    """A probe that measures several pairs of arrays, each under its own phrase."""

    def run(impl: Any, given: Inputs) -> Any:
        return {where: {"error": impl.relative_error(p["a"], p["b"])} for where, p in given.items()}

    probe = Probe(name, topic, 0.25, inputs, run, experiment=experiment)
    probes.add("relative_error", probe)


def at_the_floor(rng: np.random.Generator) -> Inputs:
    unit = rng.uniform(0.8, 1.2)
    pairs = {
        "for zeros": (0.0, 0.0),
        "below the floor": (4e-13 * unit, 1e-13),
        "above the floor": (3e-12 * unit, 1e-12),
        "near 1e-9": (3e-9 * unit, 1e-9),
    }
    return {
        where: {"a": np.array([0.0, a]), "b": np.array([0.0, b])} for where, (a, b) in pairs.items()
    }


def whole_numbers(rng: np.random.Generator) -> Inputs:
    a = rng.integers(20, 40, size=5)
    return {"a": a, "b": a + rng.integers(1, 9, size=5)}


def declare(probes: Probes) -> None:
    relative_error_of(
        probes,
        "two arrays of one size",
        "one_scale",
        lambda rng: {"for a table": near(rng)},
        "try [3.0] against [1.0] and [1.0] against [3.0]: both are 0.5.",
    )
    relative_error_of(
        probes,
        "a small entry beside a large one",
        "two_scales",
        small_beside_large,
        "try [1000, 0.003] against [1000, 0.001]: the second entry decides.",
    )
    relative_error_of(
        probes,
        "zeros and the floor of 1e-12",
        "floor",
        at_the_floor,
        "try [0.0] against [0.0], and 4e-13 against 1e-13.",
    )
    probes.add(
        "relative_error",
        Probe(
            "integers", "arrays of integers", 0.25, whole_numbers, Purity("relative_error", "error")
        ),
    )
