"""Mistakes in a single step."""

from typing import Any

from autograder.api import Bank

bank = Bank()
step = bank.exercise("descent_step")
RIGHT = "x - lr * grad"
step.edit(
    "plus_sign",
    "The step adds lr * grad, so it climbs: the gradient points uphill. To go down, move "
    "against it; look at the sign in front of lr.",
    (RIGHT, "x + lr * grad"),
)
step.edit(
    "returns_the_move",
    "What comes back is the move, and not the place where it ends. The new point is the old "
    "one with the move applied to it: look at what is returned.",
    (RIGHT, "-lr * grad"),
)
step.edit(
    "returns_rate_times_gradient",
    "What comes back is lr * grad, the length to go, and not the place where you then are. "
    "Start from the old point: look at what is returned.",
    (RIGHT, "lr * grad"),
)
step.edit(
    "rate_left_out",
    "The point moves by the whole gradient, and the rate plays no part. The rate says how "
    "much of the gradient to take: look for a place where lr should stand.",
    (RIGHT, "x - 1.0 * grad"),
)
step.edit(
    "sign_only",
    "The move has the length lr in every coordinate, whatever the slope: only the gradient's "
    "sign is used. The rate is a factor, so look at where the gradient's size is lost.",
    (RIGHT, "x - lr * np.sign(grad)"),
)
step.edit(
    "unit_length",
    "The gradient is scaled to length 1 first, so every move is exactly lr long and the path "
    "cannot settle. The rate multiplies the gradient as it is: look at what the division does "
    "near the bottom.",
    (RIGHT, "x - lr * grad / np.linalg.norm(grad)"),
)
step.edit(
    "point_for_gradient",
    "The point itself is multiplied by the rate, in the place of the gradient: that goes to "
    "zero wherever the valley lies. Look at which of x and grad stands beside lr.",
    (RIGHT, "x - lr * x"),
)
step.edit(
    "divided_by_rate",
    "The gradient is divided by the rate, so a smaller rate makes a longer move. The rate is "
    "the part of the gradient to take: look at the operation between the two.",
    (RIGHT, "x - grad / lr"),
)


@step.wrong(
    "The update is written into the array that was handed in, so the caller's point moves "
    "too. Numbers hide this; look at what `-=` does to an array, and make a new one.",
    about="anything",
)
def caller_moves_too(x: Any, grad: Any, lr: float) -> Any:
    x -= lr * grad
    return x
