"""Probes of Tensor's walk back: sharing, calls in a row, what goes in, what is refused, depth."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, Inputs, Probe, Probes, snapshot
from autograder.hidden.autograd.probes import collector


def numbers(*names: str) -> Any:
    """Inputs: a few arrays of one shape, and a gradient to begin with."""
    return lambda rng: {name: rng.uniform(0.5, 1.5, size=(2, 2)) for name in (*names, "noise")}


def grads(**tensors: Any) -> Any:
    return {f"the gradient of {name}": snapshot(tensor.grad) for name, tensor in tensors.items()}


def shared(impl: Any, inputs: Inputs) -> Any:
    """Nodes that are used more than once, leaves and others."""
    noise, seen = inputs["noise"].copy, {}
    x = impl.Tensor(inputs["a"])
    (x * x).backward(noise())
    seen["for x * x"] = grads(x=x)
    x = impl.Tensor(inputs["a"])
    (x + x + x).backward(noise())
    seen["for x + x + x"] = grads(x=x)
    a, b = impl.Tensor(inputs["a"]), impl.Tensor(inputs["b"])
    h = a * b
    g = h * 3
    y = h + g
    y.backward(noise())
    seen["for y = h + 3 h, h = a b"] = grads(a=a, b=b, h=h, y=y)
    a, b = impl.Tensor(inputs["a"]), impl.Tensor(inputs["b"])
    h = a * b
    k = h * h
    (k * h + h).backward(noise())
    seen["for k h + h, k = h h, h = a b"] = grads(a=a, b=b, h=h, k=k)
    a, b = impl.Tensor(inputs["a"]), impl.Tensor(inputs["b"])
    c, d = a + b, a * b
    e, f = c + d, c * d
    (e + f).backward(noise())
    seen["for e + f, e = c + d, f = c d, c = a + b, d = a b"] = grads(a=a, b=b, c=c, d=d)
    x = h = impl.Tensor(inputs["a"])
    for _ in range(8):
        h = h + h
    h.backward(noise())
    seen["for eight doublings"] = grads(x=x)
    return seen


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
    other = alone * 2
    (alone * 4).backward(noise())
    seen["after another graph's call"] = grads(a=a, b=b, alone=alone, unused=other)
    return seen


def conversions(impl: Any, inputs: Inputs) -> Any:
    """Numbers, lists and integers go in; float64 and the right shapes come out."""
    seen = {}
    kinds = {"an int": 3, "a list of ints": [1, 2, 3], "a nested list": [[1, 2], [3, 4.5]]}
    kinds |= {"an array of ints": np.array([[1, -2]]), "a 0-d array": inputs["a"][0, 0].copy()}
    kinds |= {"a float": 2.5, "a transposed array": inputs["b"].T}
    for kind, value in kinds.items():
        leaf = impl.Tensor(value)
        before = {"the value": snapshot(leaf.data), "the gradient before": snapshot(leaf.grad)}
        parents = len(leaf.parents)
        out = (leaf * leaf * 3).sum()
        out.backward()
        after = {"the result": snapshot(out.data), "the gradient after": snapshot(leaf.grad)}
        seen[f"for {kind}"] = {**before, **after, "the number of parents": parents}
    return seen


def ends(impl: Any, inputs: Inputs) -> Any:
    """Where the walk begins, and at which leaves the parents end."""
    one = impl.Tensor(inputs["a"][:1, :1])
    one.backward()
    alone = impl.Tensor(inputs["b"][0])
    alone.backward(inputs["noise"][0].copy())
    row = impl.Tensor(inputs["a"][:1, 0])
    (row * 3).backward()
    number = impl.Tensor(2.0)
    (number * 3).backward(np.array(0.5))
    named = impl.Tensor(inputs["b"])
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


def refusal(root: Any) -> str:
    """What happens when the walk begins at a root without a gradient."""
    try:
        root.backward()
    except NotImplementedError:
        raise
    except ValueError:
        return "ValueError"
    except Exception as error:  # noqa: BLE001 (whatever is raised is the answer)
        return type(error).__name__
    return "no error"


def refused(impl: Any, inputs: Inputs) -> Any:
    """Roots of several elements, without a gradient to begin with."""
    roots = {"two": [1.0, 2.0], "one by two": [[1.0, 2.0]], "four": inputs["a"]}
    seen = {}
    for many, value in roots.items():
        leaf = impl.Tensor(value)
        seen[f"for {many} elements"] = {"what is raised": refusal(leaf * 2)}
    return {**seen, "for a leaf of two": {"what is raised": refusal(impl.Tensor([1.0, 2.0]))}}


def pure(impl: Any, inputs: Inputs) -> Any:
    """Data, and gradients to begin with, stay as they were; nobody's gradient is another's."""
    given = {name: inputs[name] for name in ("a", "b", "noise")}
    a, b = impl.Tensor(given["a"]), impl.Tensor(given["b"])
    y = (a + b) - (a * b).relu()
    for _ in range(2):
        y.backward(given["noise"])
    c, d = impl.Tensor(given["a"]), impl.Tensor(given["b"])
    together = c + d
    for _ in range(2):
        together.backward(given["noise"])
    seen = {"after two calls": grads(a=a, b=b, c=c, d=d)}
    seen["of the operands"] = {"a.data": snapshot(a.data), "b.data": snapshot(b.data)}
    return {**seen, AFTERWARDS: snapshot(given)}


def network_inputs(rng: np.random.Generator) -> Inputs:
    sizes = {"x": (5, 3), "W1": (3, 4), "b1": (4,), "W2": (4, 3), "b2": (1, 3)}
    return {name: rng.normal(size=size) for name, size in sizes.items()}


def network(impl: Any, inputs: Inputs) -> Any:
    """A two-layer network with a softmax, made of most operations at once."""
    t = {name: impl.Tensor(value) for name, value in inputs.items()}
    hidden = (t["x"] @ t["W1"] + t["b1"]).relu()
    odds = (hidden @ t["W2"] + t["b2"]).tanh().exp()
    probs = odds / odds.sum(axis=1, keepdims=True)
    loss = -(probs.log()).mean() + ((t["W1"].T.reshape(12) ** 2).sum() + t["b2"] ** 2).mean() / 10
    loss.backward()
    return {"for a network": {"the loss": snapshot(loss.data), **grads(**t)}}


def deep(impl: Any, inputs: Inputs) -> Any:
    """10,000 minus signs, one in front of the other."""
    with collector.switched_off():
        x = out = impl.Tensor(inputs["a"])
        for _ in range(10_000):
            out = -out
        out.backward(inputs["noise"])
    return {"for 10,000 minus signs": {"the value": snapshot(out.data), **grads(x=x)}}


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "shared",
            "numbers that are used more than once",
            0.75,
            numbers("a", "b"),
            shared,
            experiment="try y = h + 3 * h with h = w * x, on paper first.",
        ),
        Probe(
            "calls",
            "several calls of backward",
            0.5,
            numbers("a", "b", "c"),
            calls,
            experiment="call backward twice on (w * x) * 1, and print w.grad after each.",
        ),
        Probe("conversions", "numbers, lists and integers", 0.25, numbers("a", "b"), conversions),
        Probe("ends", "where the walk begins and ends", 0.25, numbers("a", "b", "c"), ends),
        Probe(
            "refused", "roots of several elements without a gradient", 0.25, numbers("a"), refused
        ),
        Probe("pure", "nothing that was handed in is changed", 0.25, numbers("a", "b"), pure),
        Probe("network", "a network made of most operations", 0.25, network_inputs, network),
        Probe(
            "deep",
            "a chain of 10,000 operations",
            0.25,
            numbers("a"),
            deep,
            experiment="put 100, 1,000 and 10,000 minus signs in front of a Tensor.",
        ),
    ):
        probes.add("Tensor", probe)
