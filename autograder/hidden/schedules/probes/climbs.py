"""Probes of linear_warmup and warmup_cosine."""

import numpy as np

from autograder.api import Inputs, Probes
from autograder.hidden.schedules.probes.rates import Rows, asked, bases, table

probes = Probes()
warmup = probes.exercise("linear_warmup")
both = probes.exercise("warmup_cosine")


def climb(rng: np.random.Generator) -> Inputs:
    made = {}
    for base in bases(rng):
        count = int(rng.integers(5, 10))
        where = f"with {count} warm-up steps to {base:.3g}"
        made[where] = asked(range(count), base_lr=base, warmup_steps=count)
    return made


def afterwards(rng: np.random.Generator) -> Inputs:
    count, base = int(rng.integers(5, 10)), rng.uniform(0.5, 2.0)
    steps = [count - 1, count, count + 1, 2 * count, 50 * count]
    return {f"with {count} warm-up steps": asked(steps, base, count)}


def short_climbs(rng: np.random.Generator) -> Inputs:
    base = rng.uniform(0.5, 2.0)
    return {
        "with 1 warm-up step": asked([0, 1, 9], base, 1),
        "with 2 warm-up steps": asked([0, 1, 2], base, 2),
    }


def no_climb(rng: np.random.Generator) -> Inputs:
    return {"with 0 warm-up steps": asked([0, 1, 9], rng.uniform(0.5, 2.0), 0)}


def whole_climbs(rng: np.random.Generator) -> Inputs:
    base = 4 * int(rng.integers(2, 9)) + 2
    return {
        "where all arguments are ints": asked([0, 1, 3, 4, 30], base_lr=base, warmup_steps=4),
        "where warmup_steps does not divide base_lr": asked(
            [0, 1, 2, 3], base_lr=7, warmup_steps=3
        ),
    }


def run(
    rng: np.random.Generator, low: tuple[float, float], base: float = 1.0
) -> tuple[Inputs, int, int]:
    """The arguments of a run with warm-up, its warm-up steps, and its steps; min_lr lies between
    two shares of the base rate."""
    count, total = int(rng.integers(4, 8)), int(rng.integers(20, 31))
    top = base * float(rng.uniform(0.5, 2.0))
    options = {"base_lr": top, "warmup_steps": count, "total_steps": total}
    return {**options, "min_lr": top * float(rng.uniform(*low))}, count, total


def way_up(rng: np.random.Generator) -> Inputs:
    options, count, total = run(rng, (0.3, 0.4))
    small, few, _ = run(rng, (0.0, 0.0))
    return {
        f"with {count} warm-up steps of {total} and min_lr": asked(range(count), **options),
        f"with {few} warm-up steps and min_lr 0": asked(range(few), **small),
    }


def way_down(rng: np.random.Generator) -> Inputs:
    made = {}
    for base in bases(rng):
        options, count, total = run(rng, (0.3, 0.4), base)
        where = f"with {count} warm-up steps of {total} to {options['base_lr']:.3g}"
        made[where] = asked(range(count, total), **options)
    return made


def default_min(rng: np.random.Generator) -> Inputs:
    options, count, total = run(rng, (0.0, 0.0))
    options.pop("min_lr")
    where = f"with {count} warm-up steps of {total} and no min_lr"
    return {where: asked([count, count + 1, (count + total) // 2, total - 1], **options)}


def after_the_run(rng: np.random.Generator) -> Inputs:
    made = {}
    for where, low in (("with min_lr", (0.1, 0.3)), ("with min_lr 0", (0.0, 0.0))):
        options, count, total = run(rng, low)
        steps = [total, total + 1, total + count, 2 * total, 7 * total]
        made[where] = asked(steps, *options.values())
    return made


def without_climb(rng: np.random.Generator) -> Inputs:
    total, base = int(rng.integers(12, 20)), rng.uniform(0.5, 2.0)
    steps = [0, 1, total // 3, total // 2, total - 1, total]
    return {"without warm-up": asked(steps, base, 0, total, 0.1 * base)}


def whole_run(rng: np.random.Generator) -> Inputs:
    base = rng.uniform(0.5, 2.0)
    return {
        "where all arguments are ints": asked([0, 1, 5, 9, 12], 3, 2, 9, 1),
        "with one warm-up step": asked([0, 1, 2, 7, 8], base, 1, 8, 0.1 * base),
    }


WARMUPS: Rows = {
    (climb, "values", 0.75, "every step of the climb"): (
        "four warm-up steps to a rate of 1 have the rates 0.25, 0.5, 0.75 and 1."
    ),
    (afterwards, "values", 0.5, "the top, and the steps after it"): (
        "print steps 3, 4 and 40 with four warm-up steps: all have the base rate."
    ),
    (short_climbs, "values", 0.5, "warm-ups of 1 and 2 steps"): (
        "with 1 warm-up step, step 0 has the base rate already."
    ),
    (no_climb, "side", 0.125, "a warm-up of 0 steps"): (
        "with 0 warm-up steps, step 0 has the base rate already."
    ),
    (whole_climbs, "side", 0.125, "integer arguments"): "",
}
table(warmup, WARMUPS)
RUNS: Rows = {
    (way_up, "values", 0.5, "every step of the climb"): (
        "during the climb min_lr makes no difference: print it with and without."
    ),
    (way_down, "values", 0.5, "every step of the cosine, down to min_lr"): (
        "plot all steps of a run: it climbs to the top, stays one step more, and lands on min_lr "
        "at total_steps."
    ),
    (default_min, "values", 0.25, "the cosine with the default min_lr"): (
        "half way between the end of the climb and total_steps, the rate is half of base_lr."
    ),
    (after_the_run, "values", 0.5, "steps at and after total_steps"): (
        "ask for total_steps and for twice that: both have min_lr."
    ),
    (without_climb, "side", 0.125, "a warm-up of 0 steps"): (
        "with warmup_steps = 0 it should be your cosine, step for step."
    ),
    (whole_run, "side", 0.125, "integer arguments, and one warm-up step"): "",
}
table(both, RUNS)
