"""Misconceptions of lesson 00: never enters a kernel."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.misconception import Bank

bank = Bank("00_orientation")

# descent_step


@bank.wrong(
    "descent_step",
    "The step adds lr * grad, so it climbs: the gradient points uphill. To go down, move against "
    "it; look at the sign in front of lr.",
    source="curriculum: plus sign",
)
def plus_sign(x: Any, grad: Any, lr: float) -> Any:
    return x + lr * grad


@bank.wrong(
    "descent_step",
    "What comes back is the move, and not the place where it ends. The new point is the old one "
    "with the move applied to it: look at what is returned.",
)
def returns_the_move(x: Any, grad: Any, lr: float) -> Any:
    return -lr * grad


@bank.wrong(
    "descent_step",
    "What comes back is lr * grad, the length to go, and not the place where you then are. Start "
    "from the old point: look at what is returned.",
)
def returns_rate_times_gradient(x: Any, grad: Any, lr: float) -> Any:
    return lr * grad


@bank.wrong(
    "descent_step",
    "The point moves by the whole gradient, and the rate plays no part. The rate says how much of "
    "the gradient to take: look for a place where lr should stand.",
)
def rate_left_out(x: Any, grad: Any, lr: float) -> Any:
    return x - 1.0 * grad


@bank.wrong(
    "descent_step",
    "The move has the length lr in every coordinate, whatever the slope: only the gradient's sign "
    "is used. The rate is a factor, so look at where the gradient's size is lost.",
    source="sign descent, the limit of Adam",
)
def sign_only(x: Any, grad: Any, lr: float) -> Any:
    return x - lr * np.sign(grad)


@bank.wrong(
    "descent_step",
    "The gradient is scaled to length 1 first, so every move is exactly lr long and the path "
    "cannot settle. The rate multiplies the gradient as it is: look at what the division does "
    "near the bottom.",
    source="normalised gradient descent",
)
def unit_length(x: Any, grad: Any, lr: float) -> Any:
    return x - lr * grad / np.linalg.norm(grad)


@bank.wrong(
    "descent_step",
    "The point itself is multiplied by the rate, in the place of the gradient: that goes to zero "
    "wherever the valley lies. Look at which of x and grad stands beside lr.",
)
def point_for_gradient(x: Any, grad: Any, lr: float) -> Any:
    return x - lr * x


@bank.wrong(
    "descent_step",
    "The gradient is divided by the rate, so a smaller rate makes a longer move. The rate is the "
    "part of the gradient to take: look at the operation between the two.",
)
def divided_by_rate(x: Any, grad: Any, lr: float) -> Any:
    return x - grad / lr


@bank.wrong(
    "descent_step",
    "The update is written into the array that was handed in, so the caller's point moves too. "
    "Numbers hide this; look at what `-=` does to an array, and make a new one.",
    source="list of mistakes, 60",
    about="anything",
)
def caller_moves_too(x: Any, grad: Any, lr: float) -> Any:
    x -= lr * grad
    return x


# descend

OVERWRITTEN = (
    "All rows of the path are one and the same array, written over in every step, so each shows "
    "the last point. Look at what `-=` does to an array that the path already holds."
)


@bank.wrong("descend", OVERWRITTEN, source="curriculum: in-place update")
def path_overwritten(grad_fn: Any, x0: Any, lr: float, steps: int) -> Any:
    x = np.array(x0, dtype=float)
    path = [x]
    for _ in range(steps):
        x -= lr * grad_fn(x)
        path.append(x)
    return np.array(path)


@bank.wrong("descend", OVERWRITTEN, about="anything")
def path_and_start_overwritten(grad_fn: Any, x0: Any, lr: float, steps: int) -> Any:
    x = x0
    path = [x]
    for _ in range(steps):
        x -= lr * grad_fn(x)
        path.append(x)
    return np.array(path, dtype=float)


@bank.wrong("descend", OVERWRITTEN)
def own_float_array_overwritten(grad_fn: Any, x0: Any, lr: float, steps: int) -> Any:
    x = float(x0) if np.ndim(x0) == 0 else np.array(x0, dtype=float)
    path = [x]
    for _ in range(steps):
        x -= lr * grad_fn(x)
        path.append(x)
    return np.array(path)


@bank.wrong(
    "descend",
    "The start itself is changed: its array is the one that moves. The caller still needs it; "
    "look at where x0 gets its second name, and work on a new array.",
    about="anything",
)
def start_moves(grad_fn: Any, x0: Any, lr: float, steps: int) -> Any:
    x = np.asarray(x0, dtype=float)
    path = [np.copy(x)]
    for _ in range(steps):
        x -= lr * grad_fn(x)
        path.append(np.copy(x))
    return np.array(path)


bank.edit(
    "descend",
    "start_left_out",
    "The path begins after the first step. It has steps + 1 points and the start is the first of "
    "them: look at what the path holds before the loop.",
    ("path = [x]", "path = []"),
    source="curriculum",
    about="anything",
)
bank.edit(
    "descend",
    "end_left_out",
    "Each point is kept before the step and the last one never is, so the path has one point too "
    "few. Look at what the path holds after a single step.",
    ("path = [x]", "path = []"),
    (
        "        x = descent_step(x, grad_fn(x), lr)\n        path.append(x)",
        "        path.append(x)\n        x = descent_step(x, grad_fn(x), lr)",
    ),
    about="anything",
)
bank.edit(
    "descend",
    "one_step_too_many",
    "The loop makes one update more than asked. The path has steps + 1 points because the start "
    "is one of them: count the updates for steps = 0.",
    ("range(steps)", "range(steps + 1)"),
    source="curriculum",
    about="anything",
)
bank.edit(
    "descend",
    "shifted_by_one",
    "The number of points is right, but the first of them is the point after one step: the start "
    "is left out and one step more is made. Look at path[0].",
    ("path = [x]", "path = []"),
    ("range(steps)", "range(steps + 1)"),
)
bank.edit(
    "descend",
    "gradient_at_start_only",
    "The gradient is measured once, at the start, and used for every step: a straight line. The "
    "slope changes as the point moves, so look at where grad_fn is called.",
    ("    for _ in range(steps):", "    grad = grad_fn(x)\n    for _ in range(steps):"),
    ("descent_step(x, grad_fn(x), lr)", "descent_step(x, grad, lr)"),
    source="curriculum",
)
bank.edit(
    "descend",
    "gradient_always_at_x0",
    "Every step asks for the gradient at x0, so all moves are the same: a straight line. The "
    "slope changes as the point moves; look at what grad_fn is given.",
    ("descent_step(x, grad_fn(x), lr)", "descent_step(x, grad_fn(path[0]), lr)"),
)
bank.edit(
    "descend",
    "every_step_from_the_start",
    "Each update is taken from the start in place of the point reached so far, so the moves do "
    "not add up. Look at what the gradient is subtracted from in the second step.",
    ("descent_step(x, grad_fn(x), lr)", "descent_step(path[0], grad_fn(x), lr)"),
)
bank.edit(
    "descend",
    "never_moves_on",
    "The new point is kept, but the next step starts from the old one again, so every point after "
    "the start is the same. Look at what x is when the loop comes round.",
    ("        x = descent_step(x, grad_fn(x), lr)\n", ""),
    ("path.append(x)", "path.append(descent_step(x, grad_fn(x), lr))"),
)
bank.edit(
    "descend",
    "climbs",
    "The path runs uphill: each step adds lr times the gradient, which points up. Look at the "
    "sign of the update, here or in the step that it calls.",
    ("descent_step(x, grad_fn(x), lr)", "x + lr * grad_fn(x)"),
)
bank.edit(
    "descend",
    "rate_decays",
    "The rate is divided by the number of the step, as some schedules do. Here it stays the same "
    "throughout: the moves shrink because the slope does. Look at what multiplies the gradient.",
    ("for _ in range(steps)", "for t in range(steps)"),
    ("descent_step(x, grad_fn(x), lr)", "descent_step(x, grad_fn(x), lr / (t + 1))"),
    source="Robbins and Monro (1951): a decaying rate",
)
bank.edit(
    "descend",
    "gradients_kept",
    "After the start, the path holds gradients in place of points. It should tell where the "
    "descent was: look at what is appended after each step.",
    ("x = descent_step(x, grad_fn(x), lr)", "x = descent_step(x, grad := grad_fn(x), lr)"),
    ("path.append(x)", "path.append(grad)"),
)
bank.edit(
    "descend",
    "moves_kept",
    "After the start, the path holds the moves, each a difference of two points. It should hold "
    "the points themselves: look at what is appended after each step.",
    ("        x = descent_step(x,", "        old, x = x, descent_step(x,"),
    ("path.append(x)", "path.append(x - old)"),
)
bank.edit(
    "descend",
    "last_point_only",
    "What comes back is the point where the descent ends, without the way there. The path is "
    "asked for: every point, the start first, in one array.",
    ("return np.array(path)", "return path[-1]"),
    about="anything",
)
bank.edit(
    "descend",
    "list_of_points",
    "The points are right, and they come back as a list. A path is one float64 array with a row "
    "for each point: look at the last line.",
    ("return np.array(path)", "return path"),
    about="anything",
)
bank.edit(
    "descend",
    "one_gradient_too_many",
    "The path is right, but grad_fn is called once more than there are steps, at the last point, "
    "where no step follows. Gradients are what training pays for: count the calls for steps = 0.",
    ("    return np.array(path)", "    grad_fn(x)\n    return np.array(path)"),
    about="anything",
)
bank.edit(
    "descend",
    "two_gradients_a_step",
    "The path is right, but grad_fn is called twice in every step. Gradients are what training "
    "pays for: keep the first result in a variable and use it again.",
    ("        x = descent_step(x", "        grad_fn(x)\n        x = descent_step(x"),
    about="anything",
)


@bank.wrong(
    "descend",
    "Integers as a start make an integer path, and every point is cut to a whole number. Look at "
    "the dtype of the array that the points are written into: it has to be float64.",
    source="list of mistakes, 60",
    about="anything",
)
def cut_to_integers(grad_fn: Any, x0: Any, lr: float, steps: int) -> Any:
    start = np.asarray(x0)
    path = np.empty((steps + 1, *start.shape), dtype=start.dtype)
    path[0] = start
    for t in range(steps):
        path[t + 1] = path[t] - lr * grad_fn(path[t])
    return path


bank.edit(
    "descend",
    "gradient_scaled_in_place",
    "The array that grad_fn returns is multiplied by the rate in place. It belongs to grad_fn, "
    "which may hand it out again: then it shrinks at every step. Make a new array.",
    (
        "x = descent_step(x, grad_fn(x), lr)",
        "grad = grad_fn(x)\n        grad *= lr\n        x = x - grad",
    ),
    source="list of mistakes, 9",
)

# largest_stable_lr


def _rate(name: str, text: str, new: str, source: str = "", **more: Any) -> None:
    bank.edit("largest_stable_lr", name, text, ("2 / max(curvatures)", new), source=source, **more)


_rate(
    "flattest_decides",
    "The smallest curvature is used, so only the flattest coordinate is safe. All have to shrink, "
    "and the steepest is the first that does not: look at which bound is the tightest.",
    "2 / min(curvatures)",
)
_rate(
    "half_the_edge",
    "This is 1 / c, the rate that lands on the bottom in one step (or the edge without the one "
    "half in f). The path still arrives above it: look at when 1 - lr * c reaches -1.",
    "1 / max(curvatures)",
    "the 1 / L of textbooks",
)
_rate(
    "fastest_rate",
    "This is 2 / (c_max + c_min), the rate that converges fastest. The largest stable one is "
    "higher: it asks only that the steepest coordinate still shrinks.",
    "2 / (max(curvatures) + min(curvatures))",
    "Polyak (1964); Boyd and Vandenberghe (2004)",
)
_rate(
    "mean_curvature",
    "The mean of the curvatures is used, as if coordinates could make up for each other. Each has "
    "its own factor, and one that grows is enough: look at the steepest alone.",
    "2 * len(curvatures) / sum(curvatures)",
)
_rate(
    "sum_of_curvatures",
    "The curvatures are added up, which is safe and too careful: coordinates do not push each "
    "other. Look at the factor of each by itself, and at which one leaves first.",
    "2 / sum(curvatures)",
    "the trace as a bound",
)
_rate(
    "length_of_curvatures",
    "The curvatures are combined as the length of a vector, which is safe and too careful. Each "
    "coordinate has its own factor: look at which one leaves first.",
    "float(2 / np.linalg.norm(curvatures))",
)
for place, index in (("first", 0), ("last", -1)):
    _rate(
        f"{place}_decides",
        f"The {place} curvature is taken for the largest. They come in any order: look at what "
        "happens when the steep coordinate stands somewhere else.",
        f"2 / curvatures[{index}]",
    )
_rate(
    "upside_down",
    "The result grows with the curvature, so the steeper the bowl, the larger the rate. Steep "
    "bowls need small ones: look at which number divides which.",
    "max(curvatures) / 2",
)
_rate(
    "whole_division",
    "The division cuts its result to a whole number, so integers as curvatures give a rate that "
    "is far off. Look at the operator: one slash divides, two slashes cut.",
    "2 // max(curvatures)",
    about="anything",
)


@bank.wrong(
    "largest_stable_lr",
    "The rate is right, but the caller's curvatures have been sorted on the way. They belong to "
    "the caller, and a tuple cannot be sorted in place: find the largest without moving any.",
    about="anything",
)
def sorts_the_callers(curvatures: Any) -> Any:
    curvatures.sort()
    return 2 / curvatures[-1]
