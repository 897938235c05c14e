"""Probes of confusion_matrix and accuracy."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Inputs, Probe, Probes, Purity, Tolerance

INT64 = Tolerance(0.0, 0.0, exact_dtype=True)


def classes(rng: np.random.Generator, n: int, c: int) -> Inputs:
    """Targets and predictions that agree half of the time, so that the table is not symmetric."""
    targets = rng.integers(0, c, size=n)
    shifted = (targets + rng.choice([0, 0, 1], size=n)) % c
    return {"targets": targets, "predictions": shifted, "n_classes": c}


def tables(rng: np.random.Generator) -> Inputs:
    return {
        "for three classes": classes(rng, 40, 3),
        "for six classes": classes(rng, 25, 6),
        "for many examples": classes(rng, 900, 2),
    }


def missing_classes(rng: np.random.Generator) -> Inputs:
    low = classes(rng, 12, 3)
    return {
        "where the last classes never occur": {**low, "n_classes": 6},
        "where class 0 never occurs": {
            "targets": low["targets"] + 1,
            "predictions": low["predictions"] + 1,
            "n_classes": 5,
        },
        "where a class is predicted only": {
            "targets": np.array([0, 1, 1]),
            "predictions": np.array([3, 1, 3]),
            "n_classes": 4,
        },
        "for one example": {
            "targets": np.array([2]),
            "predictions": np.array([0]),
            "n_classes": 3,
        },
        "for one class": {
            "targets": np.zeros(4, dtype=np.int64),
            "predictions": np.zeros(4, dtype=np.int64),
            "n_classes": 1,
        },
        "for no examples": {
            "targets": np.zeros(0, dtype=np.int64),
            "predictions": np.zeros(0, dtype=np.int64),
            "n_classes": 2,
        },
    }


def run_tables(impl: Any, inputs: Inputs) -> Any:
    return {where: {"counts": impl.confusion_matrix(**case)} for where, case in inputs.items()}


def scores(rng: np.random.Generator, n: int, c: int, right: int) -> Inputs:
    """Logits of which exactly `right` rows have their largest value at the target."""
    logits = 2 * rng.normal(size=(n, c))
    best = np.argmax(logits, axis=1)
    wrong = (best + rng.integers(1, c, size=n)) % c
    targets = np.where(rng.permutation(n) < right, best, wrong)
    return {"logits": logits, "targets": targets}


def batches_of_logits(rng: np.random.Generator) -> Inputs:
    return {
        "for 12 rows of 5 classes": scores(rng, 12, 5, int(rng.integers(4, 9))),
        "for 7 rows of 3 classes": scores(rng, 7, 3, int(rng.integers(2, 5))),
    }


def special_logits(rng: np.random.Generator) -> Inputs:
    negative = scores(rng, 6, 4, 4)
    return {
        "for as many rows as classes": scores(rng, 4, 4, 3),
        "for logits below 0": {**negative, "logits": negative["logits"] - 50},
        "for one row that is right": scores(rng, 1, 3, 1),
        "for rows that are all wrong": scores(rng, 5, 3, 0),
        "for two classes": scores(rng, 9, 2, 5),
    }


def run_accuracy(impl: Any, inputs: Inputs) -> Any:
    return {where: {"accuracy": impl.accuracy(**case)} for where, case in inputs.items()}


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "counts",
            "the counts of three tables",
            1.0,
            tables,
            run_tables,
            INT64,
            experiment="try targets [0, 0, 0, 1] with predictions [1, 1, 0, 0] by hand.",
        ),
        Probe(
            "missing",
            "classes that do not occur, and few examples",
            0.75,
            missing_classes,
            run_tables,
            INT64,
            experiment="try targets [0], predictions [1] and n_classes = 4: the shape is (4, 4).",
        ),
        Probe(
            "pure",
            "nothing that was handed in is changed",
            0.25,
            lambda rng: classes(rng, 15, 4),
            Purity("confusion_matrix", "counts"),
            INT64,
        ),
    ):
        probes.add("confusion_matrix", probe)
    for probe in (
        Probe(
            "share",
            "the share of two batches",
            0.5,
            batches_of_logits,
            run_accuracy,
            experiment="count by hand for four rows of three classes.",
        ),
        Probe(
            "special",
            "square, negative, all wrong, one row",
            0.25,
            special_logits,
            run_accuracy,
            experiment="try logits [[-3, -1]] with target 1: the accuracy is 1.",
        ),
        Probe(
            "pure",
            "nothing that was handed in is changed",
            0.25,
            lambda rng: scores(rng, 8, 4, 5),
            Purity("accuracy", "accuracy"),
        ),
    ):
        probes.add("accuracy", probe)
