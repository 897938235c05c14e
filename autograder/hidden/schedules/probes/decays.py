"""Probes of step_decay and exponential_decay."""

import numpy as np

from autograder.api import Inputs, Probes
from autograder.hidden.schedules.probes.rates import Rows, asked, bases, table

probes = Probes()
step = probes.exercise("step_decay")
exponential = probes.exercise("exponential_decay")


def stairs(rng: np.random.Generator) -> Inputs:
    made = {}
    for base in bases(rng):
        size, gamma = int(rng.integers(4, 8)), rng.uniform(0.3, 0.7)
        steps = [0, 1, size - 1, size, size + 1, 2 * size - 1, 2 * size, 3 * size, 5 * size + 2]
        where = f"on stairs of {size} from a base rate of {base:.3g}"
        made[where] = asked(steps, base_lr=base, step_size=size, gamma=gamma)
    return made


def narrow_stairs(rng: np.random.Generator) -> Inputs:
    base, gamma = rng.uniform(0.5, 2.0), rng.uniform(0.3, 0.7)
    return {
        "on stairs of one step": asked([0, 1, 2, 3], base, 1, gamma),
        "on stairs of two steps": asked([0, 1, 2, 3, 4, 11], base, 2, gamma),
    }


def default_gamma(rng: np.random.Generator) -> Inputs:
    base = rng.uniform(0.5, 2.0)
    return {"with the default gamma": asked([0, 2, 3, 5, 6, 8], base, 3)}


def whole_stairs(rng: np.random.Generator) -> Inputs:
    base = int(rng.integers(2, 9))
    return {
        "where all arguments are ints": asked([0, 1, 7], base_lr=base, step_size=2, gamma=1),
        "with an int as base rate": asked([0, 3, 4, 9], base_lr=base, step_size=4, gamma=0.5),
    }


def slope(rng: np.random.Generator) -> Inputs:
    made = {}
    for base in bases(rng):
        gamma = rng.uniform(0.7, 0.95)
        where = f"with gamma {gamma:.2f} from a base rate of {base:.3g}"
        made[where] = asked([0, 1, 2, 3, 10, 30], base_lr=base, gamma=gamma)
    return made


def steep_slope(rng: np.random.Generator) -> Inputs:
    base = rng.uniform(0.5, 2.0)
    return {
        "with a small gamma": asked([0, 1, 3], base, rng.uniform(0.1, 0.4)),
        "with gamma 1": asked([0, 1, 5], base, 1.0),
    }


def whole_slope(rng: np.random.Generator) -> Inputs:
    base = int(rng.integers(2, 9))
    return {
        "where all arguments are ints": asked([0, 1, 4], base_lr=base, gamma=1),
        "with an int as base rate": asked([0, 1, 4], base_lr=base, gamma=0.5),
    }


STAIRS: Rows = {
    (stairs, "values", 0.5, "both ends of each stair"): (
        "print the rates of steps 0 to 8 on stairs of 3: there should be three of each."
    ),
    (narrow_stairs, "values", 0.25, "stairs of one and of two steps"): (
        "with stairs of 1 and gamma 0.5, every step has half the rate of the one before."
    ),
    (default_gamma, "side", 0.1875, "the default gamma"): (
        "with a base rate of 1 and stairs of 3, step 3 has 0.1 and step 6 has 0.01."
    ),
    (whole_stairs, "side", 0.0625, "integer arguments"): "",
}
table(step, STAIRS)
SLOPES: Rows = {
    (slope, "values", 0.5, "gamma to the power of the step"): (
        "divide each rate by the one before it: the ratio is gamma every time."
    ),
    (steep_slope, "values", 0.4375, "a small gamma, and one of 1"): (
        "with gamma 1 nothing decays: every step has the base rate."
    ),
    (whole_slope, "side", 0.0625, "integer arguments"): "",
}
table(exponential, SLOPES)
