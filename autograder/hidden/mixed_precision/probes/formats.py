"""Probes of the formats and of what underflows in them, and the predictions."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from autograder.api import AFTERWARDS, EXACT, Inputs, Probes, Tolerance, outcome

from .shown import array, plain

probes = Probes()
probes.predictions("adam_in_half", "bytes_held", "clip_first")
# float32's largest number is a power of two but for 6e-8 of it; its smallest normal one is 1e-38.
formats = probes.exercise("float_format", tolerance=Tolerance(1e-10, 0.0))
underflow = probes.exercise("underflow_fraction", tolerance=Tolerance(1e-6, 1e-9))
Rng = np.random.Generator


def by_name(found: Any) -> Any:
    """The three numbers of a format; what else is in the dict is the learner's own."""
    if not isinstance(found, dict):
        return found
    return {name: plain(found[name]) for name in ("max", "smallest_normal", "eps") if name in found}


def of_format(*names: str) -> Callable[[Any, Any], Any]:
    return lambda impl, _: {n: by_name(impl.float_format(getattr(torch, n))) for n in names}


for name, points in (("float16", 0.75), ("bfloat16", 0.75), ("float32", 0.5)):
    formats.probe(
        f"the numbers of {name}",
        points=points,
        inputs=lambda rng: {},
        name=name,
        experiment=f"add your eps to torch.tensor(1.0, dtype=torch.{name}), then half of it.",
    )(of_format(name))


def near_the_floor(rng: Rng) -> Inputs:
    """Tensors with different shares of small values, of either sign; zeros among them.

    float16's normal numbers end at 6e-5, its subnormals at 6e-8, and what is up to half of that
    becomes 0.
    """

    def some(low: float, high: float, n: int) -> Any:
        size = np.exp(rng.uniform(np.log(low), np.log(high), n))
        return size * rng.choice([-1.0, 1.0], n)

    few = np.concatenate(
        [some(1e-3, 1.0, 11), some(7e-8, 5e-5, 4), np.zeros(5), some(1e-9, 1e-8, 2)]
    )
    many = np.concatenate([some(1e-12, 2.5e-8, 6), some(3.2e-8, 5.5e-8, 3), np.zeros(2)])
    large = np.concatenate([some(1.0, 3e4, 5), some(1e5, 1e8, 2)])
    rng.shuffle(few)
    rng.shuffle(many)
    return {"grads": [few.reshape(2, 11), many, large], "dtype": "float16"}


def grads_of(inputs: Inputs, width: Any = torch.float32) -> list[torch.Tensor]:
    return [torch.tensor(g, dtype=width) for g in inputs["grads"]]


SHARE = "the fraction"


@underflow.probe(
    "gradients around the smallest numbers of float16",
    points=0.75,
    inputs=near_the_floor,
    experiment="try one tensor of 1e-5, 1e-7, -1e-7 and 1e-9, and print tensor.half() beside it.",
)
def in_float16(impl: Any, inputs: Inputs) -> Any:
    grads = grads_of(inputs)
    seen = {f"for tensor {i + 1}": [g] for i, g in enumerate(grads)} | {"for all of them": grads}
    return {where: plain(impl.underflow_fraction(g, torch.float16)) for where, g in seen.items()}


def far_down(rng: Rng) -> Inputs:
    """Sizes from 1e-45 to 1: what is below bfloat16's range, and below float32's."""
    return {"grads": [10 ** rng.uniform(-58, 0, 25) * rng.choice([-1, 1], 25) for _ in range(2)]}


@underflow.probe(
    "bfloat16 and float32, whose range is wider",
    points=0.5,
    inputs=far_down,
    experiment="find the smallest number that torch.tensor(x).bfloat16() does not turn into 0.",
)
def in_wider_formats(impl: Any, inputs: Inputs) -> Any:
    wide = grads_of(inputs, torch.float64)
    return {
        f"in {dtype}": plain(impl.underflow_fraction(wide, getattr(torch, dtype)))
        for dtype in ("bfloat16", "float32", "float16")
    }


@underflow.probe(
    "one tensor, a generator, tensors that are None", points=0.3125, inputs=near_the_floor
)
def forms(impl: Any, inputs: Inputs) -> Any:
    first, second, _ = grads_of(inputs)
    given = {
        "for one tensor of two axes": first,
        "for a generator": (g for g in (None, first, None, second)),
        "for a tuple with None in it": (first, None),
        "for parameters' gradients": (p.grad for p in parameters(first, second)),
    }
    return {
        where: plain(outcome(impl.underflow_fraction, grads, torch.float16))
        for where, grads in given.items()
    }


@underflow.probe(
    "a tensor without axes",
    points=0.0625,
    inputs=lambda rng: {},
    kind="side",
    experiment="give it torch.tensor(1e-9).",
)
def without_axes(impl: Any, inputs: Inputs) -> Any:
    given = {"for 1e-9": torch.tensor(1e-9), "for 1.0": torch.tensor(1.0)}
    return {w: plain(impl.underflow_fraction(g, torch.float16)) for w, g in given.items()}


def parameters(*grads: torch.Tensor) -> list[torch.nn.Parameter]:
    made = [torch.nn.Parameter(torch.ones_like(g)) for g in grads]
    for p, g in zip(made, grads, strict=True):
        p.grad = g.clone()
    return [*made, torch.nn.Parameter(torch.ones(2))]


@underflow.probe(
    "no value that is not zero", points=0.125, inputs=lambda rng: {}, kind="side", tolerance=EXACT
)
def nothing_to_lose(impl: Any, inputs: Inputs) -> Any:
    given = {
        "for zeros": [torch.zeros(3), torch.zeros(2, 2)],
        "for an empty list": [],
        "for nothing but None": [None, None],
    }
    return {w: plain(impl.underflow_fraction(g, torch.float16)) for w, g in given.items()}


@underflow.probe("the gradients stay as they are", points=0.25, inputs=near_the_floor, kind="side")
def grads_unchanged(impl: Any, inputs: Inputs) -> Any:
    grads = grads_of(inputs)
    seen = plain(impl.underflow_fraction(grads=grads, dtype=torch.float16))
    return {SHARE: seen, AFTERWARDS: {"grads": list(map(array, grads))}}
