"""Probes of numerical_gradient: large steps make the formula itself visible, far above rounding
noise."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, OVERWRITTEN, Inputs, Probes, Tolerance, overwrite, snapshot


def cubic(rng: np.random.Generator) -> Inputs:
    return {"x": rng.uniform(0.5, 1.5, size=4), "c": rng.uniform(0.5, 1.5, size=4), "eps": 0.1}


def central_differences(impl: Any, inputs: Inputs) -> Any:
    def f(x: Any) -> Any:
        return np.sum(inputs["c"] * x**3) + x[0] * x[1] * x[2]

    return {"gradient": impl.numerical_gradient(f, inputs["x"], eps=inputs["eps"])}


def default_eps(impl: Any, inputs: Inputs) -> Any:
    return {"gradient": impl.numerical_gradient(lambda x: np.sum(np.sin(1e5 * x)), inputs["x"])}


def shapes(rng: np.random.Generator) -> Inputs:
    sizes = {"a 0-d array": (), "a vector": (3,), "a table": (2, 3), "three axes": (2, 2, 3)}
    return {where: {"x": rng.normal(size=s), "w": rng.normal(size=s)} for where, s in sizes.items()}


def any_shape(impl: Any, inputs: Inputs) -> Any:
    return {
        f"for {where}": {"gradient": slopes(impl, np.asarray(one["x"]), one["w"])}
        for where, one in inputs.items()
    }


def slopes(impl: Any, x: Any, w: Any) -> Any:
    """The learner's gradient of a sum of weighted sines and a product of neighbours."""
    return impl.numerical_gradient(lambda z: np.sum(np.sin(z) * w) + np.mean(z) ** 3, x, 0.01)


def table(rng: np.random.Generator) -> Inputs:
    return {"x": rng.normal(size=(4, 3)), "w": rng.normal(size=(4, 3))}


def memory_order(impl: Any, inputs: Inputs) -> Any:
    x, w = inputs["x"], inputs["w"]
    return {
        "in Fortran order": {"gradient": slopes(impl, np.asfortranarray(x), w)},
        "for a transposed array": {"gradient": slopes(impl, x.T, w.T)},
        "for every other row": {"gradient": slopes(impl, np.repeat(x, 2, axis=0)[::2], w)},
        "for reversed rows": {"gradient": slopes(impl, x[::-1], w)},
    }


def closes_over_x(impl: Any, inputs: Inputs) -> Any:
    x = inputs["x"]
    gradient = impl.numerical_gradient(lambda z: np.sum(z * x), x, eps=0.01)
    return {"gradient": gradient, AFTERWARDS: {"x": snapshot(x)}}


def every_moment(impl: Any, inputs: Inputs) -> Any:
    x, before, written = inputs["x"], inputs["x"].tobytes(), []

    def watch(frame: Any, event: str, arg: Any) -> Any:
        if x.tobytes() != before:
            written.append(event)
        return watch

    outer = sys.gettrace()
    sys.settrace(watch)
    try:
        gradient = impl.numerical_gradient(lambda z: np.sum(z**3), x, 0.01)
    finally:
        sys.settrace(outer)
    seen = {
        "gradient": snapshot(gradient),
        "x while it ran": "written to" if written else "untouched",
    }
    overwrite(inputs)
    return {**seen, OVERWRITTEN: snapshot(gradient)}


def declare(probes: Probes) -> None:
    probes.probe(
        "numerical_gradient",
        "central differences of a cubic, eps = 0.1",
        points=0.5,
        inputs=cubic,
        experiment="try f(x) = x**3 at 1 with eps = 0.1: the two values are 1.331 and 0.729.",
    )(central_differences)
    probes.probe(
        "numerical_gradient",
        "the default eps",
        points=0.25,
        inputs=lambda rng: {"x": rng.uniform(0.1, 1.0, size=3)},
        tolerance=Tolerance(1e-6, 1e-3),  # a wave of slope 1e5: rounding noise is about 1e-5
        experiment="count how f is called when nobody says what eps is.",
    )(default_eps)
    probes.probe(
        "numerical_gradient",
        "arrays of 0, 1, 2 and 3 axes",
        points=0.5,
        inputs=shapes,
        experiment="print the shape of what f gets: it is the shape of x.",
    )(any_shape)
    probes.probe(
        "numerical_gradient",
        "arrays in Fortran order, and views",
        points=0.25,
        inputs=table,
        experiment="try x.T in place of x: is a flattened x.T a view, or a copy?",
    )(memory_order)
    probes.probe(
        "numerical_gradient",
        "a function that closes over x",
        points=0.25,
        inputs=table,
        experiment="print x inside f: it is the same at every call.",
    )(closes_over_x)
    probes.probe(
        "numerical_gradient",
        "x at every moment",
        points=0.25,
        inputs=table,
        experiment="set x.flags.writeable = False first: a write then shows its line.",
    )(every_moment)
