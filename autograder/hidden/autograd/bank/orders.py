"""Mistakes in topological_order, and what all topological orders of a graph share."""

from typing import Any

import numpy as np

from autograder.api import Bank, Number

bank = Bank()
order = bank.exercise("topological_order")

END = "    return order"
APPEND = "            order.append(node)\n"
MET = "id(node) not in seen"
NOTED = "            seen.add(id(node))\n"
START = "order, seen, stack = [], set(), ["
LATER = "            stack.append((node, True))\n"
PARENTS = "            stack.extend((parent, False) for parent in node.parents)\n"
UNMET = """            for parent in node.parents:
                if id(parent) not in seen:
                    seen.add(id(parent))
                    stack.append((parent, False))
"""
LOOP = """, stack = [], set(), [(root, False)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            order.append(node)
        elif"""
VISIT = """ = [], set()

    def visit(node):
        if"""
VISITED = """            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(root)
"""
ONCE = "            order += [node] if not order or order[-1] is not node else []\n"
BY_NODE = (MET, "node not in seen")


@order.observe("small", "shared", "tangled", "claims", "again", "large")
def observed(raw: Any, inputs: Any, secrets: Any) -> Any:
    """For each graph: which nodes came back, which arrows point to the front, what is last."""
    return {where: features(raw[where], graph) for where, graph in inputs.items()}


def features(order: Any, graph: list[tuple[int, ...]]) -> dict[str, Any]:
    own = [int(node) for node in order if node >= 0]
    places: dict[int, int] = {}
    for place, node in enumerate(own):
        places.setdefault(node, place)
    late = [
        (parent, child)
        for child, parents in enumerate(graph)
        for parent in parents
        if parent in places and child in places and places[parent] > places[child]
    ]
    of_it, last = len(own) == len(order), own[-1:] == [len(graph) - 1] and order[-1] >= 0
    return {
        "what is in the list": "nodes of this graph" if of_it else "nodes of another graph too",
        "the number of nodes in the list": count(len(own)),
        "the number of different nodes in the list": count(len(places)),
        "the number of parents that stand behind their child": count(len(late)),
        "the last node": "the root" if last else "another node",
        "the sum of their numbers, child and parent, where that is so": count(np.sum(late)),
    }


def count(number: Any) -> Number:
    return Number(int(number), "int64")


EQUALITY = (
    "Nodes count as met when one that is equal to them has been met. Different nodes may be equal, "
    "or claim to be: tell them apart by identity, with id or is."
)
WHEN_MET = (
    "A node is written down when it is met, before its parents have had their turn, and the list "
    "is turned round. On a detour it is met too early: write it down when it is left."
)
TURNED = (END, f"{END}[::-1]")
SOURCES = {
    "set_of_nodes": "karpathy/micrograd, engine.py",
    "by_distance": "karpathy/micrograd, issue 68",
    "recursive": "karpathy/micrograd, engine.py",
    "met_again_and_again": "karpathy/micrograd, issue 96",
    "kept_between_calls": "Python documentation, Programming FAQ, default values",
}
MISTAKES: dict[tuple[Any, ...], str] = {
    ("root_first", TURNED): (
        "The list begins with the root, so children stand before their parents. That is the order "
        "of the walk back; asked for is the order in which things were made, root last."
    ),
    ("root_left_out", (END, f"{END}[:-1]")): (
        "The root itself is not in the list. It was made of its parents as every other node was, "
        "and stands behind all of them."
    ),
    ("leaves_left_out", (END, f"{END} and [n for n in order if n.parents] or [root]")): (
        "Only nodes that have parents are in the list, and the leaves are missing. They are what "
        "everything was made of: a node without parents stands in the list like all others."
    ),
    (
        "compared_by_equality",
        (START, "order, seen, stack = [], [], ["),
        BY_NODE,
        (NOTED, "            seen.append(node)\n"),
    ): EQUALITY,
    ("set_of_nodes", BY_NODE, (NOTED, "            seen.add(node)\n")): EQUALITY,
    (
        "dict_of_nodes",
        (START, "order, seen, stack = {}, set(), ["),
        (MET, "node not in order"),
        (NOTED, ""),
        (APPEND, "            order[node] = None\n"),
        (END, "    return list(order)"),
    ): EQUALITY,
    ("by_distance", ("stack.pop()", "stack.pop(0)"), (LATER, APPEND), TURNED): (
        "The nodes stand by their distance from the root, farthest first. A node may be close to "
        "the root on one way and far on another; it has to wait for the longest."
    ),
    ("written_when_met", (LATER, APPEND), TURNED): WHEN_MET,
    (
        "written_when_met_first_parent_first",
        (LATER, APPEND),
        (PARENTS, PARENTS.replace("node.parents", "node.parents[::-1]")),
        TURNED,
    ): WHEN_MET,
    (
        "noted_when_put_on_the_stack",
        (START, "order, seen, stack = [], {id(root)}, ["),
        (f"        elif {MET}:\n{NOTED}{LATER}", f"        else:\n{APPEND}"),
        (PARENTS, UNMET),
        TURNED,
    ): WHEN_MET,
    ("recursive", (LOOP, VISIT), (LATER + PARENTS, VISITED)): (
        "The function calls itself for every parent, and Python stops at about 1,000 calls. A "
        "chain of 10,000 needs a loop, with a stack of your own."
    ),
    ("met_again_and_again", (MET, "True")): (
        "Nothing notes which nodes have been met, so a node is listed once for every way that "
        "leads to it, and doublings take for ever. Keep a set of what has been met."
    ),
    ("parents_listed_twice", (MET, "True"), (APPEND, ONCE)): (
        "A node is listed again when its parent's turn comes a second time: only the top of the "
        "walk is checked, and not what is already in the list. Each node once."
    ),
    (
        "kept_between_calls",
        ("(root):\n", "(root, order=[], seen=set()):\n"),
        (START, "stack = ["),
    ): (
        "The list, and what has been met, are made once and live on between calls: a default value "
        "is made when the function is defined. Make both anew inside the function."
    ),
}
for (name, *edits), text in MISTAKES.items():
    order.edit(name, text, *edits, source=SOURCES.get(name, ""), about="anything")  # by counts
