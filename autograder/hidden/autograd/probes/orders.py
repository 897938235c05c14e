"""Probes of topological_order, on nodes of the judge's own.

An order comes out as the number of each node of the list, -1 for what is none of them. Which order
it is stays free: an observer in the bank sees whether it is one.
"""

from typing import Any

import numpy as np

from autograder.api import Inputs, Probes

probes = Probes()
order = probes.exercise("topological_order")

Parents = list[tuple[int, ...]]  # the parents of each node by their numbers; the last is the root
DETOUR: Parents = [(), (), (0, 1), (2,), (2, 3)]  # y = h + g, g = 3 h, h = w x
EACH = 50  # how often a node may be asked for its parents, on average


class Look:
    """A node that counts how often it is asked for its parents, all nodes of a graph together."""

    def __init__(self, parents: tuple[Any, ...], left: list[int]) -> None:
        self._parents, self._left = parents, left

    @property
    def parents(self) -> tuple[Any, ...]:
        self._left[0] -= 1
        if self._left[0] < 0:
            raise RuntimeError(f"asked for parents more than {EACH} times a node")
        return self._parents


class Claims(Look):
    """A node that claims to be equal to every other; its hash is its own."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = object.__hash__


class Equal(Claims):
    """A node that is equal to every other, with the hash that equal things share."""

    def __hash__(self) -> int:
        return 3


def built(graph: Parents, kind: type[Look] = Look) -> list[Any]:
    """The nodes of a graph, the root last."""
    nodes: list[Any] = []
    left = [EACH * len(graph) + 100]
    for parents in graph:
        nodes.append(kind(tuple(nodes[i] for i in parents), left))
    return nodes


def numbers(found: Any, nodes: list[Any]) -> Any:
    """Which node of a graph each of those in an order is."""
    number = {id(node): i for i, node in enumerate(nodes)}
    return np.array([number.get(id(node), -1) for node in found], dtype=np.int64)


class Orders:
    """The order of every graph of the inputs, after that of a leaf that is in none of them."""

    def __init__(self, kind: type[Look] = Look) -> None:
        self.kind = kind

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        impl.topological_order(built([()])[0])
        graphs = {where: built(graph, self.kind) for where, graph in inputs.items()}
        order_of = impl.topological_order
        return {where: numbers(order_of(nodes[-1]), nodes) for where, nodes in graphs.items()}


def random_graph(rng: np.random.Generator, n: int, most: int) -> Parents:
    """Every node but the root has a child, and up to `most` parents among all before it."""
    graph: Parents = [()]
    for i in range(1, n):
        graph.append(tuple(rng.integers(0, i, size=rng.integers(1, most + 1)).tolist()))
    used = {p for parents in graph for p in parents}
    graph[-1] += tuple(i for i in range(n - 1) if i not in used)
    return graph


SMALL: dict[str, Parents] = {
    "for a leaf alone": [()],
    "for a chain": [(), (0,), (1,), (2,)],
    "for a sum of two products": [(), (), (0, 1), (), (), (3, 4), (2, 5)],
    "where a node is a parent twice": [(), (0, 0), (1, 1), (2, 0)],
}
# Nodes that are used directly and over detours, named in either order.
SHARED: dict[str, Parents] = {
    "for a short way and a long one": DETOUR,
    "for a long way and a short one": [(), (), (0, 1), (2,), (3, 2)],
    "for detours of two and three": [(), (0,), (1,), (2,), (1, 3), (4, 0), (2, 5, 4)],
    "for y = c + d + c d, c = a + b, d = a b": [(), (), (0, 1), (0, 1), (2, 3), (2, 3), (4, 5)],
    "for a leaf that is used first and last": [(), (0,), (1,), (2,), (0, 3)],
}
# A chain too deep for recursion, and doublings with 2**60 ways through them. Who looks for a node
# in a list, which takes ever longer, finds it at once: these nodes claim to be equal.
LARGE: dict[str, Parents] = {
    "for 60 doublings": [(), *((i, i) for i in range(60))],
    "for a chain of 10,000": [(), *((i,) for i in range(10_000))],
}


def tangled(rng: np.random.Generator) -> Inputs:
    return {f"for tangled graph {i}": random_graph(rng, 24, 3) for i in (1, 2, 3)}


def claiming(rng: np.random.Generator) -> Inputs:
    return {"for equal nodes": DETOUR, "for many equal nodes": random_graph(rng, 12, 2)}


DETOURS = "print the list for y = h + g, g = 3 h, h = w x: is every node behind its parents?"
HASH = "give Node an __eq__ that says True, and an __hash__ that returns 3."
READ = "count how often you read .parents: for x doubled 10 times, and 20 times."
for name, topic, points, inputs, run, experiment in (
    ("small", "leaves, chains and small trees", 0.25, lambda rng: SMALL, Orders(), DETOURS),
    ("shared", "nodes used directly and over a detour", 0.5, lambda rng: SHARED, Orders(), DETOURS),
    ("tangled", "random graphs of 24 nodes", 0.5, tangled, Orders(), DETOURS),
    ("claims", "nodes that claim to be equal", 0.15, claiming, Orders(Equal), HASH),
    ("large", "60 doublings, and a chain", 0.35, lambda rng: LARGE, Orders(Claims), READ),
):
    order.probe(
        topic,
        points=points,
        inputs=inputs,
        name=name,
        kind="side" if name in ("claims", "large") else "values",
        experiment=experiment,
    )(run)


def asked_twice(rng: np.random.Generator) -> Inputs:
    graph = random_graph(rng, 12, 2)
    return {"when first asked": graph, "for a graph in between": DETOUR, "when asked again": graph}


@order.probe(
    "a second question about the same nodes",
    points=0.25,
    inputs=asked_twice,
    kind="side",
    experiment="ask twice for the order of one root: the lists have equally many nodes.",
)
def again(impl: Any, inputs: Inputs) -> Any:
    """The same root twice, and another graph between the two."""
    graphs = {where: built(graph) for where, graph in inputs.items()}
    graphs["when asked again"] = graphs["when first asked"]
    found = {where: impl.topological_order(nodes[-1]) for where, nodes in graphs.items()}
    return {where: numbers(found[where], nodes) for where, nodes in graphs.items()}
