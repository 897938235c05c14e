"""Probes of the linear layer and of the three activation functions: ReLU, sigmoid, tanh."""

from collections.abc import Mapping

import numpy as np

from autograder.api import FORMULA, Inputs, Pair, Probes
from autograder.hidden.backprop.probes.batches import MakeInputs, Shapes, batches

probes = Probes()


def declare(layer: str, grads: tuple[str, ...], points: float, *inputs: MakeInputs) -> Pair:
    """What is asked of every layer; forward and backward have the points each, and the inputs are
    several batches, two of one shape, and a few that stay as they are."""
    several, two, few = inputs
    order = "x, W, b" if layer == "linear" else "x"
    pair = Pair(f"{layer}_forward", f"{layer}_backward", ("out", "cache"), grads, order)
    said = "a linear layer" if layer == "linear" else layer
    exercise = probes.exercise(f"{layer}_forward__{layer}_backward", tolerance=FORMULA)
    exercise.probe(f"the values of {said}", name="forward", points=points, inputs=several)(
        pair.ahead
    )
    exercise.probe(
        f"the gradient of {said}",
        name="backward",
        points=points,
        inputs=several,
        experiment="compare it with numerical_gradient of np.sum(out * dout), dout random.",
    )(pair.back)
    exercise.probe(
        "two caches at once, and one used twice",
        name="outstanding",
        points=0.25,
        inputs=two,
        kind="side",
        experiment="run two forwards before the first backward, and one backward twice.",
    )(pair.outstanding)
    exercise.probe(
        "what is passed in stays unchanged", name="pure", points=0.25, inputs=few, kind="side"
    )(pair.pure)
    return pair


def linear_shapes(n: int, d: int, m: int) -> Shapes:
    return {"x": (n, d), "W": (d, m), "b": (m,), "dout": (n, m)}


sizes = {"for_five_rows": (5, 3, 4), "for_two_rows": (2, 4, 3), "for_one_column": (4, 2, 1)}
linear = declare(
    "linear",
    ("dx", "dW", "db"),
    0.5,
    batches(linear_shapes, scales=True, **sizes),
    batches(linear_shapes, for_one_batch=(3, 2, 4), for_another_batch=(3, 2, 4)),
    batches(linear_shapes, for_three_rows=(3, 2, 4), for_one_row=(1, 2, 3)),
)
probes.exercise("linear_forward__linear_backward", tolerance=FORMULA).probe(
    "gradients where all sizes are equal",
    name="square",  # where a missing transpose is a wrong number, and no exception
    points=0.25,
    inputs=batches(linear_shapes, for_square_arrays=(3, 3, 3)),
    experiment="check W alone with numerical_gradient, where all sizes are 3.",
)(linear.back)
probes.exercise("linear_forward__linear_backward", tolerance=FORMULA).probe(
    "gradients for one row, and for one input",
    name="one",
    points=0.25,
    inputs=batches(linear_shapes, for_one_row=(1, 3, 2), for_one_input=(4, 1, 2)),
    experiment="print the shapes of x, W and dout beside those of the three gradients.",
)(linear.back)


def shapes(*shape: int) -> Shapes:
    return {"x": shape, "dout": shape}


def at(points: Mapping[str, tuple[float, ...]]) -> MakeInputs:
    """Inputs at chosen points, with a random dout."""

    def inputs(rng: np.random.Generator) -> Inputs:
        made = {}
        for where, some in points.items():
            x = np.array(some, float)[:, None] * np.ones(2)
            made[where] = {"x": x, "dout": rng.uniform(0.5, 1.5, size=x.shape)}
        return made

    return inputs


activations = {}
for layer in ("relu", "sigmoid", "tanh"):
    activations[layer] = declare(
        layer,
        ("dx",),
        0.65,
        batches(shapes, scales=True, for_a_batch=(4, 5), for_three_axes=(2, 3, 2)),
        batches(shapes, for_one_batch=(3, 4), for_another_batch=(3, 4)),
        batches(shapes, for_a_batch=(4, 5), for_one_row=(1, 3)),
    )
probes.exercise("relu_forward__relu_backward", tolerance=FORMULA).probe(
    "exactly at 0, and close to 0",
    name="edge",
    points=0.2,
    inputs=at({"around 0": (0.0, -0.0, 1e-9, -1e-9, 2.0, 2.0, -2.0)}),
    experiment="try x = 0.0 and 1e-9 with dout = 1: the gradients are 0 and 1.",
)(activations["relu"].both)
for layer in ("sigmoid", "tanh"):
    probes.exercise(f"{layer}_forward__{layer}_backward", tolerance=FORMULA).probe(
        "far out, at -1e4 and 1e4",
        name="edge",
        points=0.2,
        inputs=at({"at -1e4 and 1e4": (-1e4, 1e4), "from -700 to 800": (-700, -30, 0, 30, 800)}),
        kind="side",
        experiment="print out and dx at x = 1e4.",
    )(activations[layer].both)
