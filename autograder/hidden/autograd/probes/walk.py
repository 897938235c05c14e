"""Probes of Tensor's walk back: sharing, calls in a row, what goes in, what is refused, depth."""

from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, FORMULA, Inputs, Probes, outcome, snapshot
from autograder.hidden.autograd.probes.operations import (
    ARITHMETIC,
    FUNCTIONS,
    POWERS,
    SHAPES,
    SUMS,
    Each,
    computed,
    gradients,
    leaves_of,
    named,
    unwatched,
    walked_back,
)

probes = Probes()
tensor = probes.exercise("Tensor", tolerance=FORMULA)
SQUARE = (2, 2)

tensor.probe(
    "numbers that are used more than once",
    points=0.5,
    inputs=leaves_of(
        {
            "t * t | t + t + t": (SQUARE,),
            "h = a * b; y = h + h * 3": (SQUARE, SQUARE),
            "h = a * b; k = h * h; y = k * h + h": (SQUARE, SQUARE),
            "c = a + b; d = a * b; y = (c + d) + c * d": (SQUARE, SQUARE),
            "b = t + t; c = b + b; d = c + c; y = d + d": (SQUARE,),
        }
    ),
    name="shared",
    experiment="try y = h + 3 * h with h = w * x, on paper first.",
)(Each(gradients))


def numbers(rng: np.random.Generator) -> Inputs:
    """A few arrays of one shape, and a gradient to begin with."""
    return {name: rng.uniform(0.5, 1.5, size=(2, 2)) for name in ("a", "b", "c", "noise")}


def grads(**tensors: Any) -> Any:
    return {f"the gradient of {name}": snapshot(node.grad) for name, node in tensors.items()}


@tensor.probe(
    "several calls of backward",
    points=0.5,
    inputs=numbers,
    experiment="call backward twice on (w * x) * 1, and print w.grad after each.",
)
@unwatched
def calls(impl: Any, inputs: Inputs) -> Any:
    noise, seen = inputs["noise"].copy, {}
    a, b = impl.Tensor(inputs["a"]), impl.Tensor(inputs["b"])
    y = (a * b).tanh() * 3 + b
    for turn, grad in (("first", noise()), ("second", noise()), ("third", inputs["c"])):
        y.backward(grad)
        seen[f"after the {turn} call"] = grads(a=a, b=b)
    a, b = impl.Tensor(inputs["a"]), impl.Tensor(inputs["b"])
    h = a * b
    (h * 2).sum().backward()
    seen["after the first of two losses"] = grads(a=a, b=b, h=h)
    (h.exp() + a).backward(noise())
    seen["after the second of two losses"] = grads(a=a, b=b)
    alone = impl.Tensor(inputs["c"])
    (alone * 4).backward(noise())
    seen["after another graph's call"] = grads(a=a, b=b, alone=alone)
    return seen


def of_a_network(rng: np.random.Generator) -> Inputs:
    sizes = {"x": (5, 3), "W1": (3, 4), "b1": (4,), "W2": (4, 3), "b2": (1, 3)}
    return {name: rng.normal(size=size) for name, size in sizes.items()}


@tensor.probe("a network made of most operations", points=0.25, inputs=of_a_network)
@unwatched
def network(impl: Any, inputs: Inputs) -> Any:
    t = {name: impl.Tensor(value) for name, value in inputs.items()}
    hidden = (t["x"] @ t["W1"] + t["b1"]).relu()
    odds = (hidden @ t["W2"] + t["b2"]).tanh().exp()
    probs = odds / odds.sum(axis=1, keepdims=True)
    loss = -(probs.log()).mean() + ((t["W1"].T.reshape(12) ** 2).sum() + t["b2"] ** 2).mean() / 10
    loss.backward()
    return {"for a network": {"the loss": snapshot(loss.data), **grads(**t)}}


@tensor.probe("numbers, lists and integers", points=0.25, inputs=numbers, kind="side")
@unwatched
def conversions(impl: Any, inputs: Inputs) -> Any:
    """Numbers, lists and integers go in; float64 and the right shapes come out."""
    seen = {}
    kinds = {"an int": 3, "a list of ints": [1, 2, 3], "a nested list": [[1, 2], [3, 4.5]]}
    kinds |= {"an array of ints": np.array([[1, -2]]), "a 0-d array": inputs["a"][0, 0].copy()}
    kinds |= {"a float": 2.5, "a transposed array": inputs["b"].T}
    for kind, given in kinds.items():
        leaf = impl.Tensor(given)
        unused = leaf * 2
        before = {"the value": snapshot(leaf.data), "the gradient before": snapshot(leaf.grad)}
        out = (leaf * leaf * 3).sum()
        out.backward()
        seen[f"for {kind}"] = {
            **before,
            "the result": snapshot(out.data),
            "the gradient after": snapshot(leaf.grad),
            "the gradient of what the root was not made of": snapshot(unused.grad),
            "the number of parents": len(leaf.parents),
        }
    return seen


def begun(leaf: Any, factor: Any, *grad: Any, **by_name: Any) -> Any:
    (leaf * factor if factor else leaf).backward(*grad, **by_name)
    return grads(t=leaf)


@tensor.probe("where the walk begins and ends", points=0.25, inputs=numbers, kind="side")
@unwatched
def ends(impl: Any, inputs: Inputs) -> Any:
    a, b, noise = (inputs[name] for name in ("a", "b", "noise"))
    leaves = [impl.Tensor(inputs[name]) for name in "abc"]
    met = [(leaves[0] * leaves[1]).exp() + leaves[2] / leaves[0]]
    for node in met:  # grows while it is walked
        met += node.parents
    return {
        "for one element": outcome(begun, impl.Tensor(a[:1, :1]), None),
        "for a leaf with a gradient": outcome(begun, impl.Tensor(b[0]), None, noise[0].copy()),
        "for a row of one": outcome(begun, impl.Tensor(a[:1, 0]), 3),
        "for a number with a gradient": outcome(begun, impl.Tensor(2.0), 3, np.array(0.5)),
        "for a gradient by name": outcome(begun, impl.Tensor(b), 2, grad=noise.copy()),
        "leaves among the parents": [any(leaf is one for one in met) for leaf in leaves],
    }


@tensor.probe(
    "roots of several elements without a gradient", points=0.25, inputs=numbers, kind="side"
)
@unwatched
def refused(impl: Any, inputs: Inputs) -> Any:
    roots = {
        "two elements": impl.Tensor([1.0, 2.0]) * 2,
        "one row of two": impl.Tensor([[1.0, 2.0]]) * 2,
        "four elements": impl.Tensor(inputs["a"]) * 2,
        "a leaf of two": impl.Tensor([1.0, 2.0]),
    }
    return {f"for {many}": {"the result": outcome(root.backward)} for many, root in roots.items()}


def left_alone(kind: Any, code: str, leaves: list[Any], noise: Any) -> Any:
    """What went in and what came out, after two walks back; and the same made again."""
    nodes = named(kind, leaves)
    out = computed(code, nodes)
    for _ in "ab":
        grad = walked_back(out, noise)
    went_in = {f"{name}.data": snapshot(node.data) for name, node in nodes.items()}
    return {
        AFTERWARDS: {**went_in, "the gradient that was handed in": snapshot(grad)},
        "after two calls": grads(**nodes),
        "after the walk back": {"the value": snapshot(out.data)},
        "for the same again": {"the value": snapshot(computed(code, nodes).data)},
    }


tensor.probe(
    "operands that stay as they were, and gradients that share nothing",
    points=0.25,
    inputs=leaves_of(ARITHMETIC | POWERS | FUNCTIONS | SHAPES | SUMS),
    name="pure",
    kind="side",
    experiment="print t.data before and after an operation, and before and after backward.",
)(Each(left_alone))


@tensor.probe(
    "a chain of 10,000 operations",
    points=0.25,
    inputs=numbers,
    kind="side",
    experiment="put 100, 1,000 and 10,000 minus signs in front of a Tensor.",
)
@unwatched
def deep(impl: Any, inputs: Inputs) -> Any:
    x = out = impl.Tensor(inputs["a"])
    for _ in range(10_000):
        out = -out
    out.backward(inputs["noise"])
    return {"for 10,000 minus signs": {"the value": snapshot(out.data), **grads(x=x)}}
