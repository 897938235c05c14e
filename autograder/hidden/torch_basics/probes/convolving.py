"""Probes of `conv2d`: whole numbers, so that sums are exact in any order, and in float32."""

from typing import Any

import numpy as np
import torch

from autograder.api import AFTERWARDS, Inputs, Probes, Tolerance, outcome

from .tensors import array

probes = Probes()
# Whole numbers up to some hundreds: what multiplies Fourier transforms in float32 is 1e-5 off.
WHOLE = Tolerance(1e-6, 3e-4)
conv = probes.exercise("conv2d", tolerance=WHOLE)
Rng = np.random.Generator


def whole(rng: Rng, *shape: int) -> Any:
    """Whole numbers from -5 to 5 without 0, in float32."""
    return (rng.integers(1, 6, size=shape) * rng.choice([-1, 1], size=shape)).astype(np.float32)


def case(
    rng: Rng, x: tuple[int, ...], weight: tuple[int, ...], bias: bool = False, **how: int
) -> Any:
    given: Inputs = {"x": whole(rng, *x), "weight": whole(rng, *weight), **how}
    return {**given, "bias": whole(rng, weight[0])} if bias else given


def called(impl: Any, one: Inputs) -> Any:
    tensors = {k: torch.tensor(v) if isinstance(v, np.ndarray) else v for k, v in one.items()}
    return impl.conv2d(**tensors)


def results(impl: Any, inputs: Inputs) -> Any:
    return {where: {"the result": array(called(impl, one))} for where, one in inputs.items()}


def one_image(rng: Rng) -> Inputs:
    return {
        "for one image and a kernel of 3 x 2": case(rng, (1, 1, 5, 6), (1, 1, 3, 2)),
        "for one image and a kernel of 3 x 3": case(rng, (1, 1, 4, 4), (1, 1, 3, 3)),
    }


conv.probe(
    "one kernel over one image",
    points=0.5,
    inputs=one_image,
    name="one_image",
    experiment="take a kernel that is 1 in its upper left corner and 0 elsewhere: it has to give "
    "the image back, less its last rows and columns.",
)(results)


def squares(rng: Rng) -> Inputs:
    """Where what mixes up axes fits, and where kernels that are spread apart by the stride give as
    many numbers as steps of it."""
    return {
        "for square images and kernels": case(rng, (2, 2, 4, 4), (3, 2, 3, 3)),
        "for square ones and stride 2": case(rng, (1, 2, 7, 7), (2, 2, 3, 3), stride=2),
    }


conv.probe(
    "square images and kernels",
    points=0.25,
    inputs=squares,
    name="squares",
    experiment="take a kernel that is 1 in its upper right corner and 0 elsewhere: which number of "
    "each window comes out?",
)(results)


def a_batch(rng: Rng) -> Inputs:
    return {
        "for a batch with channels": case(rng, (2, 3, 5, 6), (4, 3, 2, 3)),
        "with a bias": case(
            rng, (3, 2, 4, 6), (5, 2, 3, 2), bias=True
        ),  # as many columns as kernels
    }


conv.probe(
    "batches, channels, several kernels, a bias",
    points=0.75,
    inputs=a_batch,
    name="a_batch",
    experiment="set all of one channel of x to zero: the result changes by what that channel adds.",
)(results)


def steps_and_borders(rng: Rng) -> Inputs:
    return {
        "for stride 2": case(rng, (1, 2, 6, 8), (3, 2, 3, 3), stride=2),
        "for padding 1": case(rng, (2, 2, 3, 4), (2, 2, 3, 3), padding=1),
        "for stride 3 and padding 2": case(
            rng, (2, 1, 7, 5), (2, 1, 2, 4), True, stride=3, padding=2
        ),
    }


conv.probe(
    "stride and padding",
    points=1.0,
    inputs=steps_and_borders,
    name="steps_and_borders",
    experiment="convolve an image of ones with a kernel of ones: each number says how many pixels "
    "its window saw.",
)(results)


def for_gradients(rng: Rng) -> Inputs:
    one = case(rng, (2, 2, 5, 4), (3, 2, 3, 2), True, stride=2, padding=1)
    return {**one, "upstream": whole(rng, 2, 3, 3, 3)}


@conv.probe(
    "gradients of image, kernels and bias",
    points=0.75,
    inputs=for_gradients,
    experiment="ask the result for its grad_fn: None means that the graph was cut.",
)
def backwards(impl: Any, inputs: Inputs) -> Any:
    leaves = {n: torch.tensor(inputs[n]).requires_grad_() for n in ("x", "weight", "bias")}
    out = impl.conv2d(**leaves, stride=inputs["stride"], padding=inputs["padding"])
    out.backward(torch.tensor(inputs["upstream"]))
    return {f"the gradient of {name}": array(value.grad) for name, value in leaves.items()}


def misfits(rng: Rng) -> Inputs:
    right = case(rng, (2, 3, 4, 5), (2, 3, 3, 3), True)
    return {
        "with arguments that fit": right,
        "for a weight of other channels": {**right, "weight": whole(rng, 2, 1, 3, 3)},
        "for a bias of one number": {**right, "bias": whole(rng, 1)},
        "for a kernel that is too high": {**right, "weight": whole(rng, 2, 3, 7, 3), "padding": 1},
        "for one that is too high by a row": {**right, "weight": whole(rng, 2, 3, 5, 3)},
        "for one that is too wide by a column": {**right, "weight": whole(rng, 2, 3, 3, 6)},
        "for a kernel that is too wide": {**right, "weight": whole(rng, 2, 3, 3, 8), "padding": 1},
    }


@conv.probe("what does not fit is refused", points=0.4, inputs=misfits, kind="side")
def refused(impl: Any, inputs: Inputs) -> Any:
    return {w: {"the result": array(outcome(called, impl, one))} for w, one in inputs.items()}


def extremes(rng: Rng) -> Inputs:
    return {
        "for a kernel as large as the image": case(rng, (1, 2, 3, 4), (2, 2, 3, 4)),
        "for a kernel of 1 x 1 and a stride beyond the image": case(
            rng, (1, 2, 2, 3), (1, 2, 1, 1), stride=4
        ),
        "for a kernel that fits with its padding only": case(
            rng, (1, 1, 2, 2), (1, 1, 4, 4), padding=1
        ),
    }


@conv.probe(
    "extreme sizes, arguments by place, float64, inputs as they were",
    points=0.35,
    inputs=extremes,
    kind="side",
)
def by_place(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    for where, one in inputs.items():
        x, weight = torch.tensor(one["x"]).double(), torch.tensor(one["weight"]).double()
        came = impl.conv2d(x, weight, None, one.get("stride", 1), one.get("padding", 0))
        seen[where] = {
            "the result": array(came),
            AFTERWARDS: {"x": array(x), "weight": array(weight)},
        }
    return seen
