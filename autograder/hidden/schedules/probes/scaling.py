"""Probes of linear_scaling, and the predictions."""

import numpy as np

from autograder.api import Calls, Inputs, Probes
from autograder.hidden.schedules.probes.rates import Rows, bases, table

probes = Probes()
probes.predictions("noise_floor", "four_times", "sixty_four")
scaling = probes.exercise("linear_scaling")


def larger(rng: np.random.Generator) -> Inputs:
    near, tiny, large = bases(rng)
    batch = 32 * int(rng.integers(3, 9)) + 7
    return {
        "for a larger batch": (near, 32, batch),
        "for a much larger batch and a tiny rate": (tiny, 8, 8192),
        "for a larger batch and a large rate": (large, 100, 100 + int(rng.integers(1, 99))),
        "for the same batch": (near, 48, 48),
        "for a larger batch, asked a second time": (near, 32, batch),
    }


def smaller(rng: np.random.Generator) -> Inputs:
    near, tiny, large = bases(rng)
    return {
        "for a smaller batch": (near, 256, int(rng.integers(20, 200))),
        "for a smaller batch and a tiny rate": (tiny, 64, int(rng.integers(33, 63))),
        "for a batch of one and a large rate": (large, 64, 1),
    }


def by_name(rng: np.random.Generator) -> Inputs:
    base = int(rng.integers(2, 9))
    return {
        "where all arguments are ints": {"base_lr": base, "base_batch": 4, "batch": 8},
        "where the ratio is not whole": {"base_lr": 2 * base + 1, "batch": 20, "base_batch": 8},
    }


RULE: Rows = {
    (larger, "values", 0.5, "larger batches"): (
        "try 0.1 at 32 for a batch of 64: it should be 0.2."
    ),
    (smaller, "values", 0.4375, "smaller batches"): (
        "try 0.1 at 256 for a batch of 64: it should be 0.025."
    ),
    (by_name, "side", 0.0625, "integer arguments, by name"): "",
}
table(scaling, RULE, Calls("linear_scaling", "the rate", order="base_lr, base_batch, batch"))
