"""Probes of unbroadcast."""

from collections.abc import Callable

import numpy as np

from autograder.api import FORMULA, Calls, Inputs, Probes

probes = Probes()
probes.predictions("repeated_row", "doublings", "never_cleared")
unbroadcast = probes.exercise("unbroadcast", tolerance=FORMULA)

Shape = tuple[int, ...]
Shapes = dict[Shape, list[Shape]]  # those before by the one after
IN_FRONT: Shapes = {(4, 3): [(3,)], (2, 4, 3): [(3,), (4, 3)], (5, 2, 3): [(2, 3)], (3, 3): [(3,)]}
STRETCHED: Shapes = {
    (4, 3): [(4, 1), (1, 3), (1, 1)],
    (2, 5, 3): [(2, 1, 3)],
    (2, 3, 4): [(1, 3, 1)],
}
BOTH: Shapes = {
    (2, 3, 4): [(3, 1), (1, 1), (1, 4), ()],
    (4, 3): [(1,), ()],
    (5, 1, 2, 4, 3): [(2, 1, 3)],
}
NOTHING: Shapes = {shape: [shape] for shape in ((4, 3), (), (1, 3), (2, 3, 4))}


def cases(before: Shapes) -> Callable[[np.random.Generator], Inputs]:
    """Inputs: gradients of both signs, below one and above ten."""
    return lambda rng: {
        f"from {after} to {shape}": {
            "grad": rng.normal(size=after) * 10.0 ** rng.integers(-3, 4, size=after),
            "shape": shape,
        }
        for after, shapes in before.items()
        for shape in shapes
    }


for name, topic, points, before in (
    ("in_front", "axes that were put in front", 0.5, IN_FRONT),
    ("stretched", "axes of size 1 that were stretched", 0.5, STRETCHED),
    ("both", "axes in front and stretched ones together, and numbers", 0.5, BOTH),
    ("nothing_to_do", "shapes that were equal", 0.25, NOTHING),
):
    unbroadcast.probe(
        topic,
        points=points,
        inputs=cases(before),
        name=name,
        experiment="multiply arrays of these two shapes: each small element is used in several "
        "places. Then try a gradient that has the shape already, and one of shape ().",
    )(Calls("unbroadcast", "the gradient", order="grad, shape"))

unbroadcast.pure(
    "the gradient",
    points=0.25,
    inputs=lambda rng: {"grad": rng.normal(size=(5, 4, 3)), "shape": (1, 3)},
)
