"""Probes of split."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, EXACT, Inputs, Probe, Probes, attempt, snapshot
from autograder.hidden.generalization.probes.chance import Draws, fresh, seeds

HALVES, QUARTERS = (0.5, 0.5), (0.25, 0.25, 0.25, 0.25)


def clear_fractions(rng: np.random.Generator, n: int) -> list[float]:
    """Four fractions whose remainders lie at least 0.05 apart, and as far from 0 and 1."""
    while True:
        fractions = rng.dirichlet(np.full(4, 4.0))
        lost = np.sort(n * fractions % 1)
        if np.diff(lost, prepend=0, append=1).min() > 0.05:
            return [float(f) for f in fractions]


def sizes_to_find(rng: np.random.Generator) -> Inputs:
    """Clear cases, and ties that floats represent exactly."""
    m = int(rng.integers(5, 20))
    n = int(rng.integers(40, 90))
    cases: dict[str, Any] = {
        "for 10 rows in parts of 0.7, 0.2 and 0.1": (10, (0.7, 0.2, 0.1)),
        "for 100 rows in parts of 0.29 and 0.71": (100, (0.29, 0.71)),
        "where the last parts lose more": (4 * m + 3, (0.5, 0.25, 0.25)),
        "where the first part loses least": (8 * m + 3, (0.125, 0.25, 0.625)),
        "for four parts with other remainders": (n, clear_fractions(rng, n)),
        "in a tie of two halves": (2 * m + 1, HALVES),
        "in a tie of four quarters": (4 * m + 2, QUARTERS),
        "in a tie of three thirds": (3 * m + 1, (1 / 3, 1 / 3, 1 / 3)),
    }
    return {"cases": cases, "seed": int(rng.integers(2**31))}


def run_split(impl: Any, inputs: Inputs) -> Any:
    return {
        where: impl.split(n, fractions, fresh([inputs["seed"], i]))
        for i, (where, (n, fractions)) in enumerate(inputs["cases"].items())
    }


def whole_splits(rng: np.random.Generator) -> Inputs:
    n = int(rng.integers(100, 200))
    cases = {
        "for 30 rows in two halves": (30, HALVES),
        "for many rows in three parts": (n, (0.6, 0.3, 0.1)),
        "for rows that do not divide evenly": (43, (0.7, 0.15, 0.15)),
    }
    return {"cases": cases, "seed": int(rng.integers(2**31))}


def split_once(impl: Any, inputs: Inputs, rng: np.random.Generator) -> Any:
    return impl.split(80, (0.5, 0.3, 0.2), rng)


SUMS = {
    "0.9": (0.7, 0.2),
    "1.1": (0.5, 0.5, 0.1),
    "1.000005": (0.5, 0.500005),
    "0.999995": (0.5, 0.499995),
    "1.0000001": (0.5, 0.5000001),
}
GOOD_SUMS = {
    "1 but for rounding": (0.1,) * 10,
    "1 + 2e-9": (0.5, 0.500000002),
}


def edges_of_split(rng: np.random.Generator) -> Inputs:
    cases = {
        "for no rows": (0, (0.8, 0.2)),
        "for one row": (1, HALVES),
        "for fewer rows than parts": (2, QUARTERS),
        "with fractions of 0": (12, (0.0, 0.75, 0.0, 0.25)),
        "in a single part": (7, (1.0,)),
    }
    fractions = np.array([0.3, 0.3, 0.4])
    return {"cases": cases, "fractions": fractions, "seed": int(rng.integers(2**31))}


def run_edges_of_split(impl: Any, inputs: Inputs) -> Any:
    seed, fractions = inputs["seed"], inputs["fractions"]
    refused = {s: attempt(impl.split, 20, f, fresh(seed)) for s, f in SUMS.items()}
    accepted = {s: attempt(impl.split, 20, f, fresh(seed)) for s, f in GOOD_SUMS.items()}
    impl.split(10, fractions, fresh(seed))
    return {
        "parts": run_split(impl, inputs),
        "refused": refused,
        "accepted": accepted,
        AFTERWARDS: {"fractions": snapshot(fractions)},
    }


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "sizes",
            "the sizes of the parts",
            0.75,
            sizes_to_find,
            run_split,
            EXACT,
            experiment="write down n times each fraction, what rounding down loses, and who gets "
            "the rows that are left.",
        ),
        Probe(
            "every_row_once",
            "every row in exactly one part",
            0.5,
            whole_splits,
            run_split,
            EXACT,
            experiment="put all parts together, sort them, and compare with range(n).",
        ),
        Probe(
            "chance",
            "what the shuffle depends on",
            0.5,
            seeds,
            Draws(split_once),
            EXACT,
            experiment="split 80 rows twice with one rng, and once with a fresh rng of that seed.",
        ),
        Probe(
            "edges",
            "few rows, fractions of 0, sums that are not 1",
            0.25,
            edges_of_split,
            run_edges_of_split,
            EXACT,
            experiment="try n = 0, ten fractions of 0.1, and two that sum to 1.000005.",
        ),
    ):
        probes.add("split", probe)
