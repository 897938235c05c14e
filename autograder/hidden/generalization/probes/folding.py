"""Probes of k_fold."""

from typing import Any

import numpy as np

from autograder.api import Draws, Inputs, Probes
from autograder.hidden.generalization.probes.chance import Kept, a_seed, fresh, seeds

probes = Probes()
k_fold = probes.exercise("k_fold")


def folds(rng: np.random.Generator) -> Inputs:
    cases = {
        "for 10 rows in 3 folds": (10, 3),
        "for many rows": (int(rng.integers(40, 60)) * 4 + 3, 4),
        "for rows that divide evenly": (35, 5),
    }
    return {"cases": cases, "seed": a_seed(rng)}


def extreme_folds(rng: np.random.Generator) -> Inputs:
    n = int(rng.integers(6, 12))
    cases = {
        "for as many folds as rows": (n, n),
        "for one fold less than rows": (n, n - 1),
        "for 2 folds": (2 * n + 1, 2),
        "for 2 rows": (2, 2),
    }
    return {"cases": cases, "seed": a_seed(rng)}


def run_folds(impl: Any, inputs: Inputs) -> Any:
    return {
        where: impl.k_fold(n, k, fresh([inputs["seed"], i]))
        for i, (where, (n, k)) in enumerate(inputs["cases"].items())
    }


k_fold.probe(
    "the number of folds and their sizes",
    name="sizes",
    points=0.5,
    inputs=folds,
    experiment="print the sizes of all folds for 10 rows and k = 3: 4, 3 and 3.",
)(run_folds)
k_fold.probe(
    "which rows validate and which rows train",
    name="disjoint",
    points=0.75,
    inputs=folds,
    experiment="for 10 rows and 3 folds, sort all validation rows, and each train with its val: "
    "both are range(10).",
)(run_folds)
k_fold.probe(
    "what the shuffle depends on",
    name="chance",
    points=0.45,
    inputs=seeds,
    experiment="make 3 folds of 60 rows twice with one rng, and once with a fresh rng of that "
    "seed.",
)(Draws(lambda impl, inputs, rng: impl.k_fold(60, 3, rng)))
k_fold.probe(
    "as many folds as rows, and two folds",
    name="edges",
    points=0.2,
    inputs=extreme_folds,
    experiment="try k = n, and 2 rows in 2 folds.",
)(run_folds)
k_fold.probe(
    "arrays of integers, and the same from a second call",
    name="pure",
    points=0.1,
    inputs=lambda rng: {"arguments": {"n": 11, "k": 4}, "seed": a_seed(rng)},
    kind="side",
)(Kept(lambda impl, arguments, rng: impl.k_fold(**arguments, rng=rng)))
