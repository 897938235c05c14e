"""Mistakes in numerical_gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Bank

KEY = "numerical_gradient"


def declare(bank: Bank) -> None:
    bank.edit(
        KEY,
        "forward_difference",
        "The slope is taken between x and x + eps, to one side only, so half of the curvature "
        "stays in it. A central difference looks the same distance both ways.",
        ("down[index] -= eps", "pass"),
        ("/ (2 * eps)", "/ eps"),
        source="CS231n notes, Gradient checks",
    )
    bank.edit(
        KEY,
        "backward_difference",
        "The slope is taken between x - eps and x, to one side only, so half of the curvature "
        "stays in it. A central difference looks the same distance both ways.",
        ("up[index] += eps", "pass"),
        ("/ (2 * eps)", "/ eps"),
        source="CS231n notes, Gradient checks",
    )
    bank.edit(
        KEY,
        "divided_by_eps",
        "The difference of the two values is divided by eps, which gives twice the slope: the two "
        "points are further apart than that. Look at their distance.",
        ("/ (2 * eps)", "/ eps"),
    )
    bank.edit(
        KEY,
        "half_times_eps",
        "The difference is halved and then multiplied by eps: without brackets, / 2 * eps goes "
        "from left to right. The whole distance belongs below the line.",
        ("/ (2 * eps)", "/ 2 * eps"),
    )
    bank.edit(
        KEY,
        "fixed_step",
        "The step is always 1e-6: the argument eps has no effect. Look at where the step enters, "
        "and at what the caller asked for.",
        ("up[index] += eps", "up[index] += 1e-6"),
        ("down[index] -= eps", "down[index] -= 1e-6"),
        ("/ (2 * eps)", "/ 2e-6"),
    )

    @bank.wrong(
        KEY,
        "The coordinates are nudged inside x itself. A function that looks at the same array sees "
        "it move as well. Nudge a copy, and leave x alone, even for a moment.",
        source="CS231n assignments, eval_numerical_gradient",
    )
    def perturbed_in_place(f: Any, x: Any, eps: float = 1e-6) -> Any:
        grad = np.zeros(x.shape)
        for index in np.ndindex(x.shape):
            old = x[index]
            x[index] = old + eps
            up = f(x)
            x[index] = old - eps
            down = f(x)
            x[index] = old
            grad[index] = (up - down) / (2 * eps)
        return grad

    @bank.wrong(
        KEY,
        "All coordinates are nudged at once, so every entry holds the sum of the slopes. A "
        "partial derivative moves one coordinate while the others stand still.",
    )
    def all_at_once(f: Any, x: Any, eps: float = 1e-6) -> Any:
        return np.full(x.shape, (f(x + eps) - f(x - eps)) / (2 * eps))

    @bank.wrong(
        KEY,
        "A nudge is not taken back before the next coordinate's turn, so later slopes are "
        "measured somewhere else. Look at what the copy holds when the loop goes on.",
    )
    def nudges_pile_up(f: Any, x: Any, eps: float = 1e-6) -> Any:
        grad, moved = np.zeros(x.shape), x.copy()
        for index in np.ndindex(x.shape):
            moved[index] += eps
            up = f(moved)
            moved[index] -= 2 * eps
            grad[index] = (up - f(moved)) / (2 * eps)
        return grad

    @bank.wrong(
        KEY,
        "The array is flattened with reshape, which gives a view in C order but a copy in any "
        "other order: nudges of that copy never reach f. Index the array itself.",
        source="NumPy manual, Copies and views",
        about="anything",
    )
    def flattened_view(f: Any, x: Any, eps: float = 1e-6) -> Any:
        moved, grad = np.array(x), np.zeros(x.shape)
        flat, slopes = moved.reshape(-1), grad.reshape(-1)
        for i in range(x.size):
            old = flat[i]
            flat[i] = old + eps
            up = f(moved)
            flat[i] = old - eps
            slopes[i] = (up - f(moved)) / (2 * eps)
            flat[i] = old
        return grad
