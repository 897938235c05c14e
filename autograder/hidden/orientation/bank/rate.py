"""Mistakes in the largest stable rate."""

from typing import Any

from autograder.api import Bank

bank = Bank()
rate = bank.exercise("largest_stable_lr")
RIGHT = "2 / max(curvatures)"

rate.edit(
    "flattest_decides",
    "The smallest curvature is used, so only the flattest coordinate is safe. All of them have "
    "to shrink, and the steepest is the first that does not: look at which bound is tightest.",
    (RIGHT, "2 / min(curvatures)"),
)
rate.edit(
    "half_the_edge",
    "This is 1 / c, the rate that lands on the bottom in one step (or the edge for an f without "
    "its one half). Above it the path still arrives: look at when 1 - lr * c reaches -1.",
    (RIGHT, "1 / max(curvatures)"),
)
rate.edit(
    "fastest_rate",
    "This is 2 / (c_max + c_min), the rate that converges fastest. The largest stable one is "
    "higher: it asks only that the steepest coordinate still shrinks.",
    (RIGHT, "2 / (max(curvatures) + min(curvatures))"),
    source="Polyak (1964); Boyd and Vandenberghe (2004)",
)
rate.edit(
    "mean_curvature",
    "The mean of the curvatures is used, as if coordinates could make up for each other. Each "
    "has its own factor, and one that grows is enough: look at the steepest alone.",
    (RIGHT, "2 * len(curvatures) / sum(curvatures)"),
)
rate.edit(
    "sum_of_curvatures",
    "The curvatures are added up, which is safe but too careful: one coordinate does not push "
    "another. Look at the factor of each by itself, and at which one diverges first.",
    (RIGHT, "2 / sum(curvatures)"),
)
rate.edit(
    "length_of_curvatures",
    "The curvatures are combined as the length of a vector, which is safe but too careful. "
    "Each coordinate has its own factor: look at which one diverges first.",
    (RIGHT, "float(2 / np.linalg.norm(curvatures))"),
)
for place, index in (("first", 0), ("last", -1)):
    rate.edit(
        f"{place}_decides",
        f"The {place} curvature is taken to be the largest. They come in any order: look at what "
        "happens when the steep coordinate is somewhere else.",
        (RIGHT, f"2 / curvatures[{index}]"),
    )
rate.edit(
    "upside_down",
    "The result grows with the curvature, so the steeper the bowl, the larger the rate. Steep "
    "bowls need small ones: look at which number divides which.",
    (RIGHT, "max(curvatures) / 2"),
)
rate.edit(
    "whole_division",
    "The division cuts its result to a whole number, so integer curvatures give a rate that is "
    "far off. Look at the operator: one slash divides, two slashes round down.",
    (RIGHT, "2 // max(curvatures)"),
    about="anything",
)


@rate.wrong(
    "The rate is right, but the caller's curvatures get sorted on the way. They belong to the "
    "caller, and a tuple cannot be sorted in place: find the largest without moving any.",
    about="anything",
)
def sorts_the_callers(curvatures: Any) -> Any:
    curvatures.sort()
    return 2 / curvatures[-1]
