"""Probes of `Linear` and `MLP`. Attribute names and layouts are the learner's: parameters are told
apart by their sizes, which are all different."""

from itertools import pairwise
from typing import Any

import numpy as np
import torch

from autograder.api import AFTERWARDS, FORMULA, Inputs, Probes

from .tensors import array, fill, grad_names, gradients, leaf, sizes_of

probes = Probes()
linear = probes.exercise("Linear", tolerance=FORMULA)
mlp = probes.exercise("MLP", tolerance=FORMULA)
Rng = np.random.Generator
OF_INPUTS = "the gradient of the inputs"


def maps_of(rng: Rng, *sizes: int) -> list[tuple[Any, Any]]:
    """A weight (in, out) and a bias for each layer."""
    return [(rng.normal(size=(a, b)), rng.normal(size=b)) for a, b in pairwise(sizes)]


def passed(model: Any, maps: list[tuple[Any, Any]], x: Any, upstream: Any) -> Inputs:
    """The outputs and gradients of a model whose parameters are set to `maps`; of one that has
    others, how many, and None for the rest."""
    seen = sizes_of(model)
    slots = fill(model.double(), maps)
    if not slots:
        return {**seen, **dict.fromkeys(("the outputs", *grad_names(maps), OF_INPUTS))}
    given = leaf(x)
    out = model(given)
    seen["the outputs"] = array(out)
    if np.shape(seen["the outputs"]) != upstream.shape:  # nothing that can go back through it
        return {**seen, **dict.fromkeys((*grad_names(maps), OF_INPUTS))}
    out.backward(torch.tensor(upstream))
    return {**seen, **gradients(slots, maps), OF_INPUTS: array(given.grad)}


# Linear


def leading(rng: Rng) -> Inputs:
    seen = {}
    for lead in ((4,), (), (2, 3)):
        x, upstream = rng.normal(size=(*lead, 3)), rng.normal(size=(*lead, 5))
        seen[f"for inputs of shape {(*lead, 3)}"] = {
            "maps": maps_of(rng, 3, 5),
            "x": x,
            "up": upstream,
        }
    return seen


def mapped(impl: Any, inputs: Inputs) -> Any:
    return {
        where: passed(impl.Linear(*np.shape(one["maps"][0][0])), one["maps"], one["x"], one["up"])
        for where, one in inputs.items()
    }


linear.probe(
    "outputs and gradients, for weights that are set",
    points=0.75,
    inputs=leading,
    name="set_weights",
    experiment="set the weight to zero and the bias to 1, 2, 3: that is what has to come out.",
)(mapped)


def as_many_outputs(rng: Rng) -> Inputs:
    """Where a weight that lies the wrong way round fits."""
    one = {"maps": maps_of(rng, 4, 4), "x": rng.normal(size=(2, 3, 4))}
    return {"for as many outputs as inputs": {**one, "up": rng.normal(size=(2, 3, 4))}}


linear.probe(
    "as many outputs as inputs",
    points=0.25,
    inputs=as_many_outputs,
    name="square",
    experiment="set one row of the weight to zero: one output has to be the bias alone.",
)(mapped)


def nothing(rng: Rng) -> Inputs:
    return {}


@linear.probe(
    "weights and bias at the start",
    points=0.6,
    inputs=nothing,
    experiment="print the weight's mean and deviation for 1000 inputs and for 10.",
)
def start(impl: Any, inputs: Inputs) -> Any:
    """The parameters of three layers, as they come: the largest is the weight."""
    drawn = {}
    for fan_in, fan_out, which in ((200, 150, "one"), (60, 500, "wide"), (200, 150, "another")):
        layer = impl.Linear(fan_in, fan_out)
        several = sorted(map(array, layer.parameters()), key=np.size)
        drawn[which] = {"fan_in": fan_in, "fan_out": fan_out, "parameters": several}
    return drawn


@linear.probe(
    "registered parameters, keywords, a state_dict round trip",
    points=0.4,
    inputs=lambda rng: {"x": rng.normal(size=(2, 7))},
    kind="side",
)
def account(impl: Any, inputs: Inputs) -> Any:
    fresh = impl.Linear(in_features=7, out_features=2)
    dtype = str(fresh(torch.ones(1, 7)).dtype)
    one, other = fresh.double(), impl.Linear(in_features=7, out_features=2).double()
    x = torch.tensor(inputs["x"])
    other.load_state_dict(one.state_dict())
    return {
        **sizes_of(one),
        "what comes out for float32 inputs": dtype,
        "do they all require gradients?": all(p.requires_grad for p in one.parameters()),
        "what two layers with one state_dict differ by": array(one(x) - other(x)),
    }


# MLP


def networks(rng: Rng) -> Inputs:
    return {
        f"for sizes {sizes}": {
            "sizes": sizes,
            "maps": maps_of(rng, *sizes),
            "x": rng.normal(size=(rows, sizes[0])),
            "up": rng.normal(size=(rows, sizes[-1])),
        }
        for sizes, rows in (([4, 5, 7, 3], 6), ([6, 2], 5), ([3, 8, 5], 1))
    }


@mlp.probe(
    "outputs and gradients, for weights that are set",
    points=0.875,
    inputs=networks,
    experiment="print the model: which layers does it list, and in what order?",
)
def set_network(impl: Any, inputs: Inputs) -> Any:
    return {
        where: passed(impl.MLP(one["sizes"]), one["maps"], one["x"], one["up"])
        for where, one in inputs.items()
    }


def chain() -> list[tuple[Any, Any]]:
    """Every hidden unit of the first layer is the first input, and each later one hands on one of
    the layer before."""
    return [
        (np.outer([1.0, 0.0], np.ones(30)), np.zeros(30)),
        (np.eye(30, 31), np.zeros(31)),
        (np.eye(31, 32), np.r_[np.zeros(31), 5.0]),
    ]


@mlp.probe(
    "what dropout does in both modes",
    points=0.5,
    inputs=lambda rng: {"dropout": 0.4},
    experiment="set all weights so that every hidden unit is 1, and look at which outputs occur.",
)
def dropped(impl: Any, inputs: Inputs) -> Any:
    model = impl.MLP([2, 30, 31, 32], inputs["dropout"])
    if not fill(model, chain()):
        return sizes_of(model)
    x = torch.ones(600, 2)
    seen = {"training": array(model.train()(x))}
    return {**seen, "evaluation": array(model.eval()(x[:20])), "inputs": array(x[:1])}


def a_network(rng: Rng) -> Inputs:
    return {"x": rng.normal(size=(5, 4)), "upstream": rng.normal(size=(5, 2))}


@mlp.probe(
    "all parameters registered, a state_dict round trip",
    points=0.375,
    inputs=a_network,
    kind="side",
)
def carried(impl: Any, inputs: Inputs) -> Any:
    one, other = (impl.MLP([4, 6, 5, 2]).double() for _ in range(2))
    x = torch.tensor(inputs["x"])
    other.load_state_dict(one.state_dict())
    one(x).backward(torch.tensor(inputs["upstream"]))
    return {
        **sizes_of(one),
        "do all have a gradient?": all(p.grad is not None for p in one.parameters()),
        "what two networks with one state_dict differ by": array(one(x) - other(x)),
    }


@mlp.probe(
    "sizes as they were, tuples, keywords",
    points=0.25,
    inputs=lambda rng: {"sizes": [5, 4, 3]},
    kind="side",
)
def callers_sizes(impl: Any, inputs: Inputs) -> Any:
    sizes = list(inputs["sizes"])
    first = impl.MLP(sizes=sizes, dropout=0.2)
    seen = {"for a list": sizes_of(first), AFTERWARDS: {"sizes": list(sizes)}}
    sizes.append(9)
    seen["when the list grows later"] = {"shape": list(first(torch.ones(2, 5)).shape)}
    return {**seen, "for a tuple": sizes_of(impl.MLP(tuple(inputs["sizes"])))}
