"""Probes of numerical_gradient: large steps make the formula itself visible, far above rounding
noise."""

import sys
from typing import Any

import numpy as np

from autograder.api import (
    AFTERWARDS,
    AGAIN,
    FORMULA,
    OVERWRITTEN,
    Inputs,
    Probes,
    Tolerance,
    overwrite,
    snapshot,
)
from autograder.hidden.backprop.probes.batches import Shapes, batches

probes = Probes()
slope = probes.exercise("numerical_gradient", tolerance=FORMULA)
STEP = 0.1


def gradient(impl: Any, x: Any, w: Any) -> Any:
    """The learner's gradient of a sum of weighted sines and a cube of the mean."""
    return impl.numerical_gradient(lambda z: np.sum(np.sin(z) * w) + np.mean(z) ** 3, x, STEP)


def one_shape(*shape: int) -> Shapes:
    return {"x": shape, "w": shape}


def cubics(rng: np.random.Generator) -> Inputs:
    scales = {"near 1": 1.0, "above 10": 20.0, "below 1e-3": 5e-4}
    return {
        f"for numbers {where}": {name: scale * rng.uniform(0.6, 1.5, size=4) for name in ("x", "c")}
        for where, scale in scales.items()
    }


@slope.probe(
    "central differences of a cubic, eps = 0.1",
    points=0.5,
    inputs=cubics,
    experiment="try f(x) = x**3 at 1 with eps = 0.1: the two values are 1.331 and 0.729.",
)
def central_differences(impl: Any, inputs: Inputs) -> Any:
    def of(x: Any, c: Any) -> Any:
        f = lambda z: np.sum(c * z**3) - z[0] * z[1] * z[2]
        return {"gradient": impl.numerical_gradient(f, x, eps=STEP)}

    return {where: of(**one) for where, one in inputs.items()}


@slope.probe(
    "the default eps",
    points=0.125,
    inputs=lambda rng: {"x": rng.uniform(0.1, 1.0, size=3)},
    kind="side",
    tolerance=Tolerance(1e-6, 1e-3),  # a wave of slope 1e5: rounding noise is about 1e-5
    experiment="count how f is called when nobody says what eps is.",
)
def default_eps(impl: Any, inputs: Inputs) -> Any:
    return {"gradient": impl.numerical_gradient(lambda x: np.sum(np.sin(1e5 * x)), inputs["x"])}


def each_shape(impl: Any, inputs: Inputs) -> Any:
    return {
        where: {"gradient": gradient(impl, np.asarray(one["x"]), one["w"])}
        for where, one in inputs.items()
    }


PRINT_SHAPE = "print the shape of what f gets: it is the shape of x."
slope.probe(
    "vectors and tables",
    name="any_shape",
    points=0.5,
    inputs=batches(one_shape, for_a_vector=(3,), for_a_table=(2, 3), for_one_column=(4, 1)),
    experiment=PRINT_SHAPE,
)(each_shape)
slope.probe(
    "arrays of 0 and of 3 axes",
    name="other_axes",
    points=0.125,
    inputs=batches(one_shape, for_an_array_without_axes=(), for_three_axes=(2, 2, 3)),
    kind="side",
    experiment=PRINT_SHAPE,
)(each_shape)


def table(rng: np.random.Generator) -> Inputs:
    return {name: rng.normal(size=(4, 3)) for name in ("x", "w")}


@slope.probe(
    "arrays in Fortran order, and views",
    points=0.25,
    inputs=table,
    kind="side",
    experiment="try x.T in place of x: is a flattened x.T a view, or a copy?",
)
def memory_order(impl: Any, inputs: Inputs) -> Any:
    x, w = inputs["x"], inputs["w"]
    return {
        "in Fortran order": {"gradient": gradient(impl, np.asfortranarray(x), w)},
        "for a transposed array": {"gradient": gradient(impl, x.T, w.T)},
        "for every other row": {"gradient": gradient(impl, np.repeat(x, 2, axis=0)[::2], w)},
        "for reversed rows": {"gradient": gradient(impl, x[::-1], w)},
    }


@slope.probe(
    "a function that closes over x",
    points=0.25,
    inputs=table,
    kind="side",
    experiment="print x inside f: it is the same at every call.",
)
def closes_over_x(impl: Any, inputs: Inputs) -> Any:
    x = inputs["x"]
    result = impl.numerical_gradient(lambda z: np.sum(z * x), x, eps=STEP)
    return {"gradient": result, AFTERWARDS: {"x": snapshot(x)}}


@slope.probe(
    "x at every moment",
    points=0.25,
    inputs=table,
    kind="side",
    experiment="set x.flags.writeable = False first: a write then shows its line.",
)
def every_moment(impl: Any, inputs: Inputs) -> Any:
    x, w, written = inputs["x"], inputs["w"], []
    before = x.tobytes()

    def watch(frame: Any, event: str, arg: Any) -> Any:
        if x.tobytes() != before:
            written.append(event)
        return watch

    outer = sys.gettrace()
    sys.settrace(watch)
    try:
        result = gradient(impl, x, w)
    finally:
        sys.settrace(outer)
    seen = {"gradient": snapshot(result), "is x written to while it runs?": bool(written)}
    seen[AGAIN] = {"gradient": snapshot(gradient(impl, x, w))}
    overwrite(inputs)
    return {**seen, OVERWRITTEN: {"gradient": snapshot(result)}}
