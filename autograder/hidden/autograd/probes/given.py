"""A Tensor of the judge's own, for tapes whose notebook has none that works.

It keeps the contract of the lesson, for as many operations as the probes of a tape need.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

COUNT = itertools.count()


class GivenTensor:
    """An array, its parents, and for each parent the function that sends its gradient to it.

    Tensors are numbered as they are made, so that parents have lower numbers than their children.
    """

    def __init__(self, data: Any, parents: Any = (), op: str = "") -> None:
        self.data = np.asarray(data, dtype=np.float64)
        self.parents = tuple(parents)
        self.op, self.number = op, next(COUNT)
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
        return _made("tanh", np.tanh, (self,), lambda g: g * (1 - np.tanh(self.data) ** 2))

    def sum(self) -> GivenTensor:
        return _made("sum", np.sum, (self,), lambda g: g * np.ones(self.data.shape))

    def backward(self, grad: Any = None) -> None:
        """Gradients into `.grad` of every node; leaves accumulate."""
        if grad is None and self.data.size > 1:
            raise ValueError("grad is needed")
        sent = {id(self): np.ones(self.data.shape) if grad is None else np.array(grad, float)}
        met, waiting = {self.number: self}, [self]
        while waiting:
            new = {p.number: p for p in waiting.pop().parents if p.number not in met}
            met.update(new)
            waiting.extend(new.values())
        for _, node in sorted(met.items(), reverse=True):
            g = sent[id(node)]
            node.grad = g + (0.0 if node.parents or node.grad is None else node.grad)
            for parent, send in zip(node.parents, node.sends, strict=False):
                sent[id(parent)] = sent.get(id(parent), 0.0) + send(g)


def _leaf(value: Any) -> Any:
    return value if isinstance(value, GivenTensor) else GivenTensor(value)


def _made(op: str, function: Any, parents: tuple[Any, ...], *sends: Any) -> GivenTensor:
    leaves = tuple(_leaf(parent) for parent in parents)
    out = GivenTensor(function(*(leaf.data for leaf in leaves)), leaves, op)
    fitted = (_fitted(send, leaf.data.shape) for send, leaf in zip(sends, leaves, strict=True))
    out.sends = tuple(fitted)
    return out


def _fitted(send: Any, shape: tuple[int, ...]) -> Any:
    """What a sender sends, as a new array of its receiver's shape, whatever was broadcast."""
    stretched = tuple(i for i, n in enumerate(shape) if n == 1)

    def fitted(g: Any) -> Any:
        sent = np.array(send(g))
        sent = sent.sum(axis=tuple(range(sent.ndim - len(shape))))
        return sent.sum(axis=stretched, keepdims=True)

    return fitted
