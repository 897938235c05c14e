"""Probes of topological_order, on nodes of the judge's own.

An order comes out as the number of each node of the list, -1 for what is none of them. Which order
it is stays free: `bank/observers.py` sees whether it is one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.api import Inputs, Probe, Probes
from autograder.hidden.autograd.probes import collector

Parents = list[tuple[int, ...]]  # the parents of each node by their numbers; the last is the root
EXPERIMENT = "print the list for y = h + g, g = 3 h, h = w x: is every node behind its parents?"

EQUAL = "give Node an __eq__ that says True, and an __hash__ that returns id(self)."
LARGE = "count how often you read .parents: for x doubled 10 times, and 20 times."


class Look:
    """A node that counts how often it is asked for its parents, all nodes of a graph together."""

    def __init__(self, parents: tuple[Any, ...], asked: list[int], enough: int) -> None:
        self._parents, self._asked, self._enough = parents, asked, enough

    @property
    def parents(self) -> tuple[Any, ...]:
        self._asked[0] += 1
        if self._asked[0] > self._enough:
            raise RuntimeError(f"asked for parents more than {self._enough} times")
        return self._parents


class Claims(Look):
    """A node that claims to be equal to every other; its hash is its own."""

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = object.__hash__


def order_of(impl: Any, graph: Parents, kind: type[Look], each: int) -> Any:
    """The nodes' numbers in the order that comes back."""
    nodes: list[Any] = []
    asked = [0]
    for parents in graph:
        made_of = tuple(nodes[i] for i in parents)
        nodes.append(kind(made_of, asked, each * len(graph) + 100))
    number = {id(node): i for i, node in enumerate(nodes)}
    found = impl.topological_order(nodes[-1])
    return np.array([number.get(id(node), -1) for node in found], dtype=np.int64)


class Orders:
    """Runs every graph of the inputs; `each` is how often a node may be asked on average."""

    def __init__(self, kind: type[Look] = Look, each: int = 50) -> None:
        self.kind, self.each = kind, each

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        seen = {}
        with collector.switched_off():
            for where, graph in inputs.items():
                seen[where] = order_of(impl, graph, self.kind, self.each)
        return seen


def small(rng: np.random.Generator) -> Inputs:
    return {
        "for a leaf alone": [()],
        "for a chain": [(), (0,), (1,), (2,)],
        "for a sum of two products": [(), (), (0, 1), (), (), (3, 4), (2, 5)],
        "where a node is a parent twice": [(), (0, 0), (1, 1), (2, 0)],
    }


def shared(rng: np.random.Generator) -> Inputs:
    """Nodes that are used directly and over detours, named in either order."""
    return {
        "for a short way and a long one": [(), (), (0, 1), (2,), (2, 3)],
        "for a long way and a short one": [(), (), (0, 1), (2,), (3, 2)],
        "for detours of two and three": [(), (0,), (1,), (2,), (1, 3), (4, 0), (2, 5, 4)],
        "for c = a + b, d = a b, y = c + d + c d": [
            *((), (), (0, 1), (0, 1), (2, 3), (2, 3), (4, 5)),
        ],
        "for a leaf that is used first and last": [(), (0,), (1,), (2,), (0, 3)],
    }


def random_graph(rng: np.random.Generator, n: int, most: int) -> Parents:
    """Every node but the root has a child, and up to `most` parents among all before it."""
    graph: Parents = [()]
    for i in range(1, n):
        several = int(rng.integers(1, most + 1))
        graph.append(tuple(int(p) for p in rng.integers(0, i, size=several)))
    used = {p for parents in graph for p in parents}
    childless = tuple(i for i in range(n - 1) if i not in used)
    graph[-1] = (*graph[-1], *childless)
    return graph


def tangled(rng: np.random.Generator) -> Inputs:
    return {f"for tangled graph {i}": random_graph(rng, 24, 3) for i in (1, 2, 3)}


def claiming(rng: np.random.Generator) -> Inputs:
    return {
        "for nodes that claim to be equal": [(), (), (0, 1), (2,), (2, 3)],
        "for a tangled graph of such nodes": random_graph(rng, 12, 2),
    }


def large(rng: np.random.Generator) -> Inputs:
    """A chain too deep for recursion, and doublings with 2**60 ways through them. Who looks for a
    node in a list, which takes ever longer, finds it at once: these nodes claim to be equal."""
    chain: Parents = [(), *((i,) for i in range(10_000))]
    doublings: Parents = [(), *((i, i) for i in range(60))]
    return {"for 60 doublings": doublings, "for a chain of 10,000": chain}


def declare(probes: Probes) -> None:
    made: tuple[tuple[str, str, float, Callable[..., Inputs], Orders, str], ...] = (
        ("small", "leaves, chains and small trees", 0.25, small, Orders(), EXPERIMENT),
        (
            "shared",
            "nodes that are used directly and over a detour",
            0.5,
            shared,
            Orders(),
            EXPERIMENT,
        ),
        ("tangled", "random graphs of 24 nodes", 0.5, tangled, Orders(), EXPERIMENT),
        ("claims", "nodes that claim to be equal", 0.25, claiming, Orders(Claims), EQUAL),
        ("large", "sixty doublings, and a chain of 10,000", 0.5, large, Orders(Claims), LARGE),
    )
    for name, topic, points, inputs, run, experiment in made:
        probe = Probe(name, topic, points, inputs, run, experiment=experiment)
        probes.add("topological_order", probe)
