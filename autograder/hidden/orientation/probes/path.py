"""Probes of the path of a descent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.api import Probe, Probes, snapshot

Inputs = dict[str, Any]


def wave(center: Any, counts: list[int] | None = None) -> Callable[[Any], Any]:
    """The gradient of a valley that is no parabola, and in which no coordinate is alone."""

    def gradient(x: Any) -> Any:
        if counts is not None:
            counts.append(1)
        return (x - center) + np.sin(x) + 0.3 * np.mean(x)

    return gradient


def from_a_number(rng: np.random.Generator) -> Inputs:
    return {
        "x0": float(rng.uniform(1.0, 2.0)),
        "center": float(rng.uniform(-2.0, -0.5)),
        "lr": float(rng.uniform(0.1, 0.4)),
        "steps": 6,
    }


def from_an_array(rng: np.random.Generator) -> Inputs:
    return {
        "x0": rng.normal(size=(2, 3)),
        "center": rng.normal(size=(2, 3)) + 2.0,
        "lr": float(rng.uniform(0.1, 0.4)),
        "steps": 5,
    }


def above_the_edge(rng: np.random.Generator) -> Inputs:
    curvature = rng.uniform(2.0, 4.0, size=2)
    lr = float(2.0 / curvature.max() * rng.uniform(1.3, 1.6))
    return {"x0": rng.uniform(0.5, 1.5, size=2), "curvature": curvature, "lr": lr, "steps": 12}


def from_integers(rng: np.random.Generator) -> Inputs:
    lr = float(rng.uniform(0.11, 0.19))
    return {"number": int(rng.integers(2, 9)), "array": rng.integers(2, 9, size=3), "lr": lr}


TRY_HALVING = (
    "print descend(lambda x: 2 * x, 1.0, 0.25, 3): each point should be half of the one before it."
)


def walk(impl: Any, inputs: Inputs) -> Any:
    gradient = wave(inputs["center"])
    return {"path": impl.descend(gradient, inputs["x0"], inputs["lr"], inputs["steps"])}


def flies_away(impl: Any, inputs: Inputs) -> Any:
    curvature = inputs["curvature"]
    return {
        "path": impl.descend(lambda x: curvature * x, inputs["x0"], inputs["lr"], inputs["steps"])
    }


def no_steps(impl: Any, inputs: Inputs) -> Any:
    counts: list[int] = []
    gradient = wave(inputs["center"], counts)
    number = float(inputs["x0"][0, 0])
    return {
        "from a number": {"path": impl.descend(wave(0.0), number, inputs["lr"], 0)},
        "from an array": {"path": impl.descend(gradient, inputs["x0"], inputs["lr"], 0)},
        "number of gradients asked for": len(counts),
    }


def integers(impl: Any, inputs: Inputs) -> Any:
    return {
        f"from {'a number' if start == 'number' else 'an array'}": {
            "path": impl.descend(lambda x: 1.5 * x, inputs[start], inputs["lr"], 3)
        }
        for start in ("number", "array")
    }


def two_starts(rng: np.random.Generator) -> Inputs:
    return {"from a number": from_a_number(rng), "from an array": from_an_array(rng)}


def asked_for(impl: Any, inputs: Inputs) -> Any:
    return {case: questions(impl, **given) for case, given in inputs.items()}


def questions(impl: Any, x0: Any, center: Any, lr: float, steps: int) -> dict[str, Any]:
    """A descent on a valley that gets steeper at each question, and the questions."""
    slope, asked = wave(center), []

    def gradient(x: Any) -> Any:
        asked.append(np.array(x, dtype=float))
        return slope(x) * (1.0 + 0.1 * len(asked))

    path = impl.descend(gradient, x0, lr, steps)
    return {
        "path": snapshot(path),
        "number of gradients asked for": len(asked),
        "point where the gradient was asked for": asked,
    }


def others_arrays(impl: Any, inputs: Inputs) -> Any:
    x0, lr, steps = inputs["x0"], inputs["lr"], inputs["steps"]
    before, slope, buffer = x0.copy(), wave(inputs["center"]), np.empty_like(x0)

    def reused(x: Any) -> Any:
        buffer[:] = slope(x)
        return buffer

    plane = inputs["center"].copy()
    seen = {
        "with one array filled anew each time": {"path": impl.descend(reused, x0, lr, steps)},
        "on a plane, one gradient for all": {"path": impl.descend(lambda x: plane, x0, lr, steps)},
        "with a gradient that is the point itself": {"path": impl.descend(lambda x: x, x0, lr, 3)},
        "with no steps": {"path": impl.descend(reused, x0, lr, 0)},
    }
    seen = {**snapshot(seen), "change of the start": snapshot(x0) - before}
    seen["change of the gradient that was handed out"] = plane - inputs["center"]
    buffer += 17.0
    late = impl.descend(reused, before, lr, 2)
    still = impl.descend(reused, before, lr, 0)
    before += 17.0
    buffer += 17.0
    seen["after the start was overwritten"] = {"path": snapshot(late)}
    seen["after the start was overwritten, with no steps"] = {"path": snapshot(still)}
    return seen


def declare(probes: Probes) -> None:
    for name, topic, points, make in (
        ("from_a_number", "six steps from a number", 0.5, from_a_number),
        ("from_an_array", "five steps from an array of two rows", 0.25, from_an_array),
    ):
        probes.add("descend", Probe(name, topic, points, make, walk, experiment=TRY_HALVING))
    probes.probe(
        "descend", "a rate so high that the path flies away", points=0.25, inputs=above_the_edge
    )(flies_away)
    probes.probe("descend", "no steps at all", points=0.25, inputs=from_an_array)(no_steps)
    probes.probe("descend", "integers as the start", points=0.25, inputs=from_integers)(integers)
    probes.probe(
        "descend",
        "where and how often the gradient is asked for",
        points=0.25,
        inputs=two_starts,
        experiment="let grad_fn print the x that it gets, and compare with the path.",
    )(asked_for)
    probes.probe(
        "descend",
        "what belongs to others: the start, and an array that grad_fn hands out each time",
        points=0.25,
        inputs=from_an_array,
    )(others_arrays)
