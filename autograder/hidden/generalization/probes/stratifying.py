"""Probes of stratified_split."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, EXACT, Inputs, Probe, Probes, attempt, snapshot
from autograder.hidden.generalization.probes.chance import Draws, fresh, seeds
from autograder.hidden.generalization.probes.splitting import GOOD_SUMS, HALVES, SUMS


def classes_of(rng: np.random.Generator, sizes: dict[Any, int], dtype: Any = None) -> Any:
    """Labels in shuffled order, each as often as said."""
    labels = np.array([label for label, size in sizes.items() for _ in range(size)], dtype=dtype)
    return rng.permutation(labels)


def many_classes(rng: np.random.Generator) -> Inputs:
    """Eight classes of about 100 rows: a split that ignores them meets all 24 bounds less than once
    in 1e9 draws."""
    sizes = {label: int(rng.integers(90, 130)) for label in range(8)}
    rare = {0: int(rng.integers(400, 500)), 1: 10, 2: 4}
    sizes[3] = 101
    return {
        "labels": {
            "for eight classes": (classes_of(rng, sizes), (0.5, 0.25, 0.25)),
            "for rare classes": (classes_of(rng, rare), (0.6, 0.2, 0.2)),
            "for four parts": (classes_of(rng, {0: 47, 1: 58, 2: 69}), (0.3, 0.3, 0.3, 0.1)),
        },
        "seed": int(rng.integers(2**31)),
    }


def odd_labels(rng: np.random.Generator) -> Inputs:
    names = {"cat": 31, "dog": 22, "a longer name": 13}
    return {
        "labels": {
            "for labels 0, 1, 2": (classes_of(rng, {0: 21, 1: 34, 2: 8}), (0.7, 0.3)),
            "for labels with gaps": (classes_of(rng, {3: 25, 40: 31, 900: 12}), (0.7, 0.3)),
            "for negative labels": (classes_of(rng, {-5: 24, -1: 33, 2: 20}), (0.5, 0.3, 0.2)),
            "for labels that are strings": (classes_of(rng, names), (0.6, 0.4)),
            "for labels that are floats": (classes_of(rng, {0.25: 18, 0.75: 27}), HALVES),
        },
        "seed": int(rng.integers(2**31)),
    }


def run_stratified(impl: Any, inputs: Inputs) -> Any:
    return {
        where: impl.stratified_split(labels, fractions, fresh([inputs["seed"], i]))
        for i, (where, (labels, fractions)) in enumerate(inputs["labels"].items())
    }


def labels_in_blocks(rng: np.random.Generator) -> Inputs:
    return {**seeds(rng), "labels": np.repeat(np.array([4, 7]), 60)}


def stratified_once(impl: Any, inputs: Inputs, rng: np.random.Generator) -> Any:
    return impl.stratified_split(inputs["labels"], (0.5, 0.5), rng)


def edges_of_stratified(rng: np.random.Generator) -> Inputs:
    return {
        "labels": {
            "for a single class": (np.full(9, 6), (0.5, 0.5)),
            "for classes of one row each": (np.arange(5) * 2 - 3, (0.6, 0.4)),
            "with a fraction of 0": (classes_of(rng, {1: 8, 2: 12}), (0.75, 0.0, 0.25)),
            "for one row": (np.array([3]), (0.5, 0.5)),
        },
        "seed": int(rng.integers(2**31)),
    }


def run_edges_of_stratified(impl: Any, inputs: Inputs) -> Any:
    labels = np.repeat(np.arange(3), 10)
    seed = inputs["seed"]
    refused = {s: attempt(impl.stratified_split, labels, f, fresh(seed)) for s, f in SUMS.items()}
    accepted = {
        s: attempt(impl.stratified_split, labels, f, fresh(seed)) for s, f in GOOD_SUMS.items()
    }
    return {
        "parts": run_stratified(impl, inputs),
        "refused": refused,
        "accepted": accepted,
        AFTERWARDS: {"labels": [one for one, _ in snapshot(inputs["labels"]).values()][:3]},
    }


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "shares",
            "the share of every class in every part",
            0.75,
            many_classes,
            run_stratified,
            EXACT,
            experiment="count every class in every part, beside fraction times class size.",
        ),
        Probe(
            "any_labels",
            "labels of all kinds, and every row in exactly one part",
            0.5,
            odd_labels,
            run_stratified,
            EXACT,
            experiment="try labels [-5, 40, 40, -5], and labels that are strings.",
        ),
        Probe(
            "chance",
            "what the choice of rows depends on",
            0.5,
            labels_in_blocks,
            Draws(stratified_once),
            EXACT,
            experiment="split 60 equal labels with two seeds: the parts hold other rows.",
        ),
        Probe(
            "edges",
            "tiny classes, and fractions that do not sum to 1",
            0.25,
            edges_of_stratified,
            run_edges_of_stratified,
            EXACT,
            experiment="try five rows of five classes, and fractions that sum to 0.9.",
        ),
    ):
        probes.add("stratified_split", probe)
