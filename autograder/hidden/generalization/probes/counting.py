"""Probes of confusion_matrix and accuracy, and the predictions."""

import numpy as np

from autograder.api import FORMULA, Calls, Inputs, Probes, Tolerance

probes = Probes()
probes.predictions("coin_flips", "batch_size", "too_wide")
confusion = probes.exercise("confusion_matrix")
accuracy = probes.exercise("accuracy")

COUNTS = Calls("confusion_matrix", "counts", order="targets, predictions, n_classes")
SHARE = Calls("accuracy", "accuracy", order="logits, targets")
INT64 = Tolerance(0.0, 0.0, exact_dtype=True)


def classes(rng: np.random.Generator, n: int, c: int) -> Inputs:
    """Targets and predictions that agree more often than not; the table is not symmetric."""
    targets = rng.integers(0, c, size=n)
    shifted = (targets + rng.choice([0, 0, 1], size=n)) % c
    return {"targets": targets, "predictions": shifted, "n_classes": c}


def three_tables(rng: np.random.Generator) -> Inputs:
    return {
        "for three classes": classes(rng, 40, 3),
        "for six classes": classes(rng, 25, 6),
        "for many examples": classes(rng, 900, 2),
    }


def pairs_of(targets: list[int], predictions: list[int], c: int) -> Inputs:
    """Few examples, written out."""
    return {"targets": np.array(targets), "predictions": np.array(predictions), "n_classes": c}


def missing_classes(rng: np.random.Generator) -> Inputs:
    low = classes(rng, 12, 3)
    shifted = {name: low[name] + 1 for name in ("targets", "predictions")}
    return {
        "where the last classes never occur": {**low, "n_classes": 6},
        "where class 0 never occurs": {**shifted, "n_classes": 5},
        "where a class is predicted only": pairs_of([0, 1, 1], [3, 1, 3], 4),
        "where a class in between is predicted only": pairs_of([0, 2, 2, 0], [1, 2, 1, 1], 3),
    }


def few_examples(rng: np.random.Generator) -> Inputs:
    return {
        "for one example": pairs_of([2], [0], 3),
        "for one class": pairs_of([0] * 4, [0] * 4, 1),
    }


confusion.probe(
    "the counts of three tables",
    name="counts",
    points=1.0,
    inputs=three_tables,
    experiment="try targets [0, 0, 0, 1] with predictions [1, 1, 0, 0] by hand.",
)(COUNTS)
confusion.probe(
    "classes that do not occur",
    name="missing",
    points=0.6,
    inputs=missing_classes,
    experiment="try targets [0], predictions [1] and n_classes = 4: the shape is (4, 4).",
)(COUNTS)
confusion.probe(
    "one example, and one class",
    name="few",
    points=0.15,
    inputs=few_examples,
    experiment="try a single example, and n_classes = 1.",
)(COUNTS)
confusion.pure(
    "counts",
    topic="counts of dtype int64, with your inputs left as they were",
    points=0.25,
    inputs=lambda rng: classes(rng, 15, 4),
    tolerance=INT64,
)


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


def moved(one: Inputs, by: float, times: float = 1.0) -> Inputs:
    """The same rows, shifted and scaled: the same accuracy."""
    return {**one, "logits": times * one["logits"] + by}


def special_logits(rng: np.random.Generator) -> Inputs:
    return {
        "for logits below 0": moved(scores(rng, 6, 4, 4), -50),
        "for logits of thousands": moved(scores(rng, 30, 4, 30), 0, 1e4),
        "for tiny logits": moved(scores(rng, 7, 3, 5), 0, 1e-7),
        "for one row that is right": scores(rng, 1, 3, 1),
        "for rows that are all wrong": scores(rng, 5, 3, 0),
        "for two classes": scores(rng, 9, 2, 5),
    }


accuracy.probe(
    "the share of two batches",
    name="share",
    points=0.5,
    inputs=batches_of_logits,
    tolerance=FORMULA,
    experiment="count by hand for four rows of three classes.",
)(SHARE)
accuracy.probe(
    "as many rows as classes",
    name="square",  # where the wrong axis is a wrong number, and no exception
    points=0.125,
    inputs=lambda rng: {
        f"for {n} rows of {n} classes": scores(rng, n, n, right) for n, right in ((4, 3), (7, 3))
    },
    tolerance=FORMULA,
    experiment="print the shape of what argmax gives: one number a row.",
)(SHARE)
accuracy.probe(
    "logits of all sizes and signs, one row",
    name="special",
    points=0.125,
    inputs=special_logits,
    tolerance=FORMULA,
    experiment="try logits [[-3, -1]] with target 1: the accuracy is 1.",
)(SHARE)
accuracy.pure("accuracy", points=0.25, inputs=lambda rng: scores(rng, 8, 4, 5))
