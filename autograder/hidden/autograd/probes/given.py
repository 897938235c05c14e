"""A Tensor of the judge's own, for tapes whose notebook has none that works.

It keeps the contract of the lesson, for as many operations as the probes of a tape need.
"""

from __future__ import annotations

from typing import Any

import numpy as np


class GivenTensor:
    """An array, its parents, and for each parent the function that sends blame to it."""

    def __init__(self, data: Any, parents: Any = (), op: str = "") -> None:
        self.data = np.asarray(data, dtype=np.float64)
        self.parents = tuple(parents)
        self.op = op
        self.grad: Any = None
        self.sends: tuple[Any, ...] = ()

    def __add__(self, other: Any) -> GivenTensor:
        return _made("+", np.add, (self, other), lambda g: g, lambda g: g)

    def __sub__(self, other: Any) -> GivenTensor:
        return _made("-", np.subtract, (self, other), lambda g: g, np.negative)

    def __mul__(self, other: Any) -> GivenTensor:
        other = _leaf(other)
        by_other, by_self = lambda g: g * other.data, lambda g: g * self.data
        return _made("*", np.multiply, (self, other), by_other, by_self)

    def __matmul__(self, other: Any) -> GivenTensor:
        to_self, to_other = lambda g: g @ other.data.T, lambda g: self.data.T @ g
        return _made("@", np.matmul, (self, other), to_self, to_other)

    def __neg__(self) -> GivenTensor:
        return _made("neg", np.negative, (self,), np.negative)

    def __radd__(self, other: Any) -> Any:
        return _leaf(other) + self

    def __rsub__(self, other: Any) -> Any:
        return _leaf(other) - self

    def __rmul__(self, other: Any) -> Any:
        return _leaf(other) * self

    def tanh(self) -> GivenTensor:
        """tanh, element by element."""
        return _made("tanh", np.tanh, (self,), lambda g: g * (1 - np.tanh(self.data) ** 2))

    def sum(self) -> GivenTensor:
        """The sum of all elements."""
        return _made("sum", np.sum, (self,), lambda g: g * np.ones(self.data.shape))

    def backward(self, grad: Any = None) -> None:
        """Gradients into `.grad` of every node; leaves accumulate."""
        if grad is None and self.data.size > 1:
            raise ValueError("grad is needed")
        sent = {id(self): np.ones(self.data.shape) if grad is None else np.array(grad, float)}
        for node in _children_first(self):
            blame = sent[id(node)]
            kept = node.grad if not node.parents and node.grad is not None else 0.0
            node.grad = blame + kept
            for parent, send in zip(node.parents, node.sends, strict=False):
                sent[id(parent)] = sent.get(id(parent), 0.0) + send(blame)


def _leaf(value: Any) -> Any:
    return value if isinstance(value, GivenTensor) else GivenTensor(value)


def _made(op: str, function: Any, parents: tuple[Any, ...], *sends: Any) -> GivenTensor:
    leaves = tuple(_leaf(parent) for parent in parents)
    shapes = [leaf.data.shape for leaf in leaves]
    value = function(*(leaf.data for leaf in leaves))
    out = GivenTensor(value, leaves, op)
    out.sends = tuple(_fitted(send, shape) for send, shape in zip(sends, shapes, strict=True))
    return out


def _fitted(send: Any, shape: tuple[int, ...]) -> Any:
    """What a sender sends, as a new array of its receiver's shape; a number may be stretched."""

    def fitted(blame: Any) -> Any:
        sent = np.array(send(blame))
        return sent if sent.shape == shape else sent.sum().reshape(shape)

    return fitted


def _children_first(root: GivenTensor) -> list[GivenTensor]:
    """Nodes in an order in which each stands behind all that use it: Kahn's algorithm."""
    uses: dict[int, int] = {}
    waiting, met = [root], {id(root)}
    while waiting:
        for parent in waiting.pop().parents:
            uses[id(parent)] = uses.get(id(parent), 0) + 1
            if id(parent) not in met:
                met.add(id(parent))
                waiting.append(parent)
    order, ready = [], [root]
    while ready:
        node = ready.pop()
        order.append(node)
        for parent in node.parents:
            uses[id(parent)] -= 1
            if not uses[id(parent)]:
                ready.append(parent)
    return order
