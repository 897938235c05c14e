"""Mistakes in relative_error."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Bank

KEY = "relative_error"


def declare(bank: Bank) -> None:
    @bank.wrong(
        KEY,
        "The largest difference is divided by the largest sum, so one large entry hides a small "
        "one that is wrong. Divide element by element first, then take the maximum.",
    )
    def ratio_of_maxima(a: Any, b: Any) -> Any:
        return float(np.max(np.abs(a - b)) / np.maximum(1e-12, np.max(np.abs(a) + np.abs(b))))

    @bank.wrong(
        KEY,
        "This is the ratio of norms, |a - b| / (|a| + |b|), another common check: it weighs all "
        "entries together, and large ones drown small ones. Here the worst single entry counts.",
        source="Coursera Deep Learning Specialization, Gradient Checking",
    )
    def ratio_of_norms(a: Any, b: Any) -> Any:
        norm = np.linalg.norm
        return float(norm(a - b) / np.maximum(1e-12, norm(a) + norm(b)))

    bank.edit(
        KEY,
        "mean_of_ratios",
        "The ratios are averaged, so one wrong entry among a thousand right ones disappears. The "
        "error is the largest ratio: a gradient is as good as its worst entry.",
        ("np.max(ratio)", "np.mean(ratio)"),
    )
    bank.edit(
        KEY,
        "larger_of_the_two",
        "The difference is divided by the larger of |a| and |b|, as other books do. Here it is "
        "divided by their sum, which keeps the error at 1 or below.",
        ("np.abs(a) + np.abs(b)", "np.maximum(np.abs(a), np.abs(b))"),
        source="CS231n notes, Gradient checks",
    )
    bank.edit(
        KEY,
        "relative_to_one",
        "The difference is divided by the size of one of the two arrays only, so that swapping "
        "them changes the error. Both sizes belong below the line.",
        ("np.abs(a) + np.abs(b)", "np.abs(b)"),
        source="numpy.isclose",
    )
    bank.edit(
        KEY,
        "size_of_the_sum",
        "Below the line stands |a + b|, which vanishes where a and b have opposite signs, and the "
        "error explodes. The two sizes are added after each absolute value.",
        ("np.abs(a) + np.abs(b)", "np.abs(a + b)"),
    )
    bank.edit(
        KEY,
        "signed_difference",
        "The difference keeps its sign, so entries where a is smaller than b count as negative "
        "and never win the maximum. Look at what stands above the line.",
        ("np.abs(a - b)", "(a - b)"),
    )
    bank.edit(
        KEY,
        "floor_of_1e_8",
        "The floor is 1e-8, as in the code of CS231n. With it, gradients of size 1e-9 always look "
        "right. Here the floor is 1e-12.",
        ("np.maximum(1e-12, np.abs(a)", "np.maximum(1e-8, np.abs(a)"),
        source="CS231n assignments, rel_error",
    )
    bank.edit(
        KEY,
        "floor_added",
        "The floor is added to the sum of the sizes, which changes every ratio of small numbers. "
        "It is a floor: the larger of the two counts.",
        ("np.maximum(1e-12, np.abs(a) + np.abs(b))", "(1e-12 + np.abs(a) + np.abs(b))"),
    )
    bank.edit(
        KEY,
        "no_floor",
        "Nothing keeps the sum of the sizes away from 0, so 0 against 0 is nan, and tiny noise "
        "counts in full. Look at the floor in the formula.",
        ("np.maximum(1e-12, np.abs(a) + np.abs(b))", "(np.abs(a) + np.abs(b))"),
        source="CS231n notes, Gradient checks",
        about="anything",
    )
    bank.edit(
        KEY,
        "absolute_error",
        "This is the absolute difference. Whether 0.001 is much depends on the size of the two "
        "gradients: the difference has to be divided by that.",
        ("/ np.maximum(1e-12, np.abs(a) + np.abs(b))", ""),
        source="CS231n notes, Gradient checks",
    )
