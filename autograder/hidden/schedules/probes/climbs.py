"""Probes of linear_warmup and warmup_cosine."""

from __future__ import annotations

import numpy as np

from autograder.api import Inputs, Probe, Probes
from autograder.hidden.schedules.probes.rates import Rates, asked


def climb(rng: np.random.Generator) -> Inputs:
    count, base = int(rng.integers(5, 10)), rng.uniform(0.5, 2.0)
    return {f"with {count} warm-up steps": asked(range(count), base_lr=base, warmup_steps=count)}


def afterwards(rng: np.random.Generator) -> Inputs:
    count, base = int(rng.integers(5, 10)), rng.uniform(0.5, 2.0)
    steps = [count - 1, count, count + 1, 2 * count, 50 * count]
    return {f"with {count} warm-up steps": asked(steps, base, count)}


def short_climbs(rng: np.random.Generator) -> Inputs:
    base = rng.uniform(0.5, 2.0)
    return {
        "with 0 warm-up steps": asked([0, 1, 9], base, 0),
        "with 1 warm-up step": asked([0, 1, 9], base, 1),
        "with 2 warm-up steps": asked([0, 1, 2], base, 2),
    }


def whole_climbs(rng: np.random.Generator) -> Inputs:
    base = 4 * int(rng.integers(2, 9))
    return {
        "where all arguments are ints": asked([0, 1, 3, 4, 30], base_lr=base, warmup_steps=4),
        "where all are ints, without warm-up": asked([0, 5], base_lr=base, warmup_steps=0),
    }


def whole_run(rng: np.random.Generator) -> Inputs:
    count, total, base = int(rng.integers(4, 8)), int(rng.integers(20, 31)), rng.uniform(0.5, 2.0)
    low = base * rng.uniform(0.3, 0.4)
    options = {"base_lr": base, "warmup_steps": count, "total_steps": total, "min_lr": low}
    return {f"with {count} warm-up steps of {total}": asked(range(total), **options)}


def without_climb(rng: np.random.Generator) -> Inputs:
    total, base = int(rng.integers(12, 20)), rng.uniform(0.5, 2.0)
    steps = [0, 1, total // 3, total // 2, total - 1]
    return {
        "without warm-up": asked(steps, base, 0, total),
        "with one warm-up step": asked(steps, base, 1, total, 0.1 * base),
        "with the default min_lr": asked([0, 3, 4, total // 2, total - 1], base, 4, total),
    }


def after_the_run(rng: np.random.Generator) -> Inputs:
    count, total, base = int(rng.integers(4, 8)), int(rng.integers(20, 31)), rng.uniform(0.5, 2.0)
    low = base * rng.uniform(0.1, 0.3)
    steps = [total - 1, total, total + 1, total + count, 2 * total, 7 * total]
    return {
        "with min_lr": asked(steps, base, count, total, low),
        "without min_lr": asked(steps, base, count, total),
    }


def short_run(rng: np.random.Generator) -> Inputs:
    base, count = rng.uniform(0.5, 2.0), int(rng.integers(10, 20))
    return {
        f"with {count} warm-up steps in a run of 5": asked(
            [0, 1, 4, 5, count - 1], base, count, 5, 0.1 * base
        ),
        "where all arguments are ints": asked([0, 1, 5, 9, 12], 3, 2, 9, 1),
    }


def declare(probes: Probes) -> None:
    run = Rates("linear_warmup")
    for probe in (
        Probe(
            "climb",
            "every step of the climb",
            0.75,
            climb,
            run,
            experiment="four warm-up steps to a rate of 1 have the rates 0.25, 0.5, 0.75 and 1.",
        ),
        Probe(
            "afterwards",
            "the top, and the steps after it",
            0.5,
            afterwards,
            run,
            experiment="print steps 3, 4 and 40 with four warm-up steps: all have the base rate.",
        ),
        Probe(
            "short_climbs",
            "warm-ups of 0, 1 and 2 steps",
            0.5,
            short_climbs,
            run,
            experiment="with 0 and with 1 warm-up steps, step 0 has the base rate already.",
        ),
        Probe("integers", "integer arguments", 0.25, whole_climbs, run),
    ):
        probes.add("linear_warmup", probe)
    run = Rates("warmup_cosine")
    for probe in (
        Probe(
            "whole_run",
            "every step of a run with warm-up and min_lr",
            0.75,
            whole_run,
            run,
            experiment="plot all steps of a run: it climbs to the top, stays one step more, and "
            "lands on min_lr at total_steps.",
        ),
        Probe(
            "without_climb",
            "warm-ups of 0 and 1 steps, and the default min_lr",
            0.5,
            without_climb,
            run,
            experiment="with warmup_steps = 0 it should be your cosine, step for step.",
        ),
        Probe(
            "after_the_run",
            "steps at and after total_steps",
            0.5,
            after_the_run,
            run,
            experiment="ask for total_steps and for twice that: both have min_lr.",
        ),
        Probe(
            "short_run",
            "a run that ends within the climb, and integer arguments",
            0.25,
            short_run,
            run,
            experiment="during the climb neither total_steps nor min_lr makes a difference.",
        ),
    ):
        probes.add("warmup_cosine", probe)
