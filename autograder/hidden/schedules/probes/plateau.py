"""Probes of ReduceOnPlateau: a script of metrics, and the rate after each."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.api import Inputs, Probes
from autograder.hidden.schedules.probes.rates import table

probes = Probes()
plateau = probes.exercise("ReduceOnPlateau")
NAN = float("nan")


def script(metrics: Sequence[float], lr: float, *args: Any, **options: Any) -> Inputs:
    """One run: what the class is made with, and the metric of each epoch."""
    return {"metrics": list(metrics), "args": [float(lr), *args], "options": options}


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


def unit(rng: np.random.Generator) -> float:
    """A scale for metrics with which their products and quotients stay exact."""
    return float(2.0 ** rng.integers(-12, 12))


def rate(rng: np.random.Generator) -> float:
    return float(rng.uniform(0.5, 2.0))


def times(u: float, levels: Sequence[float], lr: float, *args: Any, **options: Any) -> Inputs:
    return script([u * level for level in levels], lr, *args, **options)


def patience(rng: np.random.Generator) -> Inputs:
    u, factor = unit(rng), float(rng.uniform(0.4, 0.7))
    flat = [9, 8, 8, 8, 8, 8, 8, 8, 8, 8]
    resets = [9, 9, 9, 7, 7, 7, 6, 6, 6, 6, 6, 6, 6]
    return {
        "with patience 2 on a flat metric": times(u, flat, rate(rng), factor, 2),
        "with patience 2 and improvements in between": times(u, resets, rate(rng), factor, 2),
        "with patience 0": times(u, [9, 8, 8, 7, 8, 8, 6], rate(rng), factor=factor, patience=0),
    }


def creeping(rng: np.random.Generator) -> Inputs:
    u, factor = unit(rng), float(rng.uniform(0.4, 0.7))
    saw = [10, 14, 13, 12, 11, 15, 12, 11, 9, 12, 11, 10, 9.5]
    bump = [6, 7, 8, 9, 8, 7, 6, 5, 6, 7]
    return {
        "on a sawtooth above its best": times(u, saw, rate(rng), factor=factor, patience=3),
        "on a metric that rises and comes back": times(
            u, bump, rate(rng), factor=factor, patience=2
        ),
    }


def thresholds(rng: np.random.Generator) -> Inputs:
    u, factor, k = unit(rng), float(rng.uniform(0.4, 0.7)), int(rng.integers(1, 4))
    quarter = {"factor": factor, "patience": 1, "threshold": 0.25}
    tie = [16 * k, 12 * k, 12 * k, 12 * k, 11 * k, 10 * k, 8 * k, 7 * k, 6 * k, 5.5 * k, 4 * k]
    slow = [16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5]
    none = {"factor": factor, "patience": 1, "threshold": 0.0}
    return {
        "with a threshold of a quarter": times(u, tie, rate(rng), **quarter),
        "with a threshold of a quarter, falling slowly": times(u, slow, rate(rng), **quarter),
        "with a threshold of 0": times(u, [8, 8, 8, 7.75, 7.75, 7.5, 7.5, 7.5], rate(rng), **none),
    }


def default_threshold(rng: np.random.Generator) -> Inputs:
    factor, made = float(rng.uniform(0.4, 0.7)), {}
    hairs = [0.0, 5e-5, 9e-5, 3e-4, 3.5e-4, 3.7e-4, 4.03e-4, 4.5e-4, 5e-4]
    for size in (1e3, 1e-3):
        metrics = [size * (1 - hair) for hair in hairs]
        made[f"with the default threshold and metrics near {size:g}"] = script(
            metrics, rate(rng), factor=factor, patience=1
        )
    return made


def cooldowns(rng: np.random.Generator) -> Inputs:
    u, factor = unit(rng), float(rng.uniform(0.5, 0.8))
    options = {"factor": factor, "patience": 1, "cooldown": 3}
    better = [9, 9, 9, 9, 5, 6, 6, 6, 6, 7, 6, 7]
    at_once = [9, 9, 9, 5, 9, 9, 9, 9, 9, 4, 9, 9, 9, 9, 9]
    return {
        "with cooldown 3 on a flat metric": times(u, [9] * 16, rate(rng), **options),
        "with an improvement during the cooldown": times(u, better, rate(rng), **options),
        "with an improvement right after a cut": times(u, at_once, rate(rng), **options),
        "with cooldown 1 and patience 0": times(
            u, [9] * 7, rate(rng), factor=factor, patience=0, cooldown=1
        ),
    }


def floors(rng: np.random.Generator) -> Inputs:
    lr, u = rate(rng), unit(rng)
    options = {"factor": 0.5, "patience": 0}
    return {
        "with min_lr between two cuts": times(u, [4] * 6, lr, **options, min_lr=0.3 * lr),
        "with min_lr at the start": times(u, [4] * 3, lr, **options, min_lr=lr),
        "without min_lr": times(u, [4] * 36, lr, **options),
    }


def with_nan(rng: np.random.Generator) -> Inputs:
    u, options = unit(rng), {"factor": float(rng.uniform(0.4, 0.7)), "patience": 1}
    between = [5, NAN, 4, NAN, NAN, 4, 3, NAN, 3, 3]
    return {
        "with NaN in between": times(u, between, rate(rng), **options),
        "with NaN first": times(u, [NAN, NAN, 5, 6, 4, 4, 4], rate(rng), **options),
    }


def negative(rng: np.random.Generator) -> Inputs:
    u, options = unit(rng), {"factor": float(rng.uniform(0.4, 0.7)), "patience": 1}
    below = [-8, -7, -10, -9, -8, -7, -6, -6, -4, -5, -20, -14, -10, -9]
    through = [2, 1, 0, 0, 0, -1, -1, -2, -2, -2, -2]
    return {
        "with negative metrics": times(u, below, rate(rng), **options, threshold=0.25),
        "with metrics that pass through 0": times(u, through, rate(rng), **options),
    }


def default_options(rng: np.random.Generator) -> Inputs:
    by_place = script([8, 7, 7, 7, 7, 7, 7, 7, 7, 5], rate(rng), 0.5, 1, 0.25, 2, 1e-3)
    return {
        "with the default options": script([3] * 26, rate(rng)),
        "with every option by position": by_place,
        "when that run is made a second time": by_place,
        "with integer metrics": script([5, 5, 4, 4], rate(rng), patience=0),
    }


table(
    plateau,
    play,
    {
        (patience, "values", 1.0, "the epoch of the cut, with patience 0 and 2"): (
            "with patience 2, feed 3, 3, 3, 3 and print the rate each time: the fourth epoch is "
            "the first with a lower one."
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
            "with the defaults and a flat metric, the first cut is in epoch 11, the second in "
            "epoch 22."
        ),
    },
)
