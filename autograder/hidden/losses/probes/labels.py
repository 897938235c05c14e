"""Probes of cross_entropy_one_hot, bce_with_logits and sample_weighted."""

from __future__ import annotations

import numpy as np

from autograder.api import Inputs, Probe, Probes, Purity
from autograder.hidden.losses.probes.calls import Each, Reductions, refuses_unknown
from autograder.hidden.losses.probes.classes import PureLosses

ONE_HOT, BCE = "cross_entropy_one_hot", "bce_with_logits"


def soft(rng: np.random.Generator, n: int, c: int) -> Inputs:
    """Rows of probabilities, some of them 0, none of them sure."""
    q = rng.uniform(0.1, 1.0, size=(n, c))
    q[np.arange(n), rng.integers(0, c, size=n)] = 0.0
    return {"logits": 2 * rng.normal(size=(n, c)), "target_probs": q / q.sum(axis=1, keepdims=True)}


def hard(rng: np.random.Generator, n: int, c: int) -> Inputs:
    hot = np.eye(c)[rng.integers(0, c, size=n)]
    return {"logits": 2 * rng.normal(size=(n, c)), "target_probs": hot}


def rows_of_labels(rng: np.random.Generator) -> Inputs:
    batches = {
        "one-hot rows": hard(rng, 5, 4),
        "soft rows": soft(rng, 5, 4),
        "as many soft rows as classes": soft(rng, 3, 3),
        "one soft row": soft(rng, 1, 3),
    }
    return {f"for {where}": {**one, "reduction": "none"} for where, one in batches.items()}


def far_labels(rng: np.random.Generator) -> Inputs:
    gap = float(rng.uniform(0.5, 2.0))
    near = rng.normal(size=(2, 3)) + np.array([[1e4], [-1e4]])
    share = float(rng.uniform(0.2, 0.8))
    cases = {
        "rows near 1e4 and -1e4": (near, soft(rng, 2, 3)["target_probs"]),
        "a one-hot target 1e4 below": (np.array([[0.0, 1e4]]), np.array([[1.0, 0.0]])),
        "a one-hot target 2e4 above": (np.array([[1e4, -1e4]]), np.array([[1.0, 0.0]])),
        "a soft target 2e4 apart": (
            np.array([[1e4, -1e4, 1e4 - gap]]),
            np.array([[share, 1 - share, 0.0]]),
        ),
        "a one-hot target 60 below": (np.array([[-60.0 - gap, 0.0]]), np.array([[1.0, 0.0]])),
    }
    return {f"for {where}": {"logits": z, "target_probs": q} for where, (z, q) in cases.items()}


def questions(rng: np.random.Generator, *shape: int) -> Inputs:
    targets = rng.integers(0, 2, size=shape).astype(np.float64)
    targets.flat[0], targets.flat[-1] = 1.0, 0.0
    return {"logits": 2 * rng.normal(size=shape), "targets": targets}


def many_questions(rng: np.random.Generator) -> Inputs:
    shapes = {"a vector": (6,), "a table of labels": (4, 3), "three axes": (2, 3, 2)}
    return {
        f"for {where}": {**questions(rng, *shape), "reduction": "none"}
        for where, shape in shapes.items()
    }


def far_questions(rng: np.random.Generator) -> Inputs:
    sizes = np.array([1e4, 800.0, float(rng.uniform(30, 50)), float(rng.uniform(15, 20))])
    logits = np.concatenate([sizes, -sizes])
    return {
        f"for answers of {answer}": {
            "logits": logits.copy(),
            "targets": np.full(8, float(answer)),
            "reduction": "none",
        }
        for answer in (0, 1)
    }


def weighted(rng: np.random.Generator, n: int) -> Inputs:
    return {"losses": rng.uniform(0.2, 3, size=n), "weights": rng.uniform(0.5, 4, size=n)}


def weights_of_all_kinds(rng: np.random.Generator) -> Inputs:
    sparse = weighted(rng, 6)
    sparse["weights"][[0, 2, 5]] = 0.0
    return {
        "for zero weights": sparse,
        "for one example": weighted(rng, 1),
        "for equal weights": {"losses": rng.uniform(1, 2, size=4), "weights": np.full(4, 2.5)},
    }


def declare(probes: Probes) -> None:
    """In the order of the lesson."""
    _one_hot(probes)
    _questions(probes)
    for probe in (
        Probe(
            "weighted",
            "seven examples with weights",
            0.4,
            lambda rng: {"for seven examples": weighted(rng, 7)},
            Each("sample_weighted", "loss"),
            experiment="double all weights: the loss doubles.",
        ),
        Probe(
            "kinds",
            "weights of 0, one example, equal weights",
            0.4,
            weights_of_all_kinds,
            Each("sample_weighted", "loss"),
            experiment="losses 1, 2, 3, 6 with weights 0, 0, 2, 0: it is 6 / 4.",
        ),
        Probe(
            "pure",
            "integer weights, and nothing that was handed in is changed",
            0.2,
            lambda rng: {
                "losses": rng.uniform(1, 2, size=5),
                "weights": rng.integers(1, 9, size=5),
            },
            Purity("sample_weighted", "loss"),
        ),
    ):
        probes.add("sample_weighted", probe)


def _one_hot(probes: Probes) -> None:
    for probe in (
        Probe(
            "rows",
            "the loss of one-hot and of soft rows",
            0.6,
            rows_of_labels,
            Each(ONE_HOT, "loss"),
            experiment="compare a one-hot row with cross_entropy, then give half of the target to "
            "another class.",
        ),
        Probe(
            "reductions",
            "mean, sum, and neither",
            0.5,
            lambda rng: soft(rng, 5, 3),
            Reductions(ONE_HOT),
            experiment='look at the shape that "none" gives: one number for each row.',
        ),
        Probe(
            "stable",
            "logits of -1e4 and 1e4",
            0.5,
            far_labels,
            Each(ONE_HOT, "loss"),
            experiment="try logits [[1e4, -1e4]] with target [[1, 0]]: 0 times anything is 0.",
        ),
        refuses_unknown(ONE_HOT, 0.2, lambda rng: soft(rng, 4, 3)),
        Probe(
            "pure",
            "nothing that was handed in is changed",
            0.2,
            lambda rng: soft(rng, 3, 4),
            PureLosses(ONE_HOT),
        ),
    ):
        probes.add(ONE_HOT, probe)


def _questions(probes: Probes) -> None:
    for probe in (
        Probe(
            "elementwise",
            "the loss of each question",
            0.5,
            many_questions,
            Each(BCE, "loss"),
            experiment="a logit of 0 costs log 2 for both answers; log 3 costs log(4/3) or log 4.",
        ),
        Probe(
            "reductions",
            "a table's mean, sum, and neither",
            0.5,
            lambda rng: questions(rng, 5, 3),
            Reductions(BCE),
            experiment='compare "mean" and "sum" with np.mean and np.sum of what "none" gives.',
        ),
        Probe(
            "stable",
            "logits of -1e4 and 1e4",
            0.6,
            far_questions,
            Each(BCE, "loss"),
            experiment="try logits 1e4 and -1e4 with targets 1 and 0: sure and right costs 0, "
            "sure and wrong costs 10000.",
        ),
        refuses_unknown(BCE, 0.2, lambda rng: questions(rng, 4)),
        Probe(
            "pure",
            "nothing that was handed in is changed",
            0.2,
            lambda rng: questions(rng, 3, 2),
            PureLosses(BCE),
        ),
    ):
        probes.add(BCE, probe)
