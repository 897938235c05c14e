"""Probes of Tensor, one group of operations at a time: their values, and their gradients.

What is computed stands in the phrase that a learner reads, which is code up to " of ". The walk
back starts from random numbers, so that every element counts for itself.
"""

import contextlib
import functools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograder.api import FORMULA, Inputs, Probes, outcome, snapshot

probes = Probes()
tensor = probes.exercise("Tensor", tolerance=FORMULA)

# Expressions and their leaves: a tuple is the shape of one of both signs, a list of one above 0.
Leaves = dict[str, tuple[Any, ...]]
TABLE, ABOVE = (2, 3), [2, 3]
ZEROS_AND_TIES = np.array([[-2.0, 0.7, -0.3, 0.7], [12.5, 0.0, 0.2, -0.3]])

ARITHMETIC: Leaves = {
    "a + b | a * b | a - b | a / b": (TABLE, TABLE),
    "-t": (TABLE,),
    "a * b + c * a": ((4,), (4,), (4,)),
    "a * b of zeros and ties": (ZEROS_AND_TIES, (2, 4)),
}
NUMBERS: Leaves = {"t + 2 | 3 + t | t - 2 | 2 - t | t * 3 | 0.5 * t | t / 4 | 3 / t": (TABLE,)}
POWERS: Leaves = {
    "t ** 3 | t ** 0.5 | t ** -2 | 0.3 ** t": (ABOVE,),
    "2 ** t": (TABLE,),
    "t ** 2 of zeros and ties": (ZEROS_AND_TIES,),
    "t ** 3 of numbers below 0": (np.array([-1.3, -0.4, -11.0]),),
}
FUNCTIONS: Leaves = {
    "t.exp() | t.tanh() | (t * t / 90 - 0.01).relu().tanh()": (TABLE,),
    "t.log()": (ABOVE,),
    "t.relu()": (ZEROS_AND_TIES,),
}
SHAPES: Leaves = {
    "a @ b": ((2, 3), (3, 4)),
    "a @ b of square tables": ((3, 3), (3, 3)),
    "a @ b of one row and a table": ((1, 3), (3, 2)),
    "t.T | t.reshape(3, 2)": (TABLE,),
    "t.T of a square table": ((3, 3),),
    "t.reshape(8)": ((2, 2, 2),),
    "t.reshape(4, 3).T": ((2, 6),),
}
SUMS: Leaves = {
    "t.sum() | t.mean() | t.mean(axis=1) | t.sum(keepdims=True)": (TABLE,),
    "t.sum(axis=0) | t.sum(axis=1)": ((3, 3),),
    "t.sum(axis=1, keepdims=True) | t.mean(axis=0, keepdims=True)": ((3, 4),),
    "t.sum(axis=-2)": ((2, 3, 4),),
    "t.mean(-1)": ((2, 2, 3),),
}
BROADCAST: Leaves = {
    "a + b of (4, 3) and (3,)": ((4, 3), (3,)),
    "a * b of (3, 3) and (3, 1)": ((3, 3), (3, 1)),
    "a - b of (3,) and (2, 1)": ((3,), (2, 1)),
    "a / b of () and (2, 3)": ((), (2, 3)),
    "a * b of (2, 3) and ()": ((2, 3), ()),
    "a + b of (2, 3, 4) and (3, 1)": ((2, 3, 4), (3, 1)),
    "a * (b + 1) of (3, 3) and (3,)": ((3, 3), (3,)),
}
FIRST = {**ARITHMETIC, **NUMBERS, **POWERS}
REST = {**FUNCTIONS, **SHAPES, **SUMS, **BROADCAST}


def spread(rng: np.random.Generator, shape: Any) -> Any:
    """Numbers far below one, far above ten and between; an array as it is. See `Leaves`."""
    if isinstance(shape, np.ndarray):
        return shape
    size = math.prod(shape)
    values = rng.permutation(np.geomspace(0.02, 30, max(size, 2)))[:size]
    signs = (-1.0) ** rng.permutation(size) if isinstance(shape, tuple) else 1.0
    return (values * signs * rng.uniform(0.8, 1.2, size=size)).reshape(shape)


def leaves_of(expressions: Leaves) -> Callable[[np.random.Generator], Inputs]:
    """Inputs: leaves for every expression, and more noise than any result has elements."""
    return lambda rng: {
        f"for {what}": {
            "leaves": [spread(rng, shape) for shape in shapes],
            "noise": rng.uniform(0.5, 1.5, size=40) * rng.choice([-1, 1], size=40),
        }
        for several, shapes in expressions.items()
        for what in several.split(" | ")
    }


@contextlib.contextmanager
def watched_by(kind: Any, *watchers: Any) -> Iterator[None]:
    """These watchers and no others; those that a tape left in are put back afterwards."""
    own: Any = getattr(kind, "watchers", None)
    held = list(own) if isinstance(own, list) else []
    if held or watchers:
        kind.watchers[:] = watchers
    try:
        yield
    finally:
        if held or watchers:
            own[:] = held


def unwatched(run: Callable[[Any, Inputs], Any]) -> Callable[[Any, Inputs], Any]:
    """A run that a broken tape's watcher doesn't disturb."""

    @functools.wraps(run)
    def alone(impl: Any, inputs: Inputs) -> Any:
        with watched_by(impl.Tensor):
            return run(impl, inputs)

    return alone


class Each:
    """`look(kind, code, leaves, noise)` at each expression; what one raises is its own."""

    def __init__(self, look: Callable[..., Any]) -> None:
        self.look = look

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        with watched_by(impl.Tensor):
            return {
                where: outcome(self.look, impl.Tensor, where[4:].split(" of ")[0], **case)
                for where, case in inputs.items()
            }


def named(kind: Any, leaves: list[Any]) -> dict[str, Any]:
    return dict(zip("t" if len(leaves) == 1 else "abc", map(kind, leaves), strict=False))


def computed(code: str, nodes: dict[str, Any]) -> Any:
    """The root of an expression; what it assigns to names joins the nodes."""
    for statement in code.split("; "):
        name, _, expression = statement.rpartition(" = ")
        root = eval(expression, dict(nodes))
        nodes |= {name: root} if name else {}
    return root


def walked_back(root: Any, noise: Any) -> Any:
    """What was handed in, after a walk back from as many numbers as the root has."""
    grad = noise[: root.data.size].reshape(root.data.shape)
    root.backward(grad)
    return grad


def value(kind: Any, code: str, leaves: list[Any], noise: Any) -> Any:
    return {"the value": snapshot(computed(code, named(kind, leaves)).data)}


def gradients(kind: Any, code: str, leaves: list[Any], noise: Any) -> Any:
    """The `.grad` of every leaf, and of what else has a name."""
    nodes = named(kind, leaves)
    walked_back(computed(code, nodes), noise)
    return {f"the gradient of {name}": snapshot(node.grad) for name, node in nodes.items()}


SAME = "compute it with NumPy arrays instead of Tensors: the values are the same."
NUDGE = "compare it with the slope that nudging one element gives, as the visible tests do."

for name, topic, points, look, expressions in (
    ("values", "the values of arithmetic", 0.25, value, FIRST),
    ("more_values", "the other values", 0.25, value, REST),
    ("arithmetic", "gradients of + - * / and minus", 0.5, gradients, ARITHMETIC),
    ("numbers", "gradients with a number on either side", 0.25, gradients, NUMBERS),
    ("powers", "gradients of powers", 0.25, gradients, POWERS),
    ("functions", "gradients of exp, log, tanh and relu", 0.25, gradients, FUNCTIONS),
    ("shapes", "gradients of @, reshape and T", 0.25, gradients, SHAPES),
    ("sums", "gradients of sum and mean", 0.5, gradients, SUMS),
    ("broadcasting", "gradients where shapes were broadcast", 0.5, gradients, BROADCAST),
):
    tensor.probe(
        topic,
        points=points,
        inputs=leaves_of(expressions),
        name=name,
        experiment=SAME if look is value else NUDGE,
    )(Each(look))
