"""Probes of cosine."""

import numpy as np

from autograder.api import Inputs, Probes
from autograder.hidden.schedules.probes.rates import Rows, asked, bases, table

probes = Probes()
cosine = probes.exercise("cosine")


def way_down(rng: np.random.Generator) -> Inputs:
    made = {}
    for base in bases(rng):
        total = int(rng.integers(20, 41))
        steps = [0, 1, total // 4, total // 2, 3 * total // 4, total - 1]
        where = f"over {total} steps from a base rate of {base:.3g}"
        made[where] = asked(steps, base_lr=base, total_steps=total)
    return made


def way_down_to_min(rng: np.random.Generator) -> Inputs:
    made = {}
    for base in bases(rng):
        total, low = int(rng.integers(20, 41)), base * rng.uniform(0.1, 0.3)
        steps = [0, 1, total // 4, total // 2, 3 * total // 4, total - 1]
        where = f"over {total} steps from {base:.3g} to {low:.3g}"
        made[where] = asked(steps, base_lr=base, total_steps=total, min_lr=low)
    return made


def beyond(rng: np.random.Generator) -> Inputs:
    total, base = int(rng.integers(12, 31)), rng.uniform(0.5, 2.0)
    steps = [total, total + 1, total + total // 2, 2 * total, 2 * total + 3, 5 * total]
    low = base * rng.uniform(0.1, 0.3)
    return {
        f"with total_steps {total}": asked(steps, base_lr=base, total_steps=total, min_lr=low),
        f"with total_steps {total} and no min_lr": asked(steps, base_lr=base, total_steps=total),
    }


def whole_cosine(rng: np.random.Generator) -> Inputs:
    base = int(rng.integers(4, 9))
    return {
        "in a run of one step": asked([0, 1, 2], float(base), 1, 0.5),
        "where all arguments are ints": asked([0, 2, 6, 8, 9, 30], base, 8, 1),
        "where min_lr is base_lr": asked([0, 2, 8, 9], base, 8, base),
    }


COSINES: Rows = {
    (way_down, "values", 0.5, "half a cosine down to 0"): (
        "with a base rate of 1 and 10 steps, look at steps 0 and 5: 1 and 0.5."
    ),
    (way_down_to_min, "values", 0.75, "half a cosine down to min_lr"): (
        "half way in time the rate is the mean of base_lr and min_lr: is yours?"
    ),
    (beyond, "values", 0.625, "steps at and after total_steps"): (
        "plot it for twice as many steps as total_steps: the second half is level."
    ),
    (whole_cosine, "side", 0.125, "integer arguments, and a run of one step"): (
        "in a run of one step, step 0 has the base rate and step 1 has min_lr."
    ),
}
table(cosine, COSINES)
