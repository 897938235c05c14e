"""Probes of step_decay, exponential_decay and cosine."""

from __future__ import annotations

import numpy as np

from autograder.api import Inputs, Probe, Probes
from autograder.hidden.schedules.probes.rates import Rates, asked


def stairs(rng: np.random.Generator) -> Inputs:
    size = int(rng.integers(4, 8))
    steps = [0, 1, size - 1, size, size + 1, 2 * size - 1, 2 * size, 3 * size, 5 * size + 2]
    base, gamma = rng.uniform(0.5, 2.0), rng.uniform(0.3, 0.7)
    return {f"on stairs of {size}": asked(steps, base_lr=base, step_size=size, gamma=gamma)}


def default_gamma(rng: np.random.Generator) -> Inputs:
    base = rng.uniform(0.5, 2.0)
    return {
        "with the default gamma": asked([0, 2, 3, 5, 6, 8], base, 3),
        "on stairs of one step": asked([0, 1, 2, 3], base, 1, rng.uniform(0.3, 0.7)),
    }


def whole_stairs(rng: np.random.Generator) -> Inputs:
    base = int(rng.integers(2, 9))
    return {
        "where all arguments are ints": asked([0, 1, 7], base_lr=base, step_size=2, gamma=1),
        "with an int as base rate": asked([0, 3, 4, 9], base_lr=base, step_size=4, gamma=0.5),
    }


def slope(rng: np.random.Generator) -> Inputs:
    base, gamma = rng.uniform(0.5, 2.0), rng.uniform(0.7, 0.95)
    return {
        f"with gamma {gamma:.2f}": asked([0, 1, 2, 3, 10, 30], base_lr=base, gamma=gamma),
        "with gamma 1": asked([0, 5], base_lr=base, gamma=1.0),
    }


def steep_slope(rng: np.random.Generator) -> Inputs:
    return {"with a small gamma": asked([0, 1, 3], rng.uniform(0.5, 2.0), rng.uniform(0.1, 0.4))}


def whole_slope(rng: np.random.Generator) -> Inputs:
    base = int(rng.integers(2, 9))
    return {
        "where all arguments are ints": asked([0, 1, 4], base_lr=base, gamma=1),
        "with an int as base rate": asked([0, 1, 4], base_lr=base, gamma=0.5),
    }


def way_down(rng: np.random.Generator) -> Inputs:
    total, base = int(rng.integers(20, 41)), rng.uniform(0.5, 2.0)
    steps = [0, 1, total // 4, total // 2, 3 * total // 4, total - 1, total]
    return {"without min_lr": asked(steps, base_lr=base, total_steps=total)}


def way_down_to_min(rng: np.random.Generator) -> Inputs:
    total, base = int(rng.integers(20, 41)), rng.uniform(0.5, 2.0)
    steps = [0, 1, total // 4, total // 2, 3 * total // 4, total - 1]
    low = base * rng.uniform(0.1, 0.3)
    return {"with min_lr": asked(steps, base_lr=base, total_steps=total, min_lr=low)}


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


def declare(probes: Probes) -> None:
    run = Rates("step_decay")
    _add(
        probes,
        "step_decay",
        Probe(
            "stairs",
            "both ends of each stair",
            0.5,
            stairs,
            run,
            experiment="print the rates of steps 0 to 8 on stairs of 3: there should be three of "
            "each.",
        ),
        Probe(
            "default_gamma",
            "the default gamma, and stairs of one step",
            0.25,
            default_gamma,
            run,
            experiment="with a base rate of 1 and stairs of 3, step 3 has 0.1 and step 6 has 0.01.",
        ),
        Probe("integers", "integer arguments", 0.25, whole_stairs, run),
    )
    run = Rates("exponential_decay")
    _add(
        probes,
        "exponential_decay",
        Probe(
            "slope",
            "gamma to the power of the step",
            0.5,
            slope,
            run,
            experiment="divide each rate by the one before it: the ratio is gamma every time.",
        ),
        Probe("steep_slope", "a small gamma, by position", 0.25, steep_slope, run),
        Probe("integers", "integer arguments", 0.25, whole_slope, run),
    )
    run = Rates("cosine")
    _add(
        probes,
        "cosine",
        Probe(
            "way_down",
            "half a cosine down to 0",
            0.5,
            way_down,
            run,
            experiment="with a base rate of 1 and 10 steps, look at steps 0, 5 and 10: 1, 0.5, 0.",
        ),
        Probe(
            "min_lr",
            "half a cosine down to min_lr",
            0.75,
            way_down_to_min,
            run,
            experiment="half way in time the rate is the mean of base_lr and min_lr: is yours?",
        ),
        Probe(
            "beyond",
            "steps at and after total_steps",
            0.5,
            beyond,
            run,
            experiment="plot it for twice as many steps as total_steps: the second half is level.",
        ),
        Probe(
            "integers",
            "integer arguments, and a run of one step",
            0.25,
            whole_cosine,
            run,
            experiment="ask for the type of the result after the end, when min_lr is an int.",
        ),
    )


def _add(probes: Probes, exercise: str, *declared: Probe) -> None:
    for probe in declared:
        probes.add(exercise, probe)
