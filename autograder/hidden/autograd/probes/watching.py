"""Probes of Tensor.watchers: who is told of an operation, and what a pullback gives.

Right Tensors differ in how many operations they make of one: a difference may be a sum with a
product. What they share is that walking back over all that a watcher was told gives the gradients.
"""

from typing import Any

import numpy as np

from autograder.api import FORMULA, Inputs, Probes, outcome, snapshot
from autograder.hidden.autograd.probes.operations import (
    ABOVE,
    TABLE,
    Each,
    Leaves,
    computed,
    leaves_of,
    named,
    unwatched,
    watched_by,
)

probes = Probes()
tensor = probes.exercise("Tensor", tolerance=FORMULA)

Told = list[tuple[Any, Any, Any]]  # what a watcher was called with: out, parents, pullback

EVERY_OPERATION: Leaves = {
    "a + b | a * b | a - b | -a / b": (TABLE, TABLE),
    "3 + t | t - 2 | 2 - t | 0.5 * t | 3 / t": (TABLE,),
    "t ** 3 | 0.3 ** t | t.log()": (ABOVE,),
    "t.relu() + t.tanh() * (t / 30).exp()": (TABLE,),
    "a @ b": ((2, 3), (3, 4)),
    "t.T | t.reshape(3, 2) * t.sum() | t.mean(axis=0) + t.sum(axis=1, keepdims=True)": (TABLE,),
    "a * b of (3, 3) and (3, 1)": ((3, 3), (3, 1)),
    "a / b of () and (2, 3)": ((), (2, 3)),
    "h = a * b; y = h * h + a": (TABLE, TABLE),
}


def told_of(kind: Any, code: str, nodes: dict[str, Any]) -> tuple[Any, Told]:
    """The root of an expression, and what a watcher was told while it was computed."""
    told: Told = []
    with watched_by(kind, lambda *made: told.append(made)):
        return computed(code, nodes), told


def walked(root: Any, told: Told, noise: Any) -> dict[int, Any]:
    """`id` of a Tensor to its gradient: a walk back over what a watcher was told."""
    sent = {id(root): noise[: root.data.size].reshape(root.data.shape).copy()}
    for out, parents, pullback in reversed(told):
        if id(out) in sent:
            for parent, part in zip(parents, pullback(sent[id(out)].copy()), strict=True):
                sent[id(parent)] = sent.get(id(parent), 0) + np.asarray(part)
    return sent


def by_a_watcher(kind: Any, code: str, leaves: list[Any], noise: Any) -> Any:
    """The gradients of the leaves, and of what else has a name."""
    nodes = named(kind, leaves)
    root, told = told_of(kind, code, nodes)
    sent = walked(root, told, noise)
    return {f"the gradient of {name}": snapshot(sent.get(id(t))) for name, t in nodes.items()}


tensor.probe(
    "gradients by the pullbacks that a watcher is told",
    points=0.25,
    inputs=leaves_of(EVERY_OPERATION),
    name="watched",
    experiment="put a function that prints its arguments into Tensor.watchers, and compute t * 2.",
)(Each(by_a_watcher))


def tables(rng: np.random.Generator) -> Inputs:
    return {name: rng.uniform(0.5, 1.5, size=(3, 3)) for name in ("a", "b", "row", "noise")}


def between(root: Any) -> list[Any]:
    """All that operations made on the way to a root, each once."""
    met = [root]
    for node in met:  # grows while it is walked
        met += [p for p in node.parents if all(p is not other for other in met)]
    return [node for node in met if len(node.parents)]


def traces(told: Told, nodes: dict[str, Any], noise: Any) -> Inputs:
    """What it gives to call every pullback twice, and what that leaves behind."""
    g, turns = noise.copy(), []
    for _ in "ab":
        turns.append([snapshot(part) for _, _, pullback in told for part in pullback(g)])
    met = {**nodes, "the result": told[-1][0]}
    return {
        "the same twice": all(map(np.array_equal, *turns)),
        "the change of what was handed in": snapshot(g - noise),
        **{f"{name}.grad": snapshot(node.grad) for name, node in met.items()},
    }


@tensor.probe(
    "who is told, of what, and how often",
    points=0.25,
    inputs=tables,
    name="watchers",
    kind="side",
    experiment="count the calls of a function in Tensor.watchers, for Tensor(1) and for t * t.",
)
@unwatched
def watchers(impl: Any, inputs: Inputs) -> Any:
    kind, first, second = impl.Tensor, [], []
    with watched_by(kind, lambda *made: first.append(made), lambda *made: second.append(made)):
        nodes = {name: kind(inputs[name]) for name in ("a", "b", "row")}
        leaves = len(first)
        root = ((nodes["a"] @ nodes["b"]).tanh() * nodes["a"]) + nodes["row"]
        made = between(root)
    outs, calls = [out for out, _, _ in first], len(first)
    root * root  # nobody watches this one
    return {
        "calls for leaves": leaves,
        "calls for each Tensor that was made": sorted({sum(o is n for o in outs) for n in made}),
        "calls that the second watcher had more than the first": len(second) - calls,
        "calls once the watchers were taken out": len(first) - calls,
        "after the pullbacks": outcome(traces, first, nodes, inputs["noise"]),
    }
