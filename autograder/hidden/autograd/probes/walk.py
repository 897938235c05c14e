"""Probes of Tensor's walk back: sharing, calls in a row, what goes in, what is refused, depth."""

from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, FORMULA, Inputs, Probes, outcome, snapshot
from autograder.hidden.autograd.probes.operations import (
    FIRST,
    REST,
    Each,
    Expressions,
    gradients,
    leaves_of,
    tensors,
    walked_back,
)

probes = Probes()
tensor = probes.exercise("Tensor")


def detour(a: Any, b: Any) -> dict[str, Any]:
    h = a * b
    return {"h": h, "y": h + h * 3}


def powers(a: Any, b: Any) -> dict[str, Any]:
    h = a * b
    k = h * h
    return {"h": h, "k": k, "y": k * h + h}


def crossed(a: Any, b: Any) -> dict[str, Any]:
    c, d = a + b, a * b
    return {"c": c, "d": d, "y": (c + d) + c * d}


def doubled(t: Any) -> Any:
    for _ in range(8):
        t = t + t
    return t


SHARED: Expressions = {
    "x * x": (lambda x: x * x, ((2, 2),)),
    "x + x + x": (lambda x: x + x + x, ((2, 2),)),
    "y = h + 3 h, h = a b": (detour, ((2, 2), (2, 2))),
    "y = k h + h, k = h h, h = a b": (powers, ((2, 2), (2, 2))),
    "y = c + d + c d, c = a + b, d = a b": (crossed, ((2, 2), (2, 2))),
    "eight doublings": (doubled, ((2, 2),)),
}
tensor.probe(
    "numbers that are used more than once",
    points=0.5,
    inputs=leaves_of(SHARED),
    name="shared",
    tolerance=FORMULA,
    experiment="try y = h + 3 * h with h = w * x, on paper first.",
)(Each(gradients, SHARED))


def numbers(rng: np.random.Generator) -> Inputs:
    """A few arrays of one shape, and a gradient to begin with."""
    return {name: rng.uniform(0.5, 1.5, size=(2, 2)) for name in ("a", "b", "c", "noise")}


def grads(**tensors: Any) -> Any:
    return {f"the gradient of {name}": snapshot(node.grad) for name, node in tensors.items()}


@tensor.probe(
    "several calls of backward",
    points=0.5,
    inputs=numbers,
    tolerance=FORMULA,
    experiment="call backward twice on (w * x) * 1, and print w.grad after each.",
)
def calls(impl: Any, inputs: Inputs) -> Any:
    """Several calls: on one root, on two roots that share a node, and on a graph of its own."""
    noise, seen = inputs["noise"].copy, {}
    a, b = impl.Tensor(inputs["a"]), impl.Tensor(inputs["b"])
    y = (a * b).tanh() * 3 + b
    y.backward(noise())
    seen["after one call"] = grads(a=a, b=b)
    y.backward(noise())
    seen["after two calls"] = grads(a=a, b=b)
    y.backward(inputs["c"])
    seen["after a third call with another gradient"] = grads(a=a, b=b)
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


@tensor.probe(
    "a network made of most operations", points=0.25, inputs=of_a_network, tolerance=FORMULA
)
def network(impl: Any, inputs: Inputs) -> Any:
    """A two-layer network with a softmax, made of most operations at once."""
    t = {name: impl.Tensor(value) for name, value in inputs.items()}
    hidden = (t["x"] @ t["W1"] + t["b1"]).relu()
    odds = (hidden @ t["W2"] + t["b2"]).tanh().exp()
    probs = odds / odds.sum(axis=1, keepdims=True)
    loss = -(probs.log()).mean() + ((t["W1"].T.reshape(12) ** 2).sum() + t["b2"] ** 2).mean() / 10
    loss.backward()
    return {"for a network": {"the loss": snapshot(loss.data), **grads(**t)}}


@tensor.probe("numbers, lists and integers", points=0.25, inputs=numbers, kind="side")
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


@tensor.probe("where the walk begins and ends", points=0.25, inputs=numbers, kind="side")
def ends(impl: Any, inputs: Inputs) -> Any:
    """Where the walk begins, and at which leaves the parents end."""
    one, alone = impl.Tensor(inputs["a"][:1, :1]), impl.Tensor(inputs["b"][0])
    row, number = impl.Tensor(inputs["a"][:1, 0]), impl.Tensor(2.0)
    named = impl.Tensor(inputs["b"])
    one.backward()
    alone.backward(inputs["noise"][0].copy())
    (row * 3).backward()
    (number * 3).backward(np.array(0.5))
    (named * 2).backward(grad=inputs["noise"].copy())
    leaves = [impl.Tensor(inputs[name]) for name in "abc"]
    waiting, met = [(leaves[0] * leaves[1]).exp() + leaves[2] / leaves[0]], set()
    while waiting:
        node = waiting.pop()
        met.add(id(node))
        waiting.extend(node.parents)
    return {
        "for one element": grads(t=one),
        "for a leaf with a gradient": grads(t=alone),
        "for a row of one": grads(t=row),
        "for a number with a gradient": grads(t=number),
        "for a gradient by name": grads(t=named),
        "leaves among the parents": [i for i, leaf in enumerate(leaves) if id(leaf) in met],
    }


@tensor.probe(
    "roots of several elements without a gradient", points=0.25, inputs=numbers, kind="side"
)
def refused(impl: Any, inputs: Inputs) -> Any:
    roots = {
        "two elements": impl.Tensor([1.0, 2.0]) * 2,
        "one row of two": impl.Tensor([[1.0, 2.0]]) * 2,
        "four elements": impl.Tensor(inputs["a"]) * 2,
        "a leaf of two": impl.Tensor([1.0, 2.0]),
    }
    return {f"for {many}": {"the result": outcome(root.backward)} for many, root in roots.items()}


def left_alone(kind: Any, expression: Any, leaves: list[Any], noise: Any) -> Any:
    """What went in and what came out, after a walk back; and the same made again."""
    named = tensors(kind, leaves)
    out = expression(*named.values())
    grad = walked_back(out, noise)
    went_in = {f"{name}.data": snapshot(node.data) for name, node in named.items()}
    return {
        AFTERWARDS: {**went_in, "the gradient that was handed in": snapshot(grad)},
        "the value after the walk back": snapshot(out.data),
        "the value of the same again": snapshot(expression(*named.values()).data),
    }


tensor.probe(
    "operands that stay as they were",
    points=0.25,
    inputs=leaves_of(FIRST | REST),
    name="operands",
    kind="side",
    tolerance=FORMULA,
    experiment="print t.data before and after an operation, and before and after backward.",
)(Each(left_alone, FIRST | REST))


@tensor.probe("nothing that was handed in is changed", points=0.25, inputs=numbers, kind="side")
def pure(impl: Any, inputs: Inputs) -> Any:
    """Data, and gradients to begin with, stay as they were; nobody's gradient is another's."""
    given = {name: inputs[name] for name in ("a", "b", "noise")}
    a, b, c, d = (impl.Tensor(given[name]) for name in "abab")
    y, together = (a + b) - (a * b).relu(), c + d
    for root in (y, y, together, together):
        root.backward(given["noise"])
    seen = {"after two calls": grads(a=a, b=b, c=c, d=d)}
    seen["of the operands"] = {"a.data": snapshot(a.data), "b.data": snapshot(b.data)}
    return {**seen, AFTERWARDS: snapshot(given)}


@tensor.probe(
    "a chain of 10,000 operations",
    points=0.25,
    inputs=numbers,
    kind="side",
    experiment="put 100, 1,000 and 10,000 minus signs in front of a Tensor.",
)
def deep(impl: Any, inputs: Inputs) -> Any:
    """10,000 minus signs, one in front of the other."""
    x = out = impl.Tensor(inputs["a"])
    for _ in range(10_000):
        out = -out
    out.backward(inputs["noise"])
    return {"for 10,000 minus signs": {"the value": snapshot(out.data), **grads(x=x)}}
