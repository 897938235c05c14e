"""Wrong Tensors for lesson 03: each an independent right one with one thing otherwise."""

from __future__ import annotations

import sys

import numpy as np

from .autograd_parts import by_counting_children
from .autograd_tensors import Closures


class SinglePrecision(Closures):
    def __init__(self, data, parents=(), op=""):
        super().__init__(data, parents, op)
        self.data = self.data.astype(np.float32)


class ExpOutsideTheGraph(Closures):
    def exp(self):
        return type(self)(np.exp(self.data))


class LogPlusEps(Closures):
    def log(self):
        return self._make(np.log(self.data + 1e-3), (self, lambda g: g / (self.data + 1e-3)))


class LeakyRelu(Closures):
    def relu(self):
        slope = np.where(self.data > 0, 1.0, 0.01)
        return self._make(self.data * slope, (self, lambda g: g * slope))


class WholeExponentsOnly(Closures):
    def __pow__(self, n):
        return super().__pow__(int(n))


class MeanOfRowsFirst(Closures):
    def mean(self, axis=None, keepdims=False):
        return super().sum(axis, keepdims) / len(self.data)


class NoNegativeAxis(Closures):
    def sum(self, axis=None, keepdims=False):
        return super().sum(None if axis is not None and axis < 0 else axis, keepdims)


class GradientsCleared(Closures):
    def backward(self, grad=None):
        for node in by_counting_children(self):
            node.grad = None
        super().backward(grad)


class GradientsGrowEverywhere(Closures):
    def backward(self, grad=None):
        self.blame = np.ones(self.data.shape) if grad is None else np.array(grad, dtype=float)
        if grad is None and self.data.size > 1:
            raise ValueError("which element?")
        order = by_counting_children(self)
        for node in order[:-1]:
            node.blame = node.grad
        for node in reversed(order):
            node._backward()
        for node in order:
            node.grad = node.blame


class RefusesWithTypeError(Closures):
    def backward(self, grad=None):
        if grad is None and self.data.size > 1:
            raise TypeError("a gradient is needed")
        super().backward(grad)


class SumForSeveral(Closures):
    def backward(self, grad=None):
        super().backward(np.ones(self.data.shape) if grad is None else grad)


class Recursive(Closures):
    def order(self):
        order, met = [], set()

        def visit(node):
            if id(node) not in met:
                met.add(id(node))
                for parent in node.parents:
                    visit(parent)
                order.append(node)

        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(5000)
        try:
            visit(self)
        finally:
            sys.setrecursionlimit(limit)
        return order


class NearestFirst(Closures):
    def order(self):
        met, row = {id(self)}, [self]
        for node in row:
            for parent in node.parents:
                if id(parent) not in met:
                    met.add(id(parent))
                    row.append(parent)
        return row[::-1]


class ReflectedMinusLost(Closures):
    __rsub__ = Closures.__sub__


class NumbersOnTheLeftOnly(Closures):
    def __truediv__(self, other):
        return super().__truediv__(other if isinstance(other, Closures) else 1.0)


class ProductElementwise(Closures):
    def __matmul__(self, other):
        out = super().__matmul__(other)
        out.data = out.data + 0.0 * out.data.mean() + (self.data.shape == other.data.shape)
        return out


class RowsFirst(Closures):
    def reshape(self, *shape):
        value = np.reshape(self.data, shape, order="F")
        return self._make(value, (self, lambda g: np.reshape(g, self.data.shape, order="F")))


class ParentsForgotten(Closures):
    def __init__(self, data, parents=(), op=""):
        super().__init__(data, parents, op)
        self._known, self.parents = self.parents, []

    def order(self):
        order, met, stack = [], set(), [(self, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif id(node) not in met:
                met.add(id(node))
                stack.append((node, True))
                stack.extend((parent, False) for parent in node._known)
        return order


class SeedScaled(Closures):
    def backward(self, grad=None):
        super().backward(grad)
        if grad is not None:
            grad *= 2


class ReluClearsItsInput(Closures):
    def relu(self):
        self.data[self.data < 0] = 0
        return self._make(self.data.copy(), (self, lambda g: g * (self.data > 0)))


class ReluClippedAtSix(Closures):
    def relu(self):
        inside = (self.data > 0) & (self.data < 6)
        return self._make(self.data.clip(0, 6), (self, lambda g: g * inside))


class ReluRuleOnItsOperand(Closures):
    def relu(self):
        out = super().relu()
        self._backward, out._backward = out._backward, lambda: None
        return out

    def backward(self, grad=None):
        for node in self.order():
            node.blame = np.zeros(node.data.shape)
        super().backward(grad)


class TellsNobody(Closures):
    def _tell(self, out, pairs):
        pass


class TellsOfLeaves(Closures):
    def __init__(self, data, parents=(), op=""):
        super().__init__(data, parents, op)
        if not parents:
            self._tell(self, [])


class TellsTwice(Closures):
    def _tell(self, out, pairs):
        super()._tell(out, pairs)
        super()._tell(out, pairs)


class PullbackOfTheLargerShape(Closures):
    def _tell(self, out, pairs):
        for watcher in self.watchers:
            watcher(out, [p for p, _ in pairs], lambda g: [rule(g) for _, rule in pairs])


class PullbackByBackward(Closures):
    """Its pullback walks the whole way back, and leaves gradients lying."""

    def _tell(self, out, pairs):
        def pullback(g):
            out.backward(g)
            return [parent.grad for parent, _ in pairs]

        for watcher in self.watchers:
            watcher(out, [p for p, _ in pairs], pullback)


class Unrefused(Closures):
    """What many write: any root will do, and the order is found by recursion."""

    order = Recursive.order

    def backward(self, grad=None):
        super().backward(np.ones_like(self.data) if grad is None else grad)


class SumIgnoresItsAxis(Unrefused):
    def sum(self, axis=None, keepdims=False):
        value = self.data.sum(axis=axis, keepdims=keepdims)
        return self._make(value, (self, lambda g: np.ones_like(self.data) * g))


class PowerWithoutUpstream(Unrefused):
    def __pow__(self, n):
        return self._make(self.data**n, (self, lambda g: n * self.data ** (n - 1)))


class TanhOfTheInputAndMinusTurned(Unrefused):
    def tanh(self):
        return self._make(np.tanh(self.data), (self, lambda g: g * (1 - self.data * self.data)))

    def __rsub__(self, other):
        return self - other


class NoReflectedPower(Unrefused):
    __rpow__ = None


class MeanOfAnAxisByRows(Unrefused):
    def mean(self, axis=None, keepdims=False):
        n = self.data.size if axis is None else self.data.shape[0]
        return self.sum(axis, keepdims) / n


class FactorsTurned(Unrefused):
    def __matmul__(self, other):
        pairs = (self, lambda g: other.data.T @ g), (other, lambda g: g @ self.data.T)
        return self._make(self.data @ other.data, *pairs)


class BroadcastingKept(Unrefused):
    _tell = PullbackOfTheLargerShape._tell

    def _send(self, blame):
        self.blame = np.asarray(blame, float) + (0.0 if self.blame is None else self.blame)


WRONG_TENSORS = {
    kind.__name__: kind
    for kind in (
        *(SinglePrecision, ExpOutsideTheGraph, LogPlusEps, LeakyRelu, WholeExponentsOnly),
        *(MeanOfRowsFirst, NoNegativeAxis, GradientsCleared, GradientsGrowEverywhere),
        *(RefusesWithTypeError, SumForSeveral, Recursive, NearestFirst, ReflectedMinusLost),
        *(NumbersOnTheLeftOnly, ProductElementwise, RowsFirst, ParentsForgotten, SeedScaled),
        *(ReluClearsItsInput, ReluClippedAtSix, ReluRuleOnItsOperand, Unrefused, SumIgnoresItsAxis),
        *(PowerWithoutUpstream, TanhOfTheInputAndMinusTurned, NoReflectedPower, FactorsTurned),
        *(MeanOfAnAxisByRows, BroadcastingKept, TellsNobody, TellsOfLeaves, TellsTwice),
        *(PullbackOfTheLargerShape, PullbackByBackward),
    )
}
