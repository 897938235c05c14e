"""Probes of lr_range_test: `loss_at_lr` reads from a list, and notes what it was asked."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.api import Inputs, Probes, label
from autograder.hidden.schedules.probes.rates import Rows, table

probes = Probes()
range_test = probes.exercise("lr_range_test")
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


def made(losses: Any, min_lr: Any, max_lr: Any, by_place: bool = False) -> Inputs:
    """One test: the losses in the order of the calls, the two ends, how arguments are given."""
    ends = {"min_lr": min_lr, "max_lr": max_lr, "steps": len(losses)}
    return {**ends, "losses": list(losses), "by_place": by_place}


def run(impl: Any, inputs: Inputs) -> Any:
    """What comes back from each test."""
    return {where: once(impl, **one) for where, one in inputs.items()}


def once(impl: Any, losses: Any, by_place: bool, **ends: Any) -> Inputs:
    """What comes back from one test, and the rates that `loss_at_lr` was asked for, in order."""
    asked: list[float] = []

    def loss_at_lr(lr: Any) -> Any:
        asked.append(float(lr))
        return losses[len(asked) - 1] if len(asked) <= len(losses) else 0.01

    if by_place:
        results = impl.lr_range_test(loss_at_lr, *ends.values())
    else:
        results = impl.lr_range_test(loss_at_lr=loss_at_lr, **ends)
    return {CALLS: len(asked), ASKED: np.array(asked[:200]), **label(results, LABELS)}


def whole(rng: np.random.Generator) -> Inputs:
    found = {}
    for size, scale in (("", 1.0), (" and losses in thousands", 1e3), (" and tiny losses", 1e-4)):
        n = int(rng.integers(28, 36))
        low, high = 10 ** rng.uniform(-4.5, -3.5), 10 ** rng.uniform(0.5, 1.0)
        losses = scale * curve(rng, n)
        found[f"over {n} rates{size}"] = made(losses, float(low), float(high))
    return found


def leaping(rng: np.random.Generator) -> Inputs:
    n, low = 40, float(10 ** rng.uniform(-4.5, -3.5))
    leap = int(rng.integers(28, 34))
    return {f"with a leap after {leap} rates": made(curve(rng, n, leap), low, 10.0)}


def rising(rng: np.random.Generator) -> Inputs:
    """A rise that is steeper than the steepest fall, and no leap: at the end, and at first."""
    found = {}
    for where in ("at the end", "before the fall"):
        losses = curve(rng, int(rng.integers(28, 36)))
        if where == "at the end":
            losses[-2:] = losses.min() * rng.uniform(3.3, 3.9, size=2)
        else:
            losses[:3] = rng.uniform(0.8, 0.9)
        found[f"with a steep rise {where}"] = made(losses, 1e-4, 10.0)
    return found


def broken(rng: np.random.Generator) -> Inputs:
    found = {}
    for name, value in (("nan", np.nan), ("inf", np.inf), ("minus inf", -np.inf)):
        losses = [*curve(rng, 20), value, 1.0, 0.9, 0.8]
        found[f"with {name} after 20 rates"] = made(losses, 1e-4, float(rng.uniform(5, 20)))
    return found


def near_four(rng: np.random.Generator) -> Inputs:
    fall, lowest = [3.0, 2.6, 1.0, 0.5, 0.25], float(rng.uniform(1e-4, 1e-3))
    back = [*fall, 1.0, 0.5, 1.0, 0.75, 1.0, 0.5, 1.25, 0.125]
    losses = {
        "where losses creep up": [*fall, 0.3, 0.5, 0.75, 0.9375, 1.0, 1.03125, 0.5],
        "where losses are exactly 4 times the lowest": back,
        "where the first loss is not the lowest": [0.5, 1.9375, 0.9, 0.25, 0.25, 1.0625, 0.1],
        "where losses only rise": [0.25, 0.375, 0.9, 1.0625, 0.1],
        "where the first loss is large": [700.0, 600.0, 30.0, 20.0, 90.0, 15.0],
    }
    scales = 2.0 ** rng.integers(-8, 8, size=len(losses))  # with which products stay exact
    return {
        where: made([scale * loss for loss in several], lowest, 1.0)
        for (where, several), scale in zip(losses.items(), scales, strict=True)
    }


def odd_numbers(rng: np.random.Generator) -> Inputs:
    ints = [90, 90, 89, 85, 70, 40, 30, 28, 27, int(rng.integers(20, 26))]
    singles = [np.float32(loss) for loss in curve(rng, 16)]
    whole = made(ints, 1, 1000, by_place=True)
    return {
        "where losses and ends are ints": whole,
        "when that test is made a second time": whole,
        "with losses in single precision": made(singles, 1e-4, 1.0, by_place=True),
    }


def short(rng: np.random.Generator) -> Inputs:
    low = float(rng.uniform(1e-4, 1e-3))
    return {
        "over two rates": made([2.0, 1.5], low, 0.5),
        "over three rates, the last of them too high": made([2.0, 1.5, 9.0], low, 0.5),
    }


TESTS: Rows = {
    (whole, "values", 1.0, "a test that runs to its end"): (
        "run it from 0.001 to 10 on the losses 8, 7.9, 7, 3, 2.5: the rates are 0.001, 0.01, 0.1, "
        "1 and 10, and the fall is steepest between 0.1 and 1."
    ),
    (leaping, "values", 1.0, "a test that ends with a leap"): (
        "feed the losses 4, 2, 1, 4.1, 1 and count the calls: there are four, and three losses."
    ),
    (rising, "values", 0.5, "a rise that is steeper than the fall"): (
        "feed 1, 3, 2.9, 2, 1.9 and print the slopes: which of them is the steepest fall?"
    ),
    (near_four, "values", 0.5, "losses around 4 times the lowest"): (
        "feed 1, 3, 5: 5 is no leap from 3, and more than 4 times the lowest."
    ),
    (broken, "side", 0.375, "tests that end with nan and inf"): (
        "feed the losses 4, 2, nan, 1 and -inf in place of nan: two losses come back."
    ),
    (short, "side", 0.25, "tests of two and three rates"): (
        "with steps=2 the rates are the two ends."
    ),
    (odd_numbers, "side", 0.375, "whole and single-precision numbers, by position"): (
        "let loss_at_lr return ints, and print the dtype of both arrays."
    ),
}
table(range_test, TESTS, run)
