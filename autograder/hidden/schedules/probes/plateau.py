"""Probes of ReduceOnPlateau: a script of metrics, and the rate after each."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.api import Inputs, Probes
from autograder.hidden.schedules.probes.rates import Rows, table

probes = Probes()
plateau = probes.exercise("ReduceOnPlateau")
NAN = float("nan")


def script(rng: np.random.Generator, levels: Sequence[float], *args: Any, **options: Any) -> Inputs:
    """One run: what the class is made with, and the metric of each epoch.

    A factor is drawn where none is given, and so is the unit of the metrics, a power of two with
    which their products and quotients stay exact.
    """
    unit = 2.0 ** rng.integers(-12, 12)
    if not args and "factor" not in options:
        options = {"factor": float(rng.uniform(0.4, 0.7)), **options}
    metrics = [float(unit * level) for level in levels]
    return {"metrics": metrics, "args": [float(rng.uniform(0.5, 2.0)), *args], "options": options}


def play(impl: Any, inputs: Inputs) -> Any:
    """What `step` returns and what `.lr` says, epoch by epoch. The objects of all runs take turns,
    and none notices the others."""
    made = {
        where: impl.ReduceOnPlateau(*one["args"], **one["options"]) for where, one in inputs.items()
    }
    seen: Inputs = {where: {} for where in inputs}
    for epoch in range(max(len(one["metrics"]) for one in inputs.values())):
        for where, one in inputs.items():
            if epoch < len(one["metrics"]):
                now = made[where].step(one["metrics"][epoch])
                seen[where][f"what step returns in epoch {epoch}"] = now
                seen[where][f"after epoch {epoch}"] = {"plateau.lr": float(made[where].lr)}
    return seen


def patience(rng: np.random.Generator) -> Inputs:
    resets = [9, 9, 9, 7, 7, 7, 6, 6, 6, 6, 6, 6, 6]
    return {
        "with patience 2 on a flat metric": script(rng, [9] + [8] * 9, patience=2),
        "with patience 2 and improvements in between": script(rng, resets, patience=2),
        "with patience 0": script(rng, [9, 8, 8, 7, 8, 8, 6], patience=0),
    }


def creeping(rng: np.random.Generator) -> Inputs:
    saw = [10, 14, 13, 12, 11, 15, 12, 11, 9, 12, 11, 10, 9.5]
    bump = [6, 7, 8, 9, 8, 7, 6, 5, 6, 7]
    return {
        "on a sawtooth above its best": script(rng, saw, patience=3),
        "on a metric that rises and comes back": script(rng, bump, patience=2),
    }


def thresholds(rng: np.random.Generator) -> Inputs:
    ties = int(rng.integers(1, 4)) * np.array([16, 12, 12, 12, 11, 10, 8, 7, 6, 5.5, 4])
    quarter = {"patience": 1, "threshold": 0.25}
    hairs = [8, 8, 8, 7.75, 7.75, 7.5, 7.5, 7.5]
    return {
        "with a threshold of a quarter": script(rng, ties.tolist(), **quarter),
        "with a threshold of a quarter, falling slowly": script(rng, range(16, 4, -1), **quarter),
        "with a threshold of 0": script(rng, hairs, patience=1, threshold=0.0),
    }


def default_threshold(rng: np.random.Generator) -> Inputs:
    hairs = [0.0, 5e-5, 9e-5, 3e-4, 3.5e-4, 3.7e-4, 4.03e-4, 4.5e-4, 5e-4]
    made = {}
    for size in (1e3, 1e-3):
        run = script(rng, [], patience=1)
        where = f"with the default threshold and metrics near {size:g}"
        made[where] = {**run, "metrics": [size * (1 - hair) for hair in hairs]}
    return made


def cooldowns(rng: np.random.Generator) -> Inputs:
    options = {"factor": float(rng.uniform(0.5, 0.8)), "patience": 1, "cooldown": 3}
    later = [9, 9, 9, 9, 5, 6, 6, 6, 6, 7, 6, 7]
    at_once = [9, 9, 9, 5, 9, 9, 9, 9, 9, 4, 9, 9, 9, 9, 9]
    return {
        "with cooldown 3 on a flat metric": script(rng, [9] * 16, **options),
        "with an improvement during the cooldown": script(rng, later, **options),
        "with an improvement right after a cut": script(rng, at_once, **options),
        "with cooldown 1 and patience 0": script(rng, [9] * 7, patience=0, cooldown=1),
    }


def floors(rng: np.random.Generator) -> Inputs:
    made = {"without min_lr": script(rng, [4] * 36, factor=0.5, patience=0)}
    for where, share in (("with min_lr between two cuts", 0.3), ("with min_lr at the start", 1.0)):
        made[where] = script(rng, [4] * 6, factor=0.5, patience=0)
        made[where]["options"]["min_lr"] = share * made[where]["args"][0]
    return made


def with_nan(rng: np.random.Generator) -> Inputs:
    between = [5, NAN, 4, NAN, NAN, 4, 3, NAN, 3, 3]
    return {
        "with NaN in between": script(rng, between, patience=1),
        "with NaN first": script(rng, [NAN, NAN, 5, 6, 4, 4, 4], patience=1),
    }


def negative(rng: np.random.Generator) -> Inputs:
    below = [-8, -7, -10, -9, -8, -7, -6, -6, -4, -5, -20, -14, -10, -9]
    through = [2, 1, 0, 0, 0, -1, -1, -2, -2, -2, -2]
    return {
        "with negative metrics": script(rng, below, patience=1, threshold=0.25),
        "with metrics that pass through 0": script(rng, through, patience=1),
    }


def default_options(rng: np.random.Generator) -> Inputs:
    by_place = script(rng, [8, 7, 7, 7, 7, 7, 7, 7, 7, 5], 0.5, 1, 0.25, 2, 1e-3)
    return {
        "with the default options": {**script(rng, [3] * 26), "options": {}},
        "with every option by position": by_place,
        "when that run is made a second time": by_place,
        "with integer metrics": {**script(rng, [], patience=0), "metrics": [5, 5, 4, 4]},
    }


SCRIPTS: Rows = {
    (patience, "values", 1.0, "the epoch of the cut, with patience 0 and 2"): (
        "with patience 2, feed 3, 3, 3, 3 and print the rate each time: the fourth epoch is the "
        "first with a lower one."
    ),
    (creeping, "values", 0.5, "metrics that fall again, but not below their best"): (
        "feed 10, 14, 13, 12, 11: all but the first are bad epochs."
    ),
    (thresholds, "values", 0.5, "ties and small improvements"): (
        "with threshold 0.25 after a best of 16: 12 is a bad epoch, 11 is not."
    ),
    (default_threshold, "values", 0.5, "the default threshold, large and small metrics"): (
        "metrics a thousand times larger should be cut in the same epochs."
    ),
    (cooldowns, "values", 0.5, "cuts with a cooldown"): (
        "print the count of bad epochs for a flat metric: it stays 0 in a cooldown."
    ),
    (floors, "values", 0.25, "cuts down to min_lr"): (
        "from a rate of 1 with factor 0.5 and min_lr 0.3, the cuts go 0.5, 0.3, 0.3."
    ),
    (with_nan, "side", 0.25, "NaN as a metric"): (
        "feed nan, 5, 6: is 5 an improvement on what you hold as best?"
    ),
    (negative, "side", 0.25, "metrics of 0 and below"): (
        "feed -8 and -7 with threshold 0.25: the formula puts the bar at -6."
    ),
    (default_options, "side", 0.25, "the default options, and several objects at once"): (
        "with the defaults and a flat metric, the first cut is in epoch 11, the second in epoch 22."
    ),
}
table(plateau, SCRIPTS, play)
