"""Mistakes in unbroadcast."""

from functools import partial
from typing import Any

import numpy as np

from autograder.api import Bank

bank = Bank()
unbroadcast = bank.exercise("unbroadcast")
shows = partial(unbroadcast.edit, about="anything")  # by a shape

IN_FRONT = "    grad = grad.sum(axis=tuple(range(in_front)))\n"
STRETCHED = "return grad.sum(axis=stretched, keepdims=True)"
shows(
    "only_in_front",
    "Axes that were put in front are summed, and axes of size 1 that were stretched are not. A "
    "column of a table was used in several places too: its gradient is a column.",
    (STRETCHED, "return grad"),
    source="ARENA, chapter 0.4, unbroadcast",
)
shows(
    "only_stretched",
    "Stretched axes are summed, and axes that were put in front stay. They did not exist "
    "before: sum over them until the number of axes is that of the shape.",
    (IN_FRONT, ""),
)
shows(
    "stretched_axes_dropped",
    "The stretched axes are summed and then gone. Before the broadcast they were there, with "
    "size 1: the gradient of a (3, 1) has the shape (3, 1).",
    (STRETCHED, "return grad.sum(axis=stretched)"),
)
unbroadcast.edit(
    "averaged",
    "The places where an element was used are averaged. Each place adds its own blame, so it is "
    "their sum: nudge one small element, and all its copies move.",
    ("grad = grad.sum(axis=tuple", "grad = grad.mean(axis=tuple"),
    (STRETCHED, "return grad.mean(axis=stretched, keepdims=True)"),
)


@unbroadcast.wrong(
    "The gradient of one of the copies is taken, and that of the others is lost. Every place "
    "where an element was used sends blame, and all of it adds up.",
)
def first_copy_only(grad: Any, shape: Any) -> Any:
    grad = grad[(0,) * (grad.ndim - len(shape))]
    return grad[tuple(slice(0, 1) if n == 1 else slice(None) for n in shape)]


@unbroadcast.wrong(
    "Every element gets the sum of the whole gradient. It is to blame only for the places where "
    "it was used itself: sum over the broadcast axes, and over no others.",
)
def whole_sum_everywhere(grad: Any, shape: Any) -> Any:
    return grad if grad.shape == shape else np.full(shape, grad.sum())


@unbroadcast.wrong(
    "The shapes are aligned on the left, so the last axes are summed away. NumPy aligns them on "
    "the right: what is missing was put in front.",
    source="NumPy manual, General broadcasting rules",
    about="anything",
)
def aligned_on_the_left(grad: Any, shape: Any) -> Any:
    grad = grad.sum(axis=tuple(range(len(shape), grad.ndim)))
    return grad.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)


@unbroadcast.wrong(
    "The gradient is added up in place, so the caller's array changes. It is still needed for "
    "the other parent: make a new array of the sums.",
    about="anything",
)
def summed_in_place(grad: Any, shape: Any) -> Any:
    rest = grad
    while rest.ndim > len(shape):
        for other in rest[1:]:
            rest[0, ...] += other
        rest = rest[0]
    return rest.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)
