"""Probes of cross_entropy and cross_entropy_one_hot."""

from functools import partial
from typing import Any

import numpy as np

from autograder.api import FORMULA, Calls, Inputs, Probes
from autograder.hidden.losses.probes.calls import REFUSED, Reductions, apart, try_average, unknown

probes = Probes()
probes.predictions("double_softmax")

SPARSE, ONE_HOT = "cross_entropy", "cross_entropy_one_hot"
SIZES: dict[str, Any] = {
    "six rows": (6, 4),
    "one row": (1, 3),
    "logits below one": (5, 2, -0.5, 0.2),
    "logits above ten": (7, 5, 25.0, 3.0),
}


def classified(
    rng: np.random.Generator, n: int, c: int, level: float = 0.0, scale: float = 2.0
) -> Inputs:
    targets = rng.integers(0, c, size=n)
    targets[:2] = [0, c - 1][: len(targets)]
    return {"logits": rng.normal(level, scale, size=(n, c)), "targets": targets}


def soft(
    rng: np.random.Generator, n: int, c: int, level: float = 0.0, scale: float = 2.0
) -> Inputs:
    """Rows of probabilities, one of them 0, none of them sure."""
    q = rng.uniform(0.1, 1.0, size=(n, c))
    if c > 2:
        q[np.arange(n), rng.integers(0, c, size=n)] = 0.0
    probs = q / q.sum(axis=1, keepdims=True)
    return {"logits": rng.normal(level, scale, size=(n, c)), "target_probs": probs}


def hard(rng: np.random.Generator, n: int, c: int) -> Inputs:
    hot = np.eye(c)[rng.integers(0, c, size=n)]
    return {"logits": 2 * rng.normal(size=(n, c)), "target_probs": hot}


def rows(rng: np.random.Generator) -> Inputs:
    made = {where: classified(rng, *size) for where, size in SIZES.items()}
    made["equal logits"] = {"logits": np.zeros((3, 4)), "targets": np.array([3, 0, 2])}
    return {f"for {where}": {**one, "reduction": "none"} for where, one in made.items()}


def rows_of_labels(rng: np.random.Generator) -> Inputs:
    made = {f"{where} with soft labels": soft(rng, *size) for where, size in SIZES.items()}
    made["one-hot rows"], made["one-hot rows of integers"] = hard(rng, 5, 4), hard(rng, 4, 3)
    whole = made["one-hot rows of integers"]
    whole["target_probs"] = whole["target_probs"].astype(np.int64)
    return {f"for {where}": {**one, "reduction": "none"} for where, one in made.items()}


def square(make: Any, rng: np.random.Generator) -> Inputs:
    return {f"for {n} rows of {n}": make(rng, n, n) for n in (4, 3)}


def far_from_target(rng: np.random.Generator) -> Inputs:
    near, gap = rng.normal(size=(3, 4)), float(rng.uniform(0.5, 2.0))
    shifted = near + np.array([[1e4], [-1e4], [0.0]])
    steps = np.array([[-20.0 - gap, 0.0], [-30.0 - gap, 0.0], [-50.0 - gap, 0.0]])
    cases = {
        "rows near 1e4, -1e4 and 0": (shifted, rng.integers(0, 4, size=3)),
        "a target 1e4 below": (np.array([[0.0, 1e4]]), np.array([0])),
        "a target 2e4 below": (np.array([[1e4, -1e4, 1e4 - gap]]), np.array([1])),
        "a target 1e4 above": (np.array([[1e4, 0.0]]), np.array([0])),
        "targets 20, 30 and 50 below": (steps, np.zeros(3, dtype=np.int64)),
    }
    return {f"for {where}": {"logits": z, "targets": t} for where, (z, t) in cases.items()}


def far_labels(rng: np.random.Generator) -> Inputs:
    gap, share = float(rng.uniform(0.5, 2.0)), float(rng.uniform(0.2, 0.8))
    near = rng.normal(size=(2, 2)) + np.array([[1e4], [-1e4]])
    first = np.array([[1.0, 0.0]])
    shared = np.array([[share, 1 - share, 0.0]])
    steps = np.array([[-20.0 - gap, 0.0], [-30.0 - gap, 0.0], [-60.0 - gap, 0.0]])
    cases = {
        "rows near 1e4 and -1e4": (near, soft(rng, 2, 2)["target_probs"]),
        "a one-hot target 1e4 below": (np.array([[0.0, 1e4]]), first),
        "a one-hot target 2e4 above": (np.array([[1e4, -1e4]]), first),
        "a soft target 2e4 apart": (np.array([[1e4, -1e4, 1e4 - gap]]), shared),
        "one-hot targets 20, 30 and 60 below": (steps, np.tile(first, (3, 1))),
    }
    return {
        f"for {where}": {"logits": z, "target_probs": q, "reduction": "none"}
        for where, (z, q) in cases.items()
    }


MADE = {SPARSE: (rows, classified, far_from_target), ONE_HOT: (rows_of_labels, soft, far_labels)}
EXPERIMENTS = {
    SPARSE: {
        "rows": "take the logarithms of 1/2, 1/4, 1/4 as logits: target 0 costs log 2, target 1 "
        "costs log 4.",
        "reductions": "logits of all zeros: the mean is the logarithm of the number of classes, "
        "the sum is N times that.",
        "stable": "try logits [[0, 1e4]] with target 0: the loss is 10000.",
    },
    ONE_HOT: {
        "rows": "compare a one-hot row with cross_entropy, then give half of the target to another "
        "class.",
        "reductions": 'look at the shape that "none" gives: one number for each row.',
        "stable": "try logits [[1e4, -1e4]] with target [[1, 0]]: 0 times anything is 0.",
    },
}
for name, (many, make, far) in MADE.items():
    loss, experiments = probes.exercise(name), EXPERIMENTS[name]
    targets = "target_probs" if name == ONE_HOT else "targets"
    run = Calls(name, "loss", order=f"logits, {targets}, reduction")
    loss.probe(
        "the loss of each row",
        points=0.5,
        inputs=many,
        name="rows",
        tolerance=FORMULA,
        experiment=experiments["rows"],
    )(run)
    loss.probe(
        "as many rows as classes",
        points=0.2,
        inputs=partial(square, make),
        name="square",
        tolerance=FORMULA,
        experiment=experiments["rows"],
    )(run)
    loss.probe(
        "mean, sum, and neither",
        points=0.5,
        inputs=partial(make, n=5, c=3),
        name="reductions",
        tolerance=FORMULA,
        experiment=experiments["reductions"],
    )(Reductions(name))
    # Near 1e4 a rounding error is 1e-12, and some right answers show it in full.
    loss.probe(
        "logits of -1e4 and 1e4",
        points=0.4,
        inputs=far,
        name="stable",
        experiment=experiments["stable"],
    )(run)
    loss.refuses(
        REFUSED,
        "loss",
        points=0.2,
        inputs=unknown(partial(make, n=4, c=3)),
        name="unknown_reductions",
        experiment=try_average(name),
    )
    loss.pure("loss", points=0.2, inputs=apart(partial(make, n=4, c=3)))
