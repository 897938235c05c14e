"""Probes of ReduceOnPlateau: scripted metrics.

Levels are whole numbers times a power of two, so that ties are exact however the comparison is
written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.api import Inputs, Probe, Probes, Tolerance

KEY = "ReduceOnPlateau"
NAN = float("nan")


def script(metrics: Sequence[float], lr: float, *args: Any, **options: Any) -> dict[str, Any]:
    """One run: what the class is made with, and the metric of each epoch."""
    return {"metrics": list(metrics), "args": [float(lr), *args], "options": options}


class Script:
    """The rates that `step` returns, epoch by epoch, and what `.lr` says at the end."""

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        return {where: self.play(impl, one) for where, one in inputs.items()}

    def play(self, impl: Any, one: Any) -> dict[str, Any]:
        plateau = impl.ReduceOnPlateau(*one["args"], **one["options"])
        seen = {
            f"what step returns in epoch {epoch}": plateau.step(metric)
            for epoch, metric in enumerate(one["metrics"])
        }
        return {**seen, ".lr after the last epoch": float(plateau.lr)}


def unit(rng: np.random.Generator) -> float:
    """A scale for metrics with which their products and quotients stay exact."""
    return float(2.0 ** rng.integers(-3, 4))


def rate(rng: np.random.Generator) -> float:
    return float(rng.uniform(0.5, 2.0))


def patience(rng: np.random.Generator) -> Inputs:
    u, factor = unit(rng), float(rng.uniform(0.4, 0.7))
    flat = [9, 8, 8, 8, 8, 8, 8, 8, 8, 8]
    resets = [9, 9, 9, 7, 7, 7, 6, 6, 6, 6, 6, 6, 6]
    return {
        "with patience 2 on a flat metric": _times(u, flat, rate(rng), factor, 2),
        "with patience 2 and improvements between": _times(u, resets, rate(rng), factor, 2),
        "with patience 0": _times(u, [9, 8, 8, 7, 8, 8, 6], rate(rng), factor=factor, patience=0),
    }


def creeping(rng: np.random.Generator) -> Inputs:
    u, factor = unit(rng), float(rng.uniform(0.4, 0.7))
    saw = [10, 14, 13, 12, 11, 15, 12, 11, 9, 12, 11, 10, 9.5]
    return {
        "on a saw above its best": _times(u, saw, rate(rng), factor=factor, patience=3),
        "on a metric that rises and comes back": _times(
            u, [6, 7, 8, 9, 8, 7, 6, 5, 6, 7], rate(rng), factor=factor, patience=2
        ),
    }


def thresholds(rng: np.random.Generator) -> Inputs:
    u, factor, k = unit(rng), float(rng.uniform(0.4, 0.7)), int(rng.integers(1, 4))
    quarter = {"factor": factor, "patience": 1, "threshold": 0.25}
    tie = [16 * k, 12 * k, 12 * k, 12 * k, 11 * k, 10 * k, 8 * k, 7 * k, 6 * k, 5.5 * k, 4 * k]
    slow = [16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5]
    none = {"factor": factor, "patience": 1, "threshold": 0.0}
    return {
        "with a threshold of a quarter": _times(u, tie, rate(rng), **quarter),
        "with a threshold of a quarter, falling slowly": _times(u, slow, rate(rng), **quarter),
        "with a threshold of 0": _times(u, [8, 8, 8, 7.75, 7.75, 7.5, 7.5, 7.5], rate(rng), **none),
    }


def default_threshold(rng: np.random.Generator) -> Inputs:
    factor = float(rng.uniform(0.4, 0.7))
    inches = [1.0, 1 - 5e-5, 1 - 9e-5, 1 - 3e-4, 1 - 3.5e-4, 1 - 3.7e-4]
    made = {}
    for size in (1e3, 1e-3):
        metrics = [size * inch for inch in inches]
        made[f"with the default threshold and metrics near {size:g}"] = script(
            metrics, rate(rng), factor=factor, patience=1
        )
    return made


def cooldowns(rng: np.random.Generator) -> Inputs:
    u, factor = unit(rng), float(rng.uniform(0.5, 0.8))
    options = {"factor": factor, "patience": 1, "cooldown": 3}
    better = [9, 9, 9, 9, 5, 6, 6, 6, 6, 7, 6, 7]
    return {
        "with cooldown 3 on a flat metric": _times(u, [9] * 16, rate(rng), **options),
        "with an improvement during the cooldown": _times(u, better, rate(rng), **options),
        "with cooldown 1 and patience 0": _times(
            u, [9] * 7, rate(rng), factor=factor, patience=0, cooldown=1
        ),
    }


def floors(rng: np.random.Generator) -> Inputs:
    lr, u = rate(rng), unit(rng)
    options = {"factor": 0.5, "patience": 0}
    return {
        "with min_lr between two cuts": _times(u, [4] * 6, lr, **options, min_lr=0.3 * lr),
        "with min_lr at the start": _times(u, [4] * 3, lr, **options, min_lr=lr),
        "without min_lr": _times(u, [4] * 36, lr, **options),
    }


def odd_metrics(rng: np.random.Generator) -> Inputs:
    u, factor = unit(rng), float(rng.uniform(0.4, 0.7))
    quarter = {"factor": factor, "patience": 1, "threshold": 0.25}
    nans = [5, NAN, 4, NAN, NAN, 4, 3, NAN, 3, 3]
    return {
        "with NaN between": _times(u, nans, rate(rng), factor=factor, patience=1),
        "with NaN first": _times(
            u, [NAN, NAN, 5, 6, 4, 4, 4], rate(rng), factor=factor, patience=1
        ),
        "with negative metrics": _times(
            u, [-8, -7, -10, -9, -8, -7, -6, -6, -4, -5, -20, -14, -10, -9], rate(rng), **quarter
        ),
        "with metrics that pass through 0": _times(
            u, [2, 1, 0, 0, 0, -1, -1, -2, -2, -2, -2], rate(rng), factor=factor, patience=1
        ),
    }


def default_options(rng: np.random.Generator) -> Inputs:
    options = (0.5, 1, 0.25, 2, 1e-3)
    return {
        "with the default options": script([3] * 26, rate(rng)),
        "with every option by position": script(
            [8, 7, 7, 7, 7, 7, 7, 7, 7, 5], rate(rng), *options
        ),
        "in a second run": script([5, 5, 4, 4], rate(rng), patience=0),
    }


def two_at_once(impl: Any, inputs: Inputs) -> Any:
    """Two objects take turns; neither notices the other."""
    runs = list(inputs.values())
    made = [impl.ReduceOnPlateau(*one["args"], **one["options"]) for one in runs]
    seen: dict[str, Any] = {where: {} for where in inputs}
    for epoch in range(max(len(one["metrics"]) for one in runs)):
        for where, one, plateau in zip(inputs, runs, made, strict=True):
            if epoch < len(one["metrics"]):
                rate_now = plateau.step(one["metrics"][epoch])
                seen[where][f"what step returns in epoch {epoch}"] = rate_now
                seen[where][f".lr after epoch {epoch}"] = float(plateau.lr)
    return seen


def _times(u: float, levels: Sequence[float], lr: float, *args: Any, **options: Any) -> Any:
    return script([u * level for level in levels], lr, *args, **options)


def declare(probes: Probes) -> None:
    play = Script()
    for probe in (
        Probe(
            "patience",
            "the epoch of the cut, with patience 0 and 2",
            1.0,
            patience,
            play,
            experiment="with patience 2, feed 3, 3, 3, 3 and print the rate each time: the fourth "
            "epoch is the first with a lower one.",
        ),
        Probe(
            "creeping",
            "metrics that fall again, but not below their best",
            0.5,
            creeping,
            play,
            experiment="feed 10, 14, 13, 12, 11: all but the first are bad epochs.",
        ),
        Probe(
            "thresholds",
            "ties and small improvements",
            0.5,
            thresholds,
            play,
            experiment="with threshold 0.25 after a best of 16: 12 is a bad epoch, 11 is not.",
        ),
        Probe(
            "default_threshold",
            "the default threshold, with large and small metrics",
            0.5,
            default_threshold,
            play,
            experiment="metrics a thousand times larger should be cut in the same epochs.",
        ),
        Probe(
            "cooldowns",
            "cuts with a cooldown",
            0.5,
            cooldowns,
            play,
            experiment="print the count of bad epochs for a flat metric: it stays 0 in a cooldown.",
        ),
        Probe(
            "floors",
            "cuts down to min_lr",
            0.25,
            floors,
            play,
            tolerance=Tolerance(1e-6, 1e-15),  # 35 halvings: rates far below the usual 1e-9
            experiment="from a rate of 1 with factor 0.5 and min_lr 0.3, the cuts go 0.5, 0.3, "
            "0.3.",
        ),
        Probe(
            "odd_metrics",
            "NaN, 0 and negative metrics",
            0.5,
            odd_metrics,
            play,
            experiment="feed nan, 5, 6: is 5 an improvement on what you hold as best? Then -8 and "
            "-7 with threshold 0.25: the formula puts the bar at -6.",
        ),
        Probe(
            "default_options",
            "the default options, and several objects at once",
            0.25,
            default_options,
            two_at_once,
            experiment="with the defaults and a flat metric, the first cut is in epoch 11, the "
            "second in epoch 22.",
        ),
    ):
        probes.add(KEY, probe)
