"""Independent Tensors for lesson 03, right: closures, a numbered tape, few primitives."""

from __future__ import annotations

import itertools

import numpy as np

from .autograd_parts import by_counting_children, by_loops, one_axis_at_a_time


class Closures:
    """As micrograd does it: every result holds a function that adds to its parents' blame."""

    watchers = []  # noqa: RUF012 (as a learner types it)

    def __init__(self, data, parents=(), op=""):
        self.data = np.array(data, dtype=float)
        self.parents = list(parents)
        self.op = op
        self.grad = None
        self.blame = None
        self._backward = lambda: None

    def _lift(self, other):
        return other if isinstance(other, Closures) else type(self)(other)

    def _send(self, blame):
        blame = one_axis_at_a_time(np.asarray(blame, dtype=float), self.data.shape)
        self.blame = blame + (0.0 if self.blame is None else self.blame)

    def _make(self, value, *pairs):
        out = type(self)(value, [parent for parent, _ in pairs])

        def backward():
            for parent, rule in pairs:
                parent._send(rule(out.blame))

        out._backward = backward
        self._tell(out, pairs)
        return out

    def _tell(self, out, pairs):
        def pullback(g):
            g = np.asarray(g, dtype=float)
            return [one_axis_at_a_time(rule(g), parent.data.shape) for parent, rule in pairs]

        for watcher in list(self.watchers):
            watcher(out, [parent for parent, _ in pairs], pullback)

    def __add__(self, other):
        other = self._lift(other)
        return self._make(self.data + other.data, (self, lambda g: g), (other, lambda g: g))

    def __mul__(self, other):
        other = self._lift(other)
        pairs = (self, lambda g: g * other.data), (other, lambda g: g * self.data)
        return self._make(self.data * other.data, *pairs)

    def __neg__(self):
        return self._make(-self.data, (self, lambda g: -g))

    def __sub__(self, other):
        return self + -self._lift(other)

    def __truediv__(self, other):
        other = self._lift(other)
        value = self.data / other.data
        pairs = (self, lambda g: g / other.data), (other, lambda g: -g * value / other.data)
        return self._make(value, *pairs)

    def __pow__(self, n):
        return self._make(self.data**n, (self, lambda g: g * n * self.data ** (n - 1)))

    def __rpow__(self, base):
        value = float(base) ** self.data
        return self._make(value, (self, lambda g: g * value * np.log(base)))

    def __matmul__(self, other):
        pairs = (self, lambda g: g @ other.data.T), (other, lambda g: self.data.T @ g)
        return self._make(self.data @ other.data, *pairs)

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other):
        return -self + other

    def __rtruediv__(self, other):
        return self._lift(other) / self

    def exp(self):
        value = np.exp(self.data)
        return self._make(value, (self, lambda g: g * value))

    def log(self):
        return self._make(np.log(self.data), (self, lambda g: g / self.data))

    def tanh(self):
        value = np.tanh(self.data)
        return self._make(value, (self, lambda g: g - g * value * value))

    def relu(self):
        return self._make(self.data.clip(0), (self, lambda g: np.where(self.data > 0, g, 0.0)))

    def sum(self, axis=None, keepdims=False):
        kept = self.data.sum(axis=axis, keepdims=True)
        value = kept if keepdims else self.data.sum(axis=axis)
        ones = np.ones(self.data.shape)
        return self._make(value, (self, lambda g: ones * np.reshape(g, kept.shape)))

    def mean(self, axis=None, keepdims=False):
        total = self.sum(axis=axis, keepdims=keepdims)
        return total / (self.data.size / total.data.size)

    def reshape(self, *shape):
        value = np.reshape(self.data, shape)
        return self._make(value, (self, lambda g: np.reshape(g, self.data.shape)))

    @property
    def T(self):
        return self._make(self.data.T.copy(), (self, lambda g: np.transpose(g)))

    def order(self):
        return by_counting_children(self)

    def backward(self, grad=None):
        if grad is None and self.data.size != 1:
            raise ValueError("which element?")
        order = self.order()
        self.blame = np.ones(self.data.shape) if grad is None else np.array(grad, dtype=float)
        for node in reversed(order):
            node._backward()
        for node in order:
            old = node.grad if node.grad is not None and not node.parents else 0.0
            node.grad, node.blame = node.blame + old, None


class Numbered:
    """Every tensor is numbered when it is made, and the walk back goes down the numbers."""

    count = itertools.count()
    watchers = []  # noqa: RUF012

    def __init__(self, data, parents=(), op=""):
        self.data = np.asarray(data, dtype=np.float64) + 0.0
        self.parents, self.op, self.grad = frozenset(parents), op, None
        self.number = next(Numbered.count)
        self.links = ()

    @classmethod
    def apply(cls, value, **links):
        out = cls(value, [parent for parent, _ in links.values()])
        out.links = tuple(links.values())
        for told in cls.watchers:
            told(out, tuple(parent for parent, _ in out.links), out.back)
        return out

    def back(self, g):
        return tuple(
            by_loops(np.asarray(send(g)), parent.data.shape) for parent, send in self.links
        )

    def __add__(self, other):
        other = number_or_tensor(other)
        return Numbered.apply(self.data + other.data, a=(self, pass_on), b=(other, pass_on))

    def __mul__(self, other):
        other = number_or_tensor(other)
        left, right = (self, lambda g: g * other.data), (other, lambda g: g * self.data)
        return Numbered.apply(self.data * other.data, a=left, b=right)

    def __pow__(self, other):
        other = number_or_tensor(other)
        out = np.power(self.data, other.data)

        def to_base(g):
            return g * other.data * np.power(self.data, other.data - 1)

        def to_exponent(g):
            with np.errstate(all="ignore"):
                return g * out * np.log(self.data)

        return Numbered.apply(out, a=(self, to_base), b=(other, to_exponent))

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + number_or_tensor(other) * -1

    def __truediv__(self, other):
        return self * number_or_tensor(other) ** -1.0

    def __radd__(self, other):
        return number_or_tensor(other) + self

    def __rmul__(self, other):
        return number_or_tensor(other) * self

    def __rsub__(self, other):
        return number_or_tensor(other) - self

    def __rtruediv__(self, other):
        return number_or_tensor(other) / self

    def __rpow__(self, other):
        return number_or_tensor(other) ** self

    def __matmul__(self, other):
        left = (self, lambda g: np.einsum("nm,dm->nd", g, other.data))
        right = (other, lambda g: np.einsum("nd,nm->dm", self.data, g))
        return Numbered.apply(np.dot(self.data, other.data), a=left, b=right)

    def exp(self):
        return Numbered.apply(np.exp(self.data), a=(self, lambda g: g * np.exp(self.data)))

    def log(self):
        return Numbered.apply(np.log(self.data), a=(self, lambda g: g * self.data**-1.0))

    def tanh(self):
        grown = (self * 2).exp()
        return (grown - 1) / (grown + 1)

    def relu(self):
        return self * (self.data > 0).astype(float) if self.data.ndim == 0 else self._masked()

    def _masked(self):
        mask = self.data > 0
        return Numbered.apply(self.data * mask, a=(self, lambda g: g * mask))

    def sum(self, axis=None, keepdims=False):
        axes = range(self.data.ndim) if axis is None else [axis % self.data.ndim]
        kept = tuple(1 if i in axes else n for i, n in enumerate(self.data.shape))
        lost = tuple(n for i, n in enumerate(self.data.shape) if i not in axes)
        value = by_loops(self.data, kept).reshape(kept if keepdims else lost)
        spread = (self, lambda g: np.broadcast_to(g.reshape(kept), self.data.shape))
        return Numbered.apply(value, a=spread)

    def mean(self, axis=None, keepdims=False):
        n = self.data.size if axis is None else self.data.shape[axis]
        return self.sum(axis, keepdims) * (1.0 / n)

    def reshape(self, *shape):
        back = (self, lambda g: g.reshape(self.data.shape))
        return Numbered.apply(self.data.reshape(shape), a=back)

    @property
    def T(self):
        return Numbered.apply(
            np.swapaxes(self.data, 0, 1), a=(self, lambda g: np.swapaxes(g, 0, 1))
        )

    def backward(self, grad=None):
        if grad is None:
            if self.data.size > 1:
                raise ValueError("a gradient is needed")
            grad = np.ones_like(self.data)
        reached, waiting = {self.number: self}, [self]
        while waiting:
            for parent, _ in waiting.pop().links:
                if parent.number not in reached:
                    reached[parent.number] = parent
                    waiting.append(parent)
        blame = {number: np.zeros_like(node.data) for number, node in reached.items()}
        blame[self.number] = np.array(grad, dtype=np.float64)
        for number in sorted(reached, reverse=True):
            for parent, send in reached[number].links:
                share = by_loops(np.asarray(send(blame[number])), parent.data.shape)
                blame[parent.number] = blame[parent.number] + share
        for number, node in reached.items():
            kept = 0.0 if node.links or node.grad is None else node.grad
            node.grad = blame[number] + kept


def pass_on(g):
    return g


def number_or_tensor(value):
    return value if isinstance(value, Numbered) else Numbered(value)
