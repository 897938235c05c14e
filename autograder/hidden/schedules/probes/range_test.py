"""Probes of lr_range_test: `loss_at_lr` reads from a list, and notes what it was asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.api import Inputs, Probe, Probes, label

KEY = "lr_range_test"
LABELS = ("lrs", "losses", "suggestion")
CALLS = "the number of calls of loss_at_lr"
ASKED = "the rates in the order of the calls"


def curve(rng: np.random.Generator, n: int, leap: int | None = None) -> NDArray[np.float64]:
    """A level stretch, a smooth fall that is steepest well inside, a little rise, perhaps a leap.

    On a logarithmic axis of rates the fall has one steepest place; noise is far below its slope.
    """
    at = np.arange(n)
    end = leap or n
    steepest, width = rng.uniform(0.3, 0.4) * end, 0.075 * end
    fall = 1 / (1 + np.exp(-(at - steepest) / width))
    losses = rng.uniform(2.2, 2.3) - 2.0 * fall + 0.02 * (at / n - 0.9) ** 2
    losses[end - 4 : end] += [0.05, 0.15, 0.18, 0.19]
    if leap is not None:
        losses[leap:] = rng.uniform(2.0, 2.15, size=n - leap)
        losses[leap + 1] = 0.05
    return np.asarray(losses)


def made(losses: Any, min_lr: Any, max_lr: Any) -> dict[str, Any]:
    """One test: the losses in the order of the calls, and the two ends."""
    return {"losses": list(losses), "min_lr": min_lr, "max_lr": max_lr, "steps": len(losses)}


class RangeTest:
    """What comes back, and the rates that `loss_at_lr` was asked for, in order."""

    def __init__(self, positional: bool = False) -> None:
        self.positional = positional

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        return {where: self.once(impl, one) for where, one in inputs.items()}

    def once(self, impl: Any, one: dict[str, Any]) -> dict[str, Any]:
        asked: list[float] = []

        def loss_at_lr(lr: Any) -> Any:
            asked.append(float(lr))
            return one["losses"][len(asked) - 1] if len(asked) <= len(one["losses"]) else 0.01

        ends = {name: one[name] for name in ("min_lr", "max_lr", "steps")}
        if self.positional:
            results = impl.lr_range_test(loss_at_lr, *ends.values())
        else:
            results = impl.lr_range_test(loss_at_lr=loss_at_lr, **ends)
        return {CALLS: len(asked), ASKED: np.array(asked[:200]), **label(results, LABELS)}


def whole(rng: np.random.Generator) -> Inputs:
    n = int(rng.integers(28, 36))
    low, high = 10 ** rng.uniform(-4.5, -3.5), 10 ** rng.uniform(0.5, 1.0)
    return {f"over {n} rates": made(curve(rng, n), float(low), float(high))}


def leaping(rng: np.random.Generator) -> Inputs:
    n, low = 40, float(10 ** rng.uniform(-4.5, -3.5))
    leap = int(rng.integers(28, 34))
    return {f"with a leap after {leap} rates": made(curve(rng, n, leap), low, 10.0)}


def broken(rng: np.random.Generator) -> Inputs:
    found: dict[str, Any] = {}
    for name, value in (("nan", np.nan), ("inf", np.inf), ("minus inf", -np.inf)):
        losses = curve(rng, 24)
        losses[20] = value
        found[f"with {name} after 20 rates"] = made(losses, 1e-4, float(rng.uniform(5, 20)))
    return found


def near_four(rng: np.random.Generator) -> Inputs:
    fall = [3.0, 2.6, 1.0, 0.5, 0.25]
    creeping = [*fall, 0.3, 0.5, 0.75, 0.9375, 1.0, 1.03125, 0.5]
    back = [*fall, 1.0, 0.5, 1.0, 0.75, 1.0, 0.5, 1.25, 0.125]
    first = [0.5, 1.0, 2.0, 1.75, 0.9, 0.5, 0.25, 0.25, 1.0625, 0.1]
    lowest = float(rng.uniform(1e-4, 1e-3))
    return {
        "where losses creep up": made(creeping, lowest, 1.0),
        "where losses are exactly 4 times the lowest": made(back, lowest, 1.0),
        "where the first loss is not the lowest": made(first, lowest, 1.0),
        "where losses only rise": made([0.25, 0.375, 0.9, 1.0625, 0.1], lowest, 1.0),
    }


def odd_numbers(rng: np.random.Generator) -> Inputs:
    ints = [90, 90, 89, 85, 70, 40, 30, 28, 27, int(rng.integers(20, 26))]
    singles = [np.float32(loss) for loss in curve(rng, 16)]
    return {
        "with whole losses and whole ends": made(ints, 1, 1000),
        "with losses in single precision": made(singles, 1e-4, 1.0),
    }


def short(rng: np.random.Generator) -> Inputs:
    low = float(rng.uniform(1e-4, 1e-3))
    return {
        "over two rates": made([2.0, 1.5], low, 0.5),
        "over three rates, the last of them too high": made([2.0, 1.5, 9.0], low, 0.5),
    }


def declare(probes: Probes) -> None:
    declared: tuple[tuple[str, str, float, Callable[..., Inputs], RangeTest, str], ...] = (
        (
            "whole",
            "a test that runs to its end",
            1.0,
            whole,
            RangeTest(),
            "run it from 0.001 to 10 on the losses 8, 7.9, 7, 3, 2.5: the rates are 0.001, 0.01, "
            "0.1, 1 and 10, and the fall is steepest between 0.1 and 1.",
        ),
        (
            "leaping",
            "a test that ends with a leap",
            1.0,
            leaping,
            RangeTest(),
            "feed the losses 4, 2, 1, 4.1, 1 and count the calls: there are four, and three "
            "losses.",
        ),
        (
            "broken",
            "tests that end with nan and inf",
            0.5,
            broken,
            RangeTest(),
            "feed the losses 4, 2, nan, 1 and -inf in place of nan: two losses come back.",
        ),
        (
            "near_four",
            "losses around 4 times the lowest",
            0.5,
            near_four,
            RangeTest(),
            "feed 1, 3, 5: 5 is no leap from 3, and more than 4 times the lowest.",
        ),
        (
            "odd_numbers",
            "whole and single-precision numbers, by position",
            0.5,
            odd_numbers,
            RangeTest(positional=True),
            "let loss_at_lr return ints, and print the dtype of both arrays.",
        ),
        (
            "short",
            "tests of two and three rates",
            0.5,
            short,
            RangeTest(),
            "with steps=2 the rates are the two ends.",
        ),
    )
    for name, topic, points, inputs, run, experiment in declared:
        probes.add(KEY, Probe(name, topic, points, inputs, run, experiment=experiment))
