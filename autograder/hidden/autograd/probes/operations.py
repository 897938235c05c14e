"""Probes of Tensor, one group of operations at a time: values, and gradients of each operand.

The walk back starts from random numbers, so that every element counts for itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.api import Inputs, Probe, Probes, snapshot

Expression = Callable[..., Any]
Expressions = dict[str, tuple[Expression, tuple[Any, ...]]]  # what, and shapes or arrays that go in
NUDGE = "compare it with the slope that nudging one element gives, as the visible tests do."


def arguments(
    expressions: Expressions, low: float = -1.5, high: float = 1.5
) -> Callable[[np.random.Generator], Inputs]:
    """Inputs: leaves for every expression, and more noise than any result has elements."""

    def leaf(rng: np.random.Generator, shape: Any) -> Any:
        return shape if isinstance(shape, np.ndarray) else rng.uniform(low, high, size=shape)

    def inputs(rng: np.random.Generator) -> Inputs:
        return {
            f"for {what}": {
                "leaves": [leaf(rng, shape) for shape in shapes],
                "noise": rng.uniform(0.5, 1.5, size=40) * rng.choice([-1, 1], size=40),
            }
            for what, (_, shapes) in expressions.items()
        }

    return inputs


def named(count: int) -> list[str]:
    return ["t"] if count == 1 else list("abcd"[:count])


SAME = "compute it with NumPy arrays in place of Tensors: the values are the same."


class Values:
    """The `.data` of every expression."""

    def __init__(self, expressions: Expressions) -> None:
        self.expressions = expressions

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        seen = {}
        for what, (expression, _) in self.expressions.items():
            case = inputs[f"for {what}"]
            out = expression(*(impl.Tensor(value) for value in case["leaves"]))
            seen[f"for {what}"] = {"the value": snapshot(out.data)}
        return seen


class Gradients:
    """The `.grad` of every leaf of every expression."""

    def __init__(self, expressions: Expressions) -> None:
        self.expressions = expressions

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        seen = {}
        for what, (expression, _) in self.expressions.items():
            case = inputs[f"for {what}"]
            leaves = [impl.Tensor(value) for value in case["leaves"]]
            out = expression(*leaves)
            shape = np.shape(out.data)
            out.backward(case["noise"][: int(np.prod(shape))].reshape(shape))
            seen[f"for {what}"] = {
                f"the gradient of {name}": snapshot(leaf.grad)
                for name, leaf in zip(named(len(leaves)), leaves, strict=True)
            }
        return seen


TABLE = (2, 3)
ARITHMETIC: Expressions = {
    "a + b": (lambda a, b: a + b, (TABLE, TABLE)),
    "a * b": (lambda a, b: a * b, (TABLE, TABLE)),
    "a - b": (lambda a, b: a - b, (TABLE, TABLE)),
    "a / b": (lambda a, b: a / b, (TABLE, TABLE)),
    "-t": (lambda t: -t, (TABLE,)),
    "a * b - c / a": (lambda a, b, c: a * b - c / a, ((4,), (4,), (4,))),
}
NUMBERS: Expressions = {
    "t + 2": (lambda t: t + 2, (TABLE,)),
    "3 + t": (lambda t: 3 + t, (TABLE,)),
    "t - 2": (lambda t: t - 2, (TABLE,)),
    "2 - t": (lambda t: 2 - t, (TABLE,)),
    "t * 3": (lambda t: t * 3, (TABLE,)),
    "0.5 * t": (lambda t: 0.5 * t, (TABLE,)),
    "t / 4": (lambda t: t / 4, (TABLE,)),
    "3 / t": (lambda t: 3 / t, (TABLE,)),
}
POWERS: Expressions = {
    "t ** 3": (lambda t: t**3, (TABLE,)),
    "t ** 0.5": (lambda t: t**0.5, (TABLE,)),
    "t ** -2": (lambda t: t**-2, (TABLE,)),
    "2 ** t": (lambda t: 2**t, (TABLE,)),
    "0.3 ** t": (lambda t: 0.3**t, (TABLE,)),
    "t ** 2 at 0 and below": (lambda t: t**2, (np.array([-1.7, 0.0, 0.6]),)),
    "t ** 3 below 0": (lambda t: t**3, (np.array([-1.3, -0.4]),)),
}
BENDS: Expressions = {
    "t.exp()": (lambda t: t.exp(), (TABLE,)),
    "t.log()": (lambda t: t.log(), (TABLE,)),
    "t.tanh()": (lambda t: t.tanh(), (TABLE,)),
    "t.relu()": (lambda t: t.relu(), (np.array([[-2.0, 0.7, -0.3], [1.9, 0.0, 0.2]]),)),
    "(t - 1).relu().exp()": (lambda t: (t - 1).relu().exp(), (TABLE,)),
}
SHAPES: Expressions = {
    "a @ b": (lambda a, b: a @ b, ((2, 3), (3, 4))),
    "a @ b, both square": (lambda a, b: a @ b, ((3, 3), (3, 3))),
    "a @ b, one row": (lambda a, b: a @ b, ((1, 3), (3, 2))),
    "t.T": (lambda t: t.T, ((2, 3),)),
    "t.T, square": (lambda t: t.T, ((3, 3),)),
    "t.reshape(3, 2)": (lambda t: t.reshape(3, 2), ((2, 3),)),
    "t.reshape(8)": (lambda t: t.reshape(8), ((2, 2, 2),)),
    "t.reshape(4, 3).T": (lambda t: t.reshape(4, 3).T, ((2, 6),)),
}
SUMS: Expressions = {
    "t.sum()": (lambda t: t.sum(), ((2, 3),)),
    "t.mean()": (lambda t: t.mean(), ((2, 3),)),
    "t.sum(axis=0)": (lambda t: t.sum(axis=0), ((3, 3),)),
    "t.sum(axis=1)": (lambda t: t.sum(axis=1), ((3, 3),)),
    "t.mean(axis=1)": (lambda t: t.mean(axis=1), ((2, 3),)),
    "t.sum(axis=1, keepdims=True)": (lambda t: t.sum(axis=1, keepdims=True), ((3, 4),)),
    "t.mean(axis=0, keepdims=True)": (lambda t: t.mean(axis=0, keepdims=True), ((3, 4),)),
    "t.sum(axis=-2)": (lambda t: t.sum(axis=-2), ((2, 3, 4),)),
    "t.mean(-1)": (lambda t: t.mean(-1), ((2, 2, 3),)),
    "t.sum(keepdims=True)": (lambda t: t.sum(keepdims=True), ((2, 3),)),
}
BROADCAST: Expressions = {
    "a + b of (4, 3) and (3,)": (lambda a, b: a + b, ((4, 3), (3,))),
    "a * b of (3, 3) and (3, 1)": (lambda a, b: a * b, ((3, 3), (3, 1))),
    "a - b of (3,) and (2, 1)": (lambda a, b: a - b, ((3,), (2, 1))),
    "a / b of () and (2, 3)": (lambda a, b: a / b, ((), (2, 3))),
    "a * b of (2, 3) and ()": (lambda a, b: a * b, ((2, 3), ())),
    "a - t.mean(axis=0) of (3, 3)": (lambda t: t - t.mean(axis=0), ((3, 3),)),
}


def values(name: str, topic: str, expressions: Expressions) -> Probe:
    """A probe of the values of many operations, on numbers that all of them take."""
    run, inputs = Values(expressions), arguments(expressions, 0.4)
    return Probe(name, topic, 0.25, inputs, run, experiment=SAME)


def group(
    name: str, topic: str, points: float, expressions: Expressions, low: float = -1.5
) -> Probe:
    """A probe of the gradients of a group of operations."""
    run, inputs = Gradients(expressions), arguments(expressions, low)
    return Probe(name, topic, points, inputs, run, experiment=NUDGE)


def declare(probes: Probes) -> None:
    first = {**ARITHMETIC, **NUMBERS, **POWERS}
    rest = {**BENDS, **SHAPES, **SUMS, **BROADCAST}
    for probe in (
        values("values", "the values of arithmetic", first),
        values("more_values", "the other values", rest),
        group("arithmetic", "gradients of + - * / and minus", 0.5, ARITHMETIC, 0.4),
        group("numbers", "gradients with a number on either side", 0.25, NUMBERS, 0.4),
        group("powers", "gradients of powers", 0.25, POWERS, 0.4),
        group("bends", "gradients of exp, log, tanh and relu", 0.25, BENDS, 0.4),
        group("shapes", "gradients of @, reshape and T", 0.5, SHAPES),
        group("sums", "gradients of sum and mean", 0.5, SUMS),
        group("broadcasting", "gradients where shapes were broadcast", 0.5, BROADCAST, 0.4),
    ):
        probes.add("Tensor", probe)
