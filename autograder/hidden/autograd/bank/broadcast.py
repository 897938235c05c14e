"""Mistakes in unbroadcast."""

from functools import partial
from typing import Any

import numpy as np

from autograder.api import Bank

bank = Bank()
unbroadcast = bank.exercise("unbroadcast")
shows = partial(unbroadcast.edit, about="anything")  # by a shape

EQUAL = "    if grad.shape == tuple(shape):\n        return grad\n"
IN_FRONT = "    grad = grad.sum(axis=tuple(range(in_front)))\n"
AXES = "tuple(i for i, n in enumerate(shape) if n == 1)"
ONE_BY_ONE = "    for i in stretched:\n        grad = grad.sum(axis=i)\n    return grad"
STRETCHED = "    return grad.sum(axis=stretched, keepdims=True)"

shows(
    "axis_0_only",
    "Whatever was broadcast, axis 0 is summed once and nothing else. The shapes say which axes: "
    "those in front that the small one lacks, and those of size 1.",
    (IN_FRONT, "    return grad.sum(axis=0)\n"),
)
shows(
    "only_in_front",
    "Axes that were put in front are summed, and axes of size 1 that were stretched are not. A "
    "column of a table was used in several places too: its gradient is a column.",
    (STRETCHED, "    return grad"),
    source="ARENA, chapter 0.4, unbroadcast",
)
shows(
    "only_stretched",
    "Stretched axes are summed, and axes that were put in front stay. They did not exist before: "
    "sum over them until the number of axes is that of the shape.",
    (IN_FRONT, ""),
)
shows(
    "one_axis_in_front",
    "Of the axes that were put in front one is summed, and the others stay. Sum over all that the "
    "shape does not have: compare the numbers of axes.",
    (IN_FRONT, "    grad = grad.sum(axis=0) if in_front else grad\n"),
)
shows(
    "axes_in_front_kept",
    "Axes that were put in front are summed and stay, with size 1. They did not exist before the "
    "broadcast: a row gets the gradient of a row, not of a table with one row.",
    (IN_FRONT, IN_FRONT.replace("))\n", ", keepdims=True)\n").replace("front)", "front))")),
    (AXES, AXES.replace("i for", "i + in_front for")),
)
for name, *edits in (
    ("stretched_axes_dropped", (STRETCHED, "    return grad.sum(axis=stretched)")),
    ("stretched_axes_dropped_one_by_one", (EQUAL, ""), (STRETCHED, ONE_BY_ONE)),
):
    shows(
        name,
        "The stretched axes are summed and then gone. Before the broadcast they were there, with "
        "size 1: the gradient of a (3, 1) has the shape (3, 1).",
        *edits,
    )
shows(
    "first_stretched_axis_only",
    "Of the axes that were stretched only the first is summed. Each axis of size 1 may have been "
    "stretched: go through all of them.",
    (STRETCHED, STRETCHED.replace("=stretched", "=stretched[:1]")),
)
unbroadcast.edit(
    "averaged",
    "The places where an element was used are averaged. Each place adds its own blame, so it is "
    "their sum: nudge one small element, and all its copies move.",
    (IN_FRONT, IN_FRONT.replace("sum", "mean")),
    (STRETCHED, STRETCHED.replace("sum", "mean")),
)


@unbroadcast.wrong(
    "The gradient of one of the copies is taken, and that of the others is lost. Every place where "
    "an element was used sends blame, and all of it adds up.",
)
def first_copy_only(grad: Any, shape: Any) -> Any:
    grad = grad[(0,) * (grad.ndim - len(shape))]
    return grad[tuple(slice(0, 1) if n == 1 else slice(None) for n in shape)]


@unbroadcast.wrong(
    "Every element gets the sum of the whole gradient. It is to blame only for the places where it "
    "was used itself: sum over the broadcast axes, and over no others.",
)
def whole_sum_everywhere(grad: Any, shape: Any) -> Any:
    return grad if grad.shape == shape else np.full(shape, grad.sum())


LEFT = (
    "The shapes are aligned on the left, so the last axes are summed away. NumPy aligns them on "
    "the right: what is missing was put in front."
)
MANUAL = "NumPy manual, General broadcasting rules"
shows(
    "aligned_on_the_left",
    LEFT,
    (IN_FRONT, IN_FRONT.replace("in_front", "len(shape), grad.ndim")),
    source=MANUAL,
)
shows(
    "compared_from_the_left",
    LEFT.replace("so the last axes are summed away", "and each axis that differs is summed"),
    (IN_FRONT, ""),
    (AXES, "tuple(i for i, n in enumerate(shape) if n != grad.shape[i])"),
    source=MANUAL,
)
shows(
    "summed_in_place",
    "The gradient is added up in place, so the caller's array changes. It is still needed for the "
    "other parent: make a new array of the sums.",
    (
        IN_FRONT,
        "    for _ in range(in_front):\n        for other in grad[1:]:\n"
        "            grad[0, ...] += other\n        grad = grad[0]\n",
    ),
)
