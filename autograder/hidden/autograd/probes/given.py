"""A Tensor of the judge's own, for tapes whose notebook has none that works.

It keeps the contract of the lesson, for as many operations as the probes of a tape need, and tells
the watchers of the notebook's class: those are the ones that a tape puts in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np


class GivenTensor:
    """An array, its parents, and what sends its gradient to them. Tensors are numbered as they are
    made, so that parents have lower numbers than their children."""

    listed: Any = None  # the class whose `watchers` are told: this one where it is None
    watchers: ClassVar[list[Any]] = []
    made = 0  # an int and no `itertools.count`: from Python 3.14 on iterators are not pickled

    def __init__(self, data: Any, parents: Any = (), op: str = "") -> None:
        self.data = np.asarray(data, dtype=np.float64)
        self.parents = tuple(parents)
        GivenTensor.made += 1
        self.op, self.number = op, GivenTensor.made
        self.grad: Any = None
        self.send: Callable[[Any], Any] = lambda g: ()

    def __add__(self, other: Any) -> GivenTensor:
        return _made(np.add, lambda g, a, b: (g, g), self, other)

    def __sub__(self, other: Any) -> GivenTensor:
        return _made(np.subtract, lambda g, a, b: (g, -g), self, other)

    def __mul__(self, other: Any) -> GivenTensor:
        return _made(np.multiply, lambda g, a, b: (g * b, g * a), self, other)

    __rmul__ = __mul__

    def __matmul__(self, other: Any) -> GivenTensor:
        return _made(np.matmul, lambda g, a, b: (g @ b.T, a.T @ g), self, other)

    def tanh(self) -> GivenTensor:
        return _made(np.tanh, lambda g, a: (g * (1 - np.tanh(a) ** 2),), self)

    def sum(self) -> GivenTensor:
        return _made(np.sum, lambda g, a: (g * np.ones(a.shape),), self)

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
            for parent, part in zip(node.parents, node.send(g), strict=True):
                sent[id(parent)] = sent.get(id(parent), 0.0) + part


def _made(function: Any, send: Callable[..., Any], *operands: Any) -> GivenTensor:
    parents = [one if isinstance(one, GivenTensor) else GivenTensor(one) for one in operands]
    values = [parent.data for parent in parents]
    out = GivenTensor(function(*values), parents, function.__name__)
    out.send = lambda g: [
        _fitted(part, value.shape) for part, value in zip(send(g, *values), values, strict=True)
    ]
    for watch in (GivenTensor.listed or GivenTensor).watchers:
        watch(out, out.parents, out.send)
    return out


def _fitted(part: Any, shape: tuple[int, ...]) -> Any:
    """The gradient of an array of a shape, whatever was broadcast."""
    if part.shape == shape:
        return part  # and not a copy: two parents may be handed the same array
    part = part.sum(axis=tuple(range(part.ndim - len(shape))))
    return part.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)
