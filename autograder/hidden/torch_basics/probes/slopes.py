"""Probes of `gradient_of` and of `ClippedSquare`, and the predictions."""

from typing import Any

import numpy as np
import torch

from autograder.api import AFTERWARDS, FLOAT32, FORMULA, Inputs, Probes

from .tensors import array, leaf

probes = Probes()
probes.predictions("kink", "frozen_norm", "plain_list")
gradient = probes.exercise("gradient_of", tolerance=FORMULA)
clipped = probes.exercise("ClippedSquare", tolerance=FORMULA)

Rng = np.random.Generator
SHAPES: tuple[tuple[int, ...], ...] = ((4,), (2, 3), ())


def wave(z: Any) -> Any:
    """A scalar function whose gradient depends on every element of z."""
    return (torch.sin(2 * z) * z).sum() + (z.sum() + 1.5) ** 2


def points(rng: Rng) -> Inputs:
    return {f"at a point of shape {shape}": rng.normal(size=shape) for shape in SHAPES}


@gradient.probe(
    "points of several shapes",
    points=0.875,
    inputs=points,
    experiment="compare with (f(x + h) - f(x - h)) / 2h for one element of x, in float64.",
)
def shapes(impl: Any, inputs: Inputs) -> Any:
    return {where: impl.gradient_of(wave, torch.tensor(x)) for where, x in inputs.items()}


def own_gradient(rng: Rng) -> Inputs:
    return {"x": rng.normal(size=5), "its gradient": 3 + rng.normal(size=5)}


@gradient.probe(
    "a parameter with a gradient of its own, asked twice",
    points=0.5,
    inputs=own_gradient,
    experiment="print x.grad and x.requires_grad before and after the call.",
)
def at_a_parameter(impl: Any, inputs: Inputs) -> Any:
    x = leaf(inputs["x"])
    x.grad = torch.tensor(inputs["its gradient"])
    return {
        "the gradient": impl.gradient_of(wave, x),
        "the gradient in a second call": impl.gradient_of(wave, x),
        "x.grad afterwards": array(x.grad),
        "x afterwards": array(x),
        "does x still require gradients?": x.requires_grad,
    }


@gradient.probe(
    "a point that is the result of other operations",
    points=0.375,
    inputs=lambda rng: {"a": rng.normal(size=4)},
    experiment="make x = a.exp(), call gradient_of, then x.sum().backward(), and look at a.grad.",
)
def inside_a_graph(impl: Any, inputs: Inputs) -> Any:
    a = leaf(inputs["a"])
    x = a.exp()
    seen = {"the gradient": impl.gradient_of(wave, x), "a.grad after the call": array(a.grad)}
    (x * x).sum().backward()
    seen["a.grad after a backward through x"] = array(a.grad)
    return seen


@gradient.probe(
    "a plain float32 tensor, as it was",
    points=0.25,
    inputs=lambda rng: {"x": rng.normal(size=3).astype(np.float32)},
    kind="side",
    tolerance=FLOAT32,
)
def left_alone(impl: Any, inputs: Inputs) -> Any:
    x = torch.tensor(inputs["x"])
    return {
        "the gradient": impl.gradient_of(lambda z: (z**2).sum(), x),
        AFTERWARDS: {"x": array(x), "x.grad": array(x.grad)},
        "does x require gradients?": x.requires_grad,
    }


# ClippedSquare


def both_sides(rng: Rng, *shape: int) -> Any:
    """Numbers of both signs, inside and outside of [-1, 1], at least 0.1 away from the kinks."""
    size = rng.choice([0.1, 1.1], size=shape) + rng.uniform(0.0, 0.8, size=shape)
    return size * rng.choice([-1.0, 1.0], size=shape)


def all_four(rng: Rng) -> Inputs:
    """Numbers on both sides of both kinks, one at least in each part."""
    x = both_sides(rng, 3, 4)
    x[0] = np.array([-1.7, -0.4, 0.3, 1.4]) + rng.uniform(-0.1, 0.1, 4)
    return {"x": x, "upstream": rng.normal(size=(3, 4)) * 2}


@clipped.probe(
    "values, and gradients from a given upstream gradient",
    points=0.9,
    inputs=all_four,
    experiment="run gradcheck on ClippedSquare.apply at float64 points away from 1 and -1.",
)
def there_and_back(impl: Any, inputs: Inputs) -> Any:
    x = leaf(inputs["x"])
    y = impl.ClippedSquare.apply(x)
    seen = {"the result": array(y)}
    y.backward(torch.tensor(inputs["upstream"]))
    return {**seen, "the gradient": array(x.grad)}


def two_passes(rng: Rng) -> Inputs:
    return {which: all_four(rng) for which in ("in the earlier of two passes", "in the later")}


@clipped.probe("two forward passes, and then both backward", points=0.4, inputs=two_passes)
def outstanding(impl: Any, inputs: Inputs) -> Any:
    xs = {where: leaf(one["x"]) for where, one in inputs.items()}
    ys = {where: impl.ClippedSquare.apply(x) for where, x in xs.items()}
    for where, y in ys.items():
        y.backward(torch.tensor(inputs[where]["upstream"]))
    return {where: {"the gradient": array(x.grad)} for where, x in xs.items()}


@clipped.probe(
    "in the middle of a larger graph",
    points=0.4,
    inputs=lambda rng: {"z": rng.normal(size=(3, 4)), **all_four(rng)},
)
def in_a_graph(impl: Any, inputs: Inputs) -> Any:
    """What comes back to a neighbour shows whether the upstream gradient was changed in place."""
    x, z, upstream = leaf(inputs["x"]), leaf(inputs["z"]), torch.tensor(inputs["upstream"])
    neighbour = z * 3
    total = impl.ClippedSquare.apply(0.5 * x) + neighbour + impl.ClippedSquare.apply(x)
    total.backward(upstream.clone())
    return {"the gradient": array(x.grad), "the gradient of a neighbour": array(z.grad)}


def widths(rng: Rng) -> Inputs:
    return {
        "for float32": both_sides(rng, 5).astype(np.float32),
        "for a single number": np.asarray(both_sides(rng, 1)[0]),
        "for shape (2, 1, 3)": both_sides(rng, 2, 1, 3),
    }


@clipped.probe(
    "shapes and widths, inputs as they were",
    points=0.3,
    inputs=widths,
    kind="side",
    tolerance=FLOAT32,
)
def kept(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    for where, x in inputs.items():
        given = torch.tensor(x)
        came = impl.ClippedSquare.apply(given)
        seen[where] = {"the result": array(came), AFTERWARDS: {"x": array(given)}}
    return seen
