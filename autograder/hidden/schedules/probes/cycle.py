"""Probes of one_cycle. None has its peak at step 0 exactly: torch divides 0 by 0 there."""

import numpy as np

from autograder.api import Inputs, Probes
from autograder.hidden.schedules.probes.rates import Rows, asked, bases, table

probes = Probes()
cycle = probes.exercise("one_cycle")


def way(rng: np.random.Generator, up: bool) -> Inputs:
    """One of the two ways, to or from a peak at a whole step, for rates of three sizes."""
    made = {}
    for base in bases(rng):
        total = int(rng.integers(15, 26))
        climb = int(rng.integers(5, 12))
        options = {
            "max_lr": base,
            "total_steps": total,
            "pct_start": climb / total,
            "div_factor": rng.uniform(3.0, 6.0),
            "final_div_factor": rng.uniform(1.5, 3.0),
        }
        where = f"with a peak of {base:.3g} at step {climb - 1} of {total}"
        made[where] = asked(range(climb) if up else range(climb, total), **options)
    return made


def climb(rng: np.random.Generator) -> Inputs:
    return way(rng, up=True)


def descent(rng: np.random.Generator) -> Inputs:
    return way(rng, up=False)


def defaults(rng: np.random.Generator) -> Inputs:
    peak = rng.uniform(0.5, 2.0)
    return {
        f"with the defaults and {total} steps": asked(range(total), peak, total)
        for total in (20, int(rng.integers(21, 40)))
    }


def fractional(rng: np.random.Generator) -> Inputs:
    made = {}
    for where in ("early", "late"):
        total = int(rng.integers(16, 25))
        peak = int(rng.integers(2, 5) if where == "early" else total - 5) + rng.uniform(0.3, 0.7)
        steps = [0, 1, int(peak) - 1, int(peak), int(peak) + 1, int(peak) + 2, total - 2]
        made[f"with a peak at the {where} step {peak:.1f}"] = asked(
            steps, rng.uniform(0.5, 2.0), total, float((peak + 1) / total), 4.0, 2.0
        )
    return made


def after_the_end(rng: np.random.Generator) -> Inputs:
    total, peak = int(rng.integers(15, 26)), rng.uniform(0.5, 2.0)
    steps = [total - 1, total, total + 1, 2 * total, 10 * total]
    return {
        "with large last rates": asked(steps, peak, total, 0.4, 5.0, rng.uniform(1.5, 3.0)),
        "with the defaults": asked(steps, 100 * peak, total),
    }


def peak_in_the_past(rng: np.random.Generator) -> Inputs:
    peak, total = rng.uniform(0.5, 2.0), int(rng.integers(10, 20))
    rest = {"div_factor": 4.0, "final_div_factor": 2.0}
    tiny = float(rng.uniform(0.2, 0.7) / total)
    return {
        "in a run of three steps": asked(range(4), peak, 3, **rest),
        "in a run of two steps": asked(range(3), peak, 2, **rest),
        "in a run of one step": asked(range(2), peak, 1, **rest),
        "with a tiny pct_start": asked(range(0, total, 3), peak, total, pct_start=tiny, **rest),
    }


def integers(rng: np.random.Generator) -> Inputs:
    peak = 8 * int(rng.integers(1, 5)) + 3  # 4 does not divide it
    return {
        "where all but pct_start are ints": asked([0, 2, 4, 5, 9, 10], peak, 10, 0.5, 4, 2),
        "where the factors are 1": asked([0, 2, 4, 5, 9, 10], peak, 10, 0.5, 1, 1),
    }


CYCLES: Rows = {
    (climb, "values", 0.75, "the climb, with factors of its own"): (
        "with max_lr 1 and div_factor 4 the first rate is 1/4 and the peak has 1: half way in time "
        "is half way in height."
    ),
    (descent, "values", 0.75, "the descent, with factors of its own"): (
        "with max_lr 1, div_factor 4 and final_div_factor 2 the last step has 1/8: half way from "
        "the peak to there is half way in height."
    ),
    (defaults, "values", 0.75, "whole cycles with the defaults"): (
        "print all rates of a run of 20 steps: the largest is at step 5."
    ),
    (fractional, "values", 0.75, "peaks between two steps"): (
        "print the peak's step for 25 steps and pct_start 0.3: it is 6.5, and stays 6.5."
    ),
    (after_the_end, "values", 0.5, "the last step, and steps after it"): (
        "ask for the steps total_steps - 1, total_steps and beyond: all are equal."
    ),
    (peak_in_the_past, "side", 0.375, "runs whose peak lies before step 0"): (
        "put 3 steps and pct_start 0.3 into the formula of the descent: the peak is at -0.1, and "
        "step 0 is already past it."
    ),
    (integers, "side", 0.125, "integer arguments"): "",
}
table(cycle, CYCLES)
