"""Probes of the linear layer."""

from autograder.api import FORMULA, Pair, Probes
from autograder.hidden.backprop.probes.batches import Shapes, batches

probes = Probes()
linear = probes.exercise("linear_forward__linear_backward")
layer = Pair("linear_forward", "linear_backward", ("out", "cache"), ("dx", "dW", "db"))


def shapes(n: int, d: int, m: int) -> Shapes:
    return {"x": (n, d), "W": (d, m), "b": (m,), "dout": (n, m)}


linear.probe(
    "the forward of a linear layer",
    name="forward",
    points=0.5,
    inputs=batches(
        shapes,
        scales=True,
        for_five_rows=(5, 3, 4),
        for_one_row=(1, 2, 3),
        for_one_column=(4, 2, 1),
    ),
    tolerance=FORMULA,
)(layer.ahead)
linear.probe(
    "its three gradients",
    name="backward",
    points=0.5,
    inputs=batches(shapes, scales=True, for_five_rows=(5, 3, 4), for_two_rows=(2, 4, 3)),
    tolerance=FORMULA,
    experiment="compare each gradient with numerical_gradient, on a batch whose sizes all differ.",
)(layer.back)
linear.probe(
    "gradients where all sizes are equal, and for one row",
    name="square_and_one",
    points=0.5,
    inputs=batches(
        shapes, for_square_arrays=(3, 3, 3), for_one_row=(1, 3, 2), for_one_input=(4, 1, 2)
    ),
    tolerance=FORMULA,
    experiment="check W alone with numerical_gradient, where all sizes are 3.",
)(layer.back)
linear.probe(
    "two caches at once, and one used twice",
    name="outstanding",
    points=0.25,
    inputs=batches(shapes, first=(3, 2, 4), second=(3, 2, 4)),
    kind="side",
    experiment="run two forwards before the first backward.",
)(layer.outstanding)
linear.probe(
    "nothing that was handed in is changed",
    name="pure",
    points=0.25,
    inputs=batches(shapes, for_three_rows=(3, 2, 4), for_one_row=(1, 2, 3)),
    kind="side",
)(layer.pure)
