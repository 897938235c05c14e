"""Mistakes in a single step."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Bank


def declare(bank: Bank) -> None:
    @bank.wrong(
        "descent_step",
        "The step adds lr * grad, so it climbs: the gradient points uphill. To go down, move "
        "against it; look at the sign in front of lr.",
    )
    def plus_sign(x: Any, grad: Any, lr: float) -> Any:
        return x + lr * grad

    @bank.wrong(
        "descent_step",
        "What comes back is the move, and not the place where it ends. The new point is the old "
        "one with the move applied to it: look at what is returned.",
    )
    def returns_the_move(x: Any, grad: Any, lr: float) -> Any:
        return -lr * grad

    @bank.wrong(
        "descent_step",
        "What comes back is lr * grad, the length to go, and not the place where you then are. "
        "Start from the old point: look at what is returned.",
    )
    def returns_rate_times_gradient(x: Any, grad: Any, lr: float) -> Any:
        return lr * grad

    @bank.wrong(
        "descent_step",
        "The point moves by the whole gradient, and the rate plays no part. The rate says how "
        "much of the gradient to take: look for a place where lr should stand.",
    )
    def rate_left_out(x: Any, grad: Any, lr: float) -> Any:
        return x - 1.0 * grad

    @bank.wrong(
        "descent_step",
        "The move has the length lr in every coordinate, whatever the slope: only the gradient's "
        "sign is used. The rate is a factor, so look at where the gradient's size is lost.",
    )
    def sign_only(x: Any, grad: Any, lr: float) -> Any:
        return x - lr * np.sign(grad)

    @bank.wrong(
        "descent_step",
        "The gradient is scaled to length 1 first, so every move is exactly lr long and the path "
        "cannot settle. The rate multiplies the gradient as it is: look at what the division does "
        "near the bottom.",
    )
    def unit_length(x: Any, grad: Any, lr: float) -> Any:
        return x - lr * grad / np.linalg.norm(grad)

    @bank.wrong(
        "descent_step",
        "The point itself is multiplied by the rate, in the place of the gradient: that goes to "
        "zero wherever the valley lies. Look at which of x and grad stands beside lr.",
    )
    def point_for_gradient(x: Any, grad: Any, lr: float) -> Any:
        return x - lr * x

    @bank.wrong(
        "descent_step",
        "The gradient is divided by the rate, so a smaller rate makes a longer move. The rate is "
        "the part of the gradient to take: look at the operation between the two.",
    )
    def divided_by_rate(x: Any, grad: Any, lr: float) -> Any:
        return x - grad / lr

    @bank.wrong(
        "descent_step",
        "The update is written into the array that was handed in, so the caller's point moves "
        "too. Numbers hide this; look at what `-=` does to an array, and make a new one.",
        about="anything",
    )
    def caller_moves_too(x: Any, grad: Any, lr: float) -> Any:
        x -= lr * grad
        return x
