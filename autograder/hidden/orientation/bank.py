"""Misconceptions of lesson 00: never enters a kernel."""

from __future__ import annotations

from typing import Any

from autograder.misconception import Bank

bank = Bank("00_orientation")


@bank.wrong(
    "descent_step",
    "The step adds lr * grad, so it climbs: the gradient points uphill. To go down, move against it, "
    "and look at the sign in front of lr.",
)
def plus_sign(x: Any, grad: Any, lr: float) -> Any:
    return x + lr * grad


bank.edit(
    "descend",
    "start_left_out",
    "The path begins after the first step. It has steps + 1 points, and the start is the first of them.",
    ("path = [x]", "path = []"),
    about="anything",
)
