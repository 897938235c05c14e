"""Mistakes in unbroadcast."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Bank

KEY = "unbroadcast"
IN_FRONT = "    grad = grad.sum(axis=tuple(range(in_front)))\n"
STRETCHED = "return grad.sum(axis=stretched, keepdims=True)"


def declare(bank: Bank) -> None:
    bank.edit(
        KEY,
        "only_in_front",
        "Axes that were put in front are summed, and axes of size 1 that were stretched are not. "
        "A column of a table was used in several places too: its gradient is a column.",
        (STRETCHED, "return grad"),
        source="ARENA, chapter 0.4, unbroadcast",
        about="anything",
    )
    bank.edit(
        KEY,
        "only_stretched",
        "Stretched axes are summed, and axes that were put in front stay. They did not exist "
        "before: sum over them until the number of axes is that of the shape.",
        (IN_FRONT, ""),
        about="anything",
    )
    bank.edit(
        KEY,
        "stretched_axes_dropped",
        "The stretched axes are summed and then gone. Before the broadcast they were there, with "
        "size 1: the gradient of a (3, 1) has the shape (3, 1).",
        (STRETCHED, "return grad.sum(axis=stretched)"),
        about="anything",
    )
    bank.edit(
        KEY,
        "averaged",
        "The places where an element was used are averaged. Each place adds its own blame, so it "
        "is their sum: nudge one small element, and all its copies move.",
        ("grad = grad.sum(axis=tuple", "grad = grad.mean(axis=tuple"),
        (STRETCHED, "return grad.mean(axis=stretched, keepdims=True)"),
    )

    @bank.wrong(
        KEY,
        "The gradient of one of the copies is taken, and that of the others is lost. Every place "
        "where an element was used sends blame, and all of it adds up.",
    )
    def first_copy_only(grad: Any, shape: Any) -> Any:
        grad = grad[(0,) * (grad.ndim - len(shape))]
        return grad[tuple(slice(0, 1) if n == 1 else slice(None) for n in shape)]

    @bank.wrong(
        KEY,
        "Every element gets the sum of the whole gradient. It is to blame only for the places "
        "where it was used itself: sum over the broadcast axes, and over no others.",
    )
    def whole_sum_everywhere(grad: Any, shape: Any) -> Any:
        return grad if grad.shape == shape else np.full(shape, grad.sum())

    @bank.wrong(
        KEY,
        "The shapes are aligned on the left, so the last axes are summed away. NumPy aligns them "
        "on the right: what is missing was put in front.",
        source="NumPy manual, General broadcasting rules",
        about="anything",
    )
    def aligned_on_the_left(grad: Any, shape: Any) -> Any:
        grad = grad.sum(axis=tuple(range(len(shape), grad.ndim)))
        return grad.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)

    @bank.wrong(
        KEY,
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
