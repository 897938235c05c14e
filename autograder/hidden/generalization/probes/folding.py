"""Probes of k_fold."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import EXACT, Inputs, Probe, Probes
from autograder.hidden.generalization.probes.chance import Draws, fresh, seeds


def folds(rng: np.random.Generator) -> Inputs:
    cases = {
        "for 10 rows in 3 folds": (10, 3),
        "for many rows": (int(rng.integers(40, 60)) * 4 + 3, 4),
        "for rows that divide evenly": (35, 5),
    }
    return {"cases": cases, "seed": int(rng.integers(2**31))}


def extreme_folds(rng: np.random.Generator) -> Inputs:
    n = int(rng.integers(6, 12))
    cases = {
        "for as many folds as rows": (n, n),
        "for one fold less than rows": (n, n - 1),
        "for 2 folds": (2 * n + 1, 2),
        "for 2 rows": (2, 2),
    }
    return {"cases": cases, "seed": int(rng.integers(2**31))}


def run_folds(impl: Any, inputs: Inputs) -> Any:
    return {
        where: impl.k_fold(n, k, fresh([inputs["seed"], i]))
        for i, (where, (n, k)) in enumerate(inputs["cases"].items())
    }


def fold_once(impl: Any, inputs: Inputs, rng: np.random.Generator) -> Any:
    return impl.k_fold(60, 3, rng)


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "sizes",
            "the number of folds and their sizes",
            0.5,
            folds,
            run_folds,
            EXACT,
            experiment="print the sizes of all folds for 10 rows and k = 3: 4, 3 and 3.",
        ),
        Probe(
            "disjoint",
            "which rows validate and which rows train",
            0.75,
            folds,
            run_folds,
            EXACT,
            experiment="for 10 rows and 3 folds, sort all validation rows, and each train with its "
            "val: both are range(10).",
        ),
        Probe(
            "chance",
            "what the shuffle depends on",
            0.5,
            seeds,
            Draws(fold_once),
            EXACT,
            experiment="make 3 folds of 60 rows twice with one rng, and once with a fresh rng of "
            "that seed.",
        ),
        Probe(
            "edges",
            "as many folds as rows, and two folds",
            0.25,
            extreme_folds,
            run_folds,
            EXACT,
            experiment="try k = n, and 2 rows in 2 folds.",
        ),
    ):
        probes.add("k_fold", probe)
