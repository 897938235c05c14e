"""What all topological orders of a graph share, whichever of them comes back."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Bank, Number

PROBES = ("small", "shared", "tangled", "claims", "large")


def declare(bank: Bank) -> None:
    for probe in PROBES:
        bank.observe("topological_order", probe)(observed)


def observed(raw: Any, inputs: Any, secrets: Any) -> Any:
    """For each graph: which nodes came back, which arrows point to the front, what is last."""
    return {where: _features(raw[where], graph) for where, graph in inputs.items()}


def _features(order: Any, graph: list[tuple[int, ...]]) -> dict[str, Any]:
    root = len(graph) - 1
    places: dict[int, int] = {}
    for place, node in enumerate(map(int, order)):
        places.setdefault(node, place)
    late = [
        (parent, child)
        for child, parents in enumerate(graph)
        for parent in parents
        if parent in places and child in places and places[parent] > places[child]
    ]
    return {
        "the number of nodes in the list": _count(len(order)),
        "the number of different nodes in the list": _count(len(set(places) - {-1})),
        "the number of parents that stand behind their child": _count(len(late)),
        "the last node": "the root" if len(order) and int(order[-1]) == root else "another node",
        "the sum of their numbers, child and parent, where that is so": _count(
            int(np.sum(np.array(late, dtype=np.int64)))
        ),
    }


def _count(number: int) -> Number:
    return Number(number, "int64")
