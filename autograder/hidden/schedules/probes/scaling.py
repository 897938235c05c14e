"""Probes of linear_scaling, and the predictions."""

from typing import Any

import numpy as np

from autograder.api import AGAIN, Inputs, Probes
from autograder.hidden.schedules.probes.rates import bases, table

probes = Probes()
probes.predictions("noise_floor", "four_times", "sixty_four")
scaling = probes.exercise("linear_scaling")


def larger(rng: np.random.Generator) -> Inputs:
    near, tiny, large = bases(rng)
    return {
        "for a larger batch": _ask(near, 32, 32 * int(rng.integers(3, 9)) + 7),
        "for a much larger batch and a tiny rate": _ask(tiny, 8, 8192),
        "for a larger batch and a large rate": _ask(large, 100, 100 + int(rng.integers(1, 99))),
        "for the same batch": _ask(near, 48, 48),
    }


def smaller(rng: np.random.Generator) -> Inputs:
    near, tiny, large = bases(rng)
    return {
        "for a smaller batch": _ask(near, 256, int(rng.integers(20, 200))),
        "for a smaller batch and a tiny rate": _ask(tiny, 64, int(rng.integers(33, 63))),
        "for a batch of one and a large rate": _ask(large, 64, 1),
    }


def integers(rng: np.random.Generator) -> Inputs:
    base = int(rng.integers(2, 9))
    return {
        "where all arguments are ints": _ask(base, 4, 8),
        "where the ratio is not whole": _ask(2 * base + 1, 8, 20),
    }


def _ask(base_lr: float, base_batch: int, batch: int) -> Inputs:
    return {"base_lr": base_lr, "base_batch": base_batch, "batch": batch}


def scaled(impl: Any, inputs: Inputs) -> Any:
    """The rate by name, then in the order of the arguments, then for the first case again."""
    seen: Inputs = {
        where: {
            "the rate": impl.linear_scaling(**one),
            "the rate, with arguments given by position": impl.linear_scaling(*one.values()),
        }
        for where, one in inputs.items()
    }
    where, first = next(iter(inputs.items()))
    return {**seen, AGAIN: {where: {"the rate": impl.linear_scaling(**first)}}}


table(
    scaling,
    scaled,
    {
        (larger, "values", 0.5, "larger batches"): (
            "try 0.1 at 32 for a batch of 64: it should be 0.2."
        ),
        (smaller, "values", 0.4375, "smaller batches"): (
            "try 0.1 at 256 for a batch of 64: it should be 0.025."
        ),
        (integers, "side", 0.0625, "integer arguments"): "",
    },
)
