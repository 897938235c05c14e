"""Mistakes in the largest stable rate."""

from __future__ import annotations

from typing import Any

from autograder.api import Bank


def _rate(bank: Bank, name: str, text: str, new: str, source: str = "", **more: Any) -> None:
    bank.edit("largest_stable_lr", name, text, ("2 / max(curvatures)", new), source=source, **more)


def declare(bank: Bank) -> None:
    _rate(
        bank,
        "flattest_decides",
        "The smallest curvature is used, so only the flattest coordinate is safe. All have to "
        "shrink, and the steepest is the first that does not: look at which bound is the tightest.",
        "2 / min(curvatures)",
    )
    _rate(
        bank,
        "half_the_edge",
        "This is 1 / c, the rate that lands on the bottom in one step (or the edge without the "
        "one half in f). The path still arrives above it: look at when 1 - lr * c reaches -1.",
        "1 / max(curvatures)",
    )
    _rate(
        bank,
        "fastest_rate",
        "This is 2 / (c_max + c_min), the rate that converges fastest. The largest stable one is "
        "higher: it asks only that the steepest coordinate still shrinks.",
        "2 / (max(curvatures) + min(curvatures))",
        "Polyak (1964); Boyd and Vandenberghe (2004)",
    )
    _rate(
        bank,
        "mean_curvature",
        "The mean of the curvatures is used, as if coordinates could make up for each other. Each "
        "has its own factor, and one that grows is enough: look at the steepest alone.",
        "2 * len(curvatures) / sum(curvatures)",
    )
    _rate(
        bank,
        "sum_of_curvatures",
        "The curvatures are added up, which is safe and too careful: coordinates do not push each "
        "other. Look at the factor of each by itself, and at which one leaves first.",
        "2 / sum(curvatures)",
    )
    _rate(
        bank,
        "length_of_curvatures",
        "The curvatures are combined as the length of a vector, which is safe and too careful. "
        "Each coordinate has its own factor: look at which one leaves first.",
        "float(2 / np.linalg.norm(curvatures))",
    )
    for place, index in (("first", 0), ("last", -1)):
        _rate(
            bank,
            f"{place}_decides",
            f"The {place} curvature is taken for the largest. They come in any order: look at what "
            "happens when the steep coordinate stands somewhere else.",
            f"2 / curvatures[{index}]",
        )
    _rate(
        bank,
        "upside_down",
        "The result grows with the curvature, so the steeper the bowl, the larger the rate. Steep "
        "bowls need small ones: look at which number divides which.",
        "max(curvatures) / 2",
    )
    _rate(
        bank,
        "whole_division",
        "The division cuts its result to a whole number, so integers as curvatures give a rate "
        "that is far off. Look at the operator: one slash divides, two slashes cut.",
        "2 // max(curvatures)",
        about="anything",
    )

    @bank.wrong(
        "largest_stable_lr",
        "The rate is right, but the caller's curvatures have been sorted on the way. They belong "
        "to the caller, and a tuple cannot be sorted in place: find the largest without moving "
        "any.",
        about="anything",
    )
    def sorts_the_callers(curvatures: Any) -> Any:
        curvatures.sort()
        return 2 / curvatures[-1]
