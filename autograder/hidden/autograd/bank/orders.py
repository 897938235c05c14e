"""Mistakes in topological_order. What they say of an order is counts: all are about anything."""

from __future__ import annotations

from collections import deque
from typing import Any

from autograder.api import Bank

KEY = "topological_order"


def declare(bank: Bank) -> None:
    bank.edit(
        KEY,
        "root_first",
        "The list begins with the root, so children stand before their parents. That is the order "
        "of the walk back; asked for is the order in which things were made, root last.",
        ("    return order", "    return order[::-1]"),
        about="anything",
    )
    bank.edit(
        KEY,
        "root_left_out",
        "The root itself is not in the list. It was made of its parents as every other node was, "
        "and stands behind all of them.",
        ("    return order", "    return order[:-1]"),
        about="anything",
    )
    bank.edit(
        KEY,
        "leaves_left_out",
        "Only nodes that have parents are in the list, and the leaves are missing. They are what "
        "everything was made of: a node without parents stands in the list like all others.",
        ("    return order", "    return [node for node in order if node.parents] or [root]"),
        about="anything",
    )
    bank.edit(
        KEY,
        "compared_by_equality",
        "Nodes count as met when one that is equal to them has been met. Different nodes may be "
        "equal, or claim to be: tell them apart by identity, with id or is.",
        ("seen, stack = [], set(),", "seen, stack = [], [],"),
        ("id(node) not in seen", "node not in seen"),
        ("seen.add(id(node))", "seen.append(node)"),
        about="anything",
    )

    @bank.wrong(
        KEY,
        "The nodes stand by their distance from the root, farthest first. A node may be close to "
        "the root on one way and far on another; it has to wait for the longest.",
        source="karpathy/micrograd, issue 68",
        about="anything",
    )
    def by_distance(root: Any) -> Any:
        order, waiting, seen = [], deque([root]), {id(root)}
        while waiting:
            node = waiting.popleft()
            order.append(node)
            for parent in node.parents:
                if id(parent) not in seen:
                    seen.add(id(parent))
                    waiting.append(parent)
        return order[::-1]

    @bank.wrong(
        KEY,
        "A node is written down when it is met, before its parents have had their turn, and the "
        "list is turned round. On a detour it is met too early: write it down when it is left.",
        about="anything",
    )
    def written_when_met(root: Any) -> Any:
        order, stack, seen = [], [root], set()
        while stack:
            node = stack.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            order.append(node)
            stack.extend(node.parents)
        return order[::-1]

    @bank.wrong(
        KEY,
        "The function calls itself for every parent, and Python stops at about 1,000 calls. A "
        "chain of 10,000 needs a loop, with a stack of your own.",
        source="karpathy/micrograd, engine.py",
        about="anything",
    )
    def recursive(root: Any) -> Any:
        order, seen = [], set()

        def visit(node: Any) -> None:
            if id(node) not in seen:
                seen.add(id(node))
                for parent in node.parents:
                    visit(parent)
                order.append(node)

        visit(root)
        return order

    @bank.wrong(
        KEY,
        "Nothing notes which nodes have been met, so a node is listed once for every way that "
        "leads to it, and doublings take for ever. Keep a set of what has been met.",
        source="karpathy/micrograd, issue 96",
        about="anything",
    )
    def met_again_and_again(root: Any) -> Any:
        order, stack = [], [(root, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
                continue
            stack.append((node, True))
            stack.extend((parent, False) for parent in reversed(node.parents))
        return order

    @bank.wrong(
        KEY,
        "A node is listed again when its parent's turn comes a second time: only the top of the "
        "walk is checked, and not what is already in the list. Each node once.",
        about="anything",
    )
    def parents_listed_twice(root: Any) -> Any:
        order = met_again_and_again(root)
        return [node for i, node in enumerate(order) if not i or node is not order[i - 1]]
