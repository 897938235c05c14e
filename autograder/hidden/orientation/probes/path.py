"""Probes of the path of a descent."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.api import FORMULA, Counted, Inputs, Probes, snapshot

probes = Probes()
descend = probes.exercise("descend", tolerance=FORMULA)

TRY_HALVING = (
    "print descend(lambda x: 2 * x, 1.0, 0.25, 3): each point should be half of the one before it."
)


def wave(center: Any) -> Callable[[Any], Any]:
    """The gradient of a valley that is no parabola, and in which no coordinate is alone."""
    return lambda x: (x - center) + np.sin(x) + 0.3 * np.mean(x)


def a_number(rng: np.random.Generator) -> Inputs:
    return {
        "x0": float(rng.uniform(1.0, 2.0)),
        "center": float(rng.uniform(-2.0, -0.5)),
        "lr": float(rng.uniform(0.1, 0.4)),
        "steps": 6,
    }


def an_array(rng: np.random.Generator) -> Inputs:
    return {
        "x0": rng.normal(size=(2, 3)),
        "center": rng.normal(size=(2, 3)) + 2.0,
        "lr": float(rng.uniform(0.1, 0.4)),
        "steps": 5,
    }


def scales(rng: np.random.Generator) -> Inputs:
    """Where gradients are tiny, where they are large, and where there are none: no step is left
    out, and none is made shorter. On the long way down, which is a number's so that all norms are
    one, every threshold would end the path at another step."""
    near_and_far = {
        f"from {where}": {
            "x0": scale * rng.uniform(0.5, 1.5, size=2) * np.array([1.0, -1.0]),
            "center": 0.0,
            "lr": float(rng.uniform(0.1, 0.3)),
            "steps": 8,
        }
        for where, scale in (("close to the bottom", 1e-5), ("far away", 1e3), ("the bottom", 0.0))
    }
    lr = float(rng.uniform(0.18, 0.25))
    long = {"x0": float(rng.uniform(0.5, 1.5)), "center": 0.0, "lr": lr, "steps": 45}
    return {**near_and_far, "on a long way down": long}


def above_the_edge(rng: np.random.Generator) -> Inputs:
    curvature = rng.uniform(2.0, 4.0, size=2)
    lr = float(2.0 / curvature.max() * rng.uniform(1.3, 1.6))
    return {"x0": rng.uniform(0.5, 1.5, size=2), "curvature": curvature, "lr": lr, "steps": 12}


def from_integers(rng: np.random.Generator) -> Inputs:
    lr = float(rng.uniform(0.11, 0.19))
    return {
        "from a number": int(rng.integers(2, 9)),
        "from an array": rng.integers(2, 9, size=3),
        "lr": lr,
    }


def walk(impl: Any, x0: Any, center: Any, lr: float, steps: int) -> Any:
    return {"path": impl.descend(wave(center), x0, lr, steps)}


@descend.probe(
    "six steps from a number",
    points=0.5,
    inputs=a_number,
    experiment=TRY_HALVING,
)
def from_a_number(impl: Any, inputs: Inputs) -> Any:
    return walk(impl, **inputs)


@descend.probe(
    "five steps from an array of two rows",
    points=0.25,
    inputs=an_array,
    experiment=TRY_HALVING,
)
def from_an_array(impl: Any, inputs: Inputs) -> Any:
    return walk(impl, **inputs)


@descend.probe(
    "starts close to the bottom and far from it",
    points=0.125,
    inputs=scales,
    experiment="start at 1e-5: the path has steps + 1 different points all the same.",
)
def near_and_far(impl: Any, inputs: Inputs) -> Any:
    return {where: walk(impl, **one) for where, one in inputs.items()}


@descend.probe(
    "a rate so high that the path flies away",
    points=0.125,
    inputs=above_the_edge,
)
def flies_away(impl: Any, inputs: Inputs) -> Any:
    curvature = inputs["curvature"]
    return {
        "path": impl.descend(lambda x: curvature * x, inputs["x0"], inputs["lr"], inputs["steps"])
    }


@descend.probe("no steps at all", points=0.25, inputs=an_array)
def no_steps(impl: Any, inputs: Inputs) -> Any:
    gradient = Counted(wave(inputs["center"]))
    number = float(inputs["x0"][0, 0])
    return {
        "from a number": {"path": impl.descend(wave(0.0), number, inputs["lr"], 0)},
        "from an array": {"path": impl.descend(gradient, inputs["x0"], inputs["lr"], 0)},
        "the number of calls of grad_fn": gradient.count,
    }


@descend.probe("integers as the start", points=0.25, inputs=from_integers)
def integers(impl: Any, inputs: Inputs) -> Any:
    lr = inputs.pop("lr")
    return {
        f"{where}, {steps or 'no'} steps": {
            "path": impl.descend(lambda x: 1.5 * x, start, lr, steps)
        }
        for where, start in inputs.items()
        for steps in (3, 0)
    }


@descend.probe(
    "where and how often grad_fn is called",
    points=0.25,
    inputs=lambda rng: {"from a number": a_number(rng), "from an array": an_array(rng)},
    experiment="let grad_fn print the x that it gets, and compare with the path.",
)
def asked_for(impl: Any, inputs: Inputs) -> Any:
    return {case: questions(impl, **given) for case, given in inputs.items()}


def questions(impl: Any, x0: Any, center: Any, lr: float, steps: int) -> Inputs:
    """A descent on a valley that gets steeper at each question, and the questions."""
    slope = wave(center)
    gradient: Counted = Counted(lambda x: slope(x) * (1.0 + 0.1 * gradient.count))
    path = impl.descend(gradient, x0, lr, steps)
    return {
        "path": snapshot(path),
        "the number of calls of grad_fn": gradient.count,
        "point that grad_fn was called with": [np.array(x, dtype=float) for x in gradient.calls],
    }


@descend.probe(
    "what belongs to others: the start, and the array that grad_fn returns each time",
    points=0.25,
    inputs=an_array,
    kind="side",
)
def others_arrays(impl: Any, inputs: Inputs) -> Any:
    x0, lr, steps = inputs["x0"], inputs["lr"], inputs["steps"]
    before, slope, buffer = x0.copy(), wave(inputs["center"]), np.empty_like(x0)

    def reused(x: Any) -> Any:
        buffer[:] = slope(x)
        return buffer

    plane = inputs["center"].copy()
    seen = {
        "with one array filled anew each time": {"path": impl.descend(reused, x0, lr, steps)},
        "when that is done again": {"path": impl.descend(reused, x0, lr, steps)},
        "on a plane, one gradient for all": {"path": impl.descend(lambda x: plane, x0, lr, steps)},
        "with a gradient that is the point itself": {"path": impl.descend(lambda x: x, x0, lr, 3)},
        "with no steps": {"path": impl.descend(reused, x0, lr, 0)},
    }
    seen = {**snapshot(seen), "change of the start": snapshot(x0) - before}
    seen["change of the gradient that grad_fn returned"] = plane - inputs["center"]
    buffer += 17.0
    late = impl.descend(reused, before, lr, 2)
    still = impl.descend(reused, before, lr, 0)
    before += 17.0
    buffer += 17.0
    seen["after the start was overwritten"] = {"path": snapshot(late)}
    seen["after the start was overwritten, with no steps"] = {"path": snapshot(still)}
    return seen
