"""Probes of split."""

from typing import Any

import numpy as np

from autograder.api import Draws, Inputs, Probes
from autograder.hidden.generalization.probes.chance import Kept, Refused, a_seed, fresh, seeds

probes = Probes()
split = probes.exercise("split")

HALVES, QUARTERS = (0.5, 0.5), (0.25, 0.25, 0.25, 0.25)


def clear_fractions(rng: np.random.Generator, n: int) -> list[float]:
    """Four fractions whose remainders lie at least 0.05 apart, and as far from 0 and 1."""
    while True:
        fractions = rng.dirichlet(np.full(4, 4.0))
        lost = np.sort(n * fractions % 1)
        if np.diff(lost, prepend=0, append=1).min() > 0.05:
            return [float(f) for f in fractions]


def sizes_to_find(rng: np.random.Generator) -> Inputs:
    m, n = int(rng.integers(5, 20)), int(rng.integers(40, 90))
    cases = {
        "for 10 rows in parts of 0.7, 0.2 and 0.1": (10, (0.7, 0.2, 0.1)),
        "for 100 rows in parts of 0.29 and 0.71": (100, (0.29, 0.71)),
        "where no share is a whole number": (n, clear_fractions(rng, n)),
        "in a tie of three thirds": (3 * m + 1, (1 / 3, 1 / 3, 1 / 3)),
        "in ten equal parts": (10 * m + 5, (0.1,) * 10),
        "in ten parts that lose much": (10 * m + 9, (0.1,) * 10),
        "in ten parts that lose little": (10 * m + 2, (0.1,) * 10),
    }
    return {"cases": cases, "seed": a_seed(rng)}


def whole_splits(rng: np.random.Generator) -> Inputs:
    cases = {
        "for 30 rows in two halves": (30, HALVES),
        "for many rows in three parts": (int(rng.integers(100, 200)), (0.6, 0.3, 0.1)),
        "for rows that do not divide evenly": (43, (0.7, 0.15, 0.15)),
        "in a single part": (7, (1.0,)),
    }
    return {"cases": cases, "seed": a_seed(rng)}


def small_splits(rng: np.random.Generator) -> Inputs:
    cases = {
        "for one row": (1, HALVES),
        "for fewer rows than parts": (2, QUARTERS),
        "with fractions of 0": (12, (0.0, 0.75, 0.0, 0.25)),
        "in a tie of twenty parts": (33, (0.04, 0.06) * 10),
    }
    return {"cases": cases, "seed": a_seed(rng)}


def run_split(impl: Any, inputs: Inputs) -> Any:
    return {
        where: impl.split(n, fractions, fresh([inputs["seed"], i]))
        for i, (where, (n, fractions)) in enumerate(inputs["cases"].items())
    }


SUMS = {"0.9": (0.7, 0.2), "1.1": (0.5, 0.5, 0.1), "1.002": (0.5, 0.502), "0.998": (0.5, 0.498)}


def sums_for(right: Inputs, rng: np.random.Generator) -> Inputs:
    """Ten fractions that sum to 1 but for rounding, and others that do not."""
    return {
        "right": {**right, "fractions": (0.1,) * 10},
        "refused": {f"for fractions that sum to {s}": {"fractions": f} for s, f in SUMS.items()},
        "seed": a_seed(rng),
    }


split.probe(
    "the sizes of the parts",
    name="sizes",
    points=0.75,
    inputs=sizes_to_find,
    experiment="print n times each fraction beside the sizes: no two lie more than one apart.",
)(run_split)
split.probe(
    "every row in exactly one part",
    name="every_row_once",
    points=0.5,
    inputs=whole_splits,
    experiment="put all parts together, sort them, and compare with range(n).",
)(run_split)
split.probe(
    "what the shuffle depends on",
    name="chance",
    points=0.35,
    inputs=seeds,
    experiment="split 80 rows twice with one rng, and once with a fresh rng of that seed.",
)(Draws(lambda impl, inputs, rng: impl.split(80, (0.5, 0.3, 0.2), rng)))
split.probe(
    "few rows, and fractions of 0",
    name="edges",
    points=0.15,
    inputs=small_splits,
    experiment="try two rows in four parts, and a fraction of 0.",
)(run_split)


split.probe(
    "fractions that do not sum to 1",
    name="refuses",
    points=0.15,
    inputs=lambda rng: sums_for({"n": 20}, rng),
    kind="side",
    experiment="try fractions that sum to 0.9, and ten fractions of 0.1.",
)(Refused("split", "parts"))
split.probe(
    "arrays of integers, with your fractions left as they were",
    name="pure",
    points=0.1,
    inputs=lambda rng: {
        "arguments": {"n": 10, "fractions": np.array([0.3, 0.3, 0.4])},
        "seed": a_seed(rng),
    },
    kind="side",
)(Kept(lambda impl, arguments, rng: impl.split(**arguments, rng=rng)))
