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
    "What comes back is the move, not the point where it ends. The new point is the old one "
    "plus the move: look at what is returned.",
    (RIGHT, "-lr * grad"),
)
step.edit(
    "returns_rate_times_gradient",
    "What comes back is lr * grad, the step itself, not the point that it leads to. Subtract it "
    "from the old point: look at what is returned.",
    (RIGHT, "lr * grad"),
)
step.edit(
    "rate_left_out",
    "The point moves by the whole gradient, and the rate plays no part. The rate says how "
    "much of the gradient to take: look at where lr belongs in the formula.",
    (RIGHT, "x - 1.0 * grad"),
)
step.edit(
    "sign_only",
    "The move has the length lr in every coordinate, whatever the slope: only the gradient's "
    "sign is used. The rate is a factor, so look at where the gradient's size is lost.",
    (RIGHT, "x - lr * np.sign(grad)"),
)
for name, length in (
    ("unit_length", "np.linalg.norm(grad)"),
    ("unit_length_with_a_guard", "(np.linalg.norm(grad) + 1e-8)"),
    ("unit_length_with_a_small_guard", "(np.linalg.norm(grad) + 1e-12)"),
):
    step.edit(
        name,
        "The gradient is scaled to length 1 first, so every move is lr long and the path cannot "
        "settle. The rate multiplies the gradient as it is: look at what the division does near "
        "the bottom.",
        (RIGHT, f"x - lr * grad / {length}"),
    )
step.edit(
    "point_for_gradient",
    "The rate multiplies the point instead of the gradient, which leads to zero wherever the "
    "valley lies. Look at which of x and grad stands beside lr.",
    (RIGHT, "x - lr * x"),
)
step.edit(
    "divided_by_rate",
    "The gradient is divided by the rate, so a smaller rate makes a longer move. The rate is "
    "the part of the gradient to take: look at the operation between the two.",
    (RIGHT, "x - grad / lr"),
)
for name, text, new in (
    (
        "gradient_halved",
        "The move is half of lr times the gradient, so a step is half as long as it should be. "
        "Nothing is halved in the update: look at the factors in front of grad.",
        "x - lr * grad / 2",
    ),
    (
        "gradient_clipped",
        "The gradient is clipped to between -1 and 1 first, so steep slopes all count the same. "
        "Clipping is another method: here the gradient is used as it is.",
        "x - lr * np.clip(grad, -1, 1)",
    ),
    (
        "point_shrunk",
        "The point is multiplied by 1 - lr before the move, as if the result were an average of "
        "the two. The old point counts in full: only the gradient is multiplied by the rate.",
        "(1 - lr) * x - lr * grad",
    ),
    (
        "signs_swapped",
        "The old point is subtracted from the move, so the result has the wrong sign. Start from "
        "x and subtract lr * grad from it: look at the order of the two.",
        "lr * grad - x",
    ),
):
    step.edit(name, text, (RIGHT, new))


@step.wrong(
    "The update is written into the array that was passed in, so the caller's point moves "
    "too. Numbers hide this: look at what `-=` does to an array, and make a new one.",
    about="anything",
)
def caller_moves_too(x: Any, grad: Any, lr: float) -> Any:
    x -= lr * grad
    return x
