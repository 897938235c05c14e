"""Probes of Tensor, one group of operations at a time: their values, and their gradients.

The walk back starts from random numbers, so that every element counts for itself. An operation that
raises does so for its own expression alone.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.api import FORMULA, Inputs, Probes, outcome, snapshot

probes = Probes()
tensor = probes.exercise("Tensor")

# What is computed, and its leaves: a tuple is the shape of numbers of both signs, a list that of
# numbers above 0. An expression that gives a dict names further nodes; the last is the root.
Expressions = dict[str, tuple[Callable[..., Any], tuple[Any, ...]]]
TABLE, ABOVE = (2, 3), [2, 3]
ZEROS_AND_TIES = np.array([[-2.0, 0.7, -0.3, 0.7], [12.5, 0.0, 0.2, -0.3]])

ARITHMETIC: Expressions = {
    "a + b": (lambda a, b: a + b, (TABLE, TABLE)),
    "a * b": (lambda a, b: a * b, (TABLE, TABLE)),
    "a - b": (lambda a, b: a - b, (TABLE, TABLE)),
    "a / b": (lambda a, b: a / b, (TABLE, TABLE)),
    "-t": (lambda t: -t, (TABLE,)),
    "a * b + c * a": (lambda a, b, c: a * b + c * a, ((4,), (4,), (4,))),
    "a * b with zeros": (lambda a, b: a * b, (ZEROS_AND_TIES, (2, 4))),
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
    "t ** 3": (lambda t: t**3, (ABOVE,)),
    "t ** 0.5": (lambda t: t**0.5, (ABOVE,)),
    "t ** -2": (lambda t: t**-2, (ABOVE,)),
    "2 ** t": (lambda t: 2**t, (TABLE,)),
    "0.3 ** t": (lambda t: 0.3**t, (ABOVE,)),
    "t ** 2 with zeros": (lambda t: t**2, (ZEROS_AND_TIES,)),
    "t ** 3 below 0": (lambda t: t**3, (np.array([-1.3, -0.4, -11.0]),)),
}
BENDS: Expressions = {
    "t.exp()": (lambda t: t.exp(), (TABLE,)),
    "t.log()": (lambda t: t.log(), (ABOVE,)),
    "t.tanh()": (lambda t: t.tanh(), (TABLE,)),
    "t.relu()": (lambda t: t.relu(), (ZEROS_AND_TIES,)),
    "(t - 1).relu().tanh()": (lambda t: (t - 1).relu().tanh(), (TABLE,)),
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
    "a + b of (2, 3, 4) and (3, 1)": (lambda a, b: a + b, ((2, 3, 4), (3, 1))),
    "a * (b + 1) of (3, 3) and (3,)": (lambda a, b: a * (b + 1), ((3, 3), (3,))),
}
FIRST = {**ARITHMETIC, **NUMBERS, **POWERS}
REST = {**BENDS, **SHAPES, **SUMS, **BROADCAST}


def spread(rng: np.random.Generator, shape: Any) -> Any:
    """Numbers far below one, far above ten and between; see `Expressions`."""
    size = math.prod(shape)
    values = rng.permutation(np.geomspace(0.02, 30, max(size, 2)))[:size]
    signs = (-1.0) ** rng.permutation(size) if isinstance(shape, tuple) else 1.0
    return (values * signs * rng.uniform(0.8, 1.2, size=size)).reshape(shape)


def leaves_of(expressions: Expressions) -> Callable[[np.random.Generator], Inputs]:
    """Inputs: leaves for every expression, and more noise than any result has elements."""

    def inputs(rng: np.random.Generator) -> Inputs:
        return {
            f"for {what}": {
                "leaves": [s if isinstance(s, np.ndarray) else spread(rng, s) for s in shapes],
                "noise": rng.uniform(0.5, 1.5, size=40) * rng.choice([-1, 1], size=40),
            }
            for what, (_, shapes) in expressions.items()
        }

    return inputs


class Each:
    """Looks at every expression: `look(kind, expression, leaves, noise)`."""

    def __init__(self, look: Callable[..., Any], expressions: Expressions) -> None:
        self.look, self.expressions = look, expressions

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        cases = zip(inputs.items(), self.expressions.values(), strict=True)
        return {
            where: outcome(self.look, impl.Tensor, expression, **case)
            for (where, case), (expression, _) in cases
        }


def tensors(kind: Any, leaves: list[Any]) -> dict[str, Any]:
    """The leaves of an expression by their names."""
    return dict(zip("t" if len(leaves) == 1 else "abc", map(kind, leaves), strict=False))


def walked_back(root: Any, noise: Any) -> Any:
    """What was handed in, after a walk back from as many numbers as the root has."""
    grad = noise[: root.data.size].reshape(root.data.shape)
    root.backward(grad)
    return grad


def value(kind: Any, expression: Any, leaves: list[Any], noise: Any) -> Any:
    return {"the value": snapshot(expression(*map(kind, leaves)).data)}


def gradients(kind: Any, expression: Any, leaves: list[Any], noise: Any) -> Any:
    """The `.grad` of every leaf, and of what else has a name."""
    named = tensors(kind, leaves)
    made = expression(*named.values())
    nodes = made if isinstance(made, dict) else {"the result": made}
    walked_back(list(nodes.values())[-1], noise)
    named |= nodes if nodes is made else {}
    return {f"the gradient of {name}": snapshot(node.grad) for name, node in named.items()}


SAME = "compute it with NumPy arrays in place of Tensors: the values are the same."
NUDGE = "compare it with the slope that nudging one element gives, as the visible tests do."

for name, topic, points, look, expressions, experiment in (
    ("values", "the values of arithmetic", 0.25, value, FIRST, SAME),
    ("more_values", "the other values", 0.25, value, REST, SAME),
    ("arithmetic", "gradients of + - * / and minus", 0.5, gradients, ARITHMETIC, NUDGE),
    ("numbers", "gradients with a number on either side", 0.25, gradients, NUMBERS, NUDGE),
    ("powers", "gradients of powers", 0.25, gradients, POWERS, NUDGE),
    ("bends", "gradients of exp, log, tanh and relu", 0.25, gradients, BENDS, NUDGE),
    ("shapes", "gradients of @, reshape and T", 0.5, gradients, SHAPES, NUDGE),
    ("sums", "gradients of sum and mean", 0.5, gradients, SUMS, NUDGE),
    ("broadcasting", "gradients where shapes were broadcast", 0.5, gradients, BROADCAST, NUDGE),
):
    tensor.probe(
        topic,
        points=points,
        inputs=leaves_of(expressions),
        name=name,
        tolerance=FORMULA,
        experiment=experiment,
    )(Each(look, expressions))
