"""Probes of the evaluation."""

import numpy as np

from autograder.api import FORMULA, Calls, Inputs, Probes
from autograder.hidden.numpy_trainer.probes.nets import logits_of, network

probes = Probes()
evaluation = probes.exercise("evaluate")
calls = Calls("evaluate", "loss", "accuracy", order="params, x, y")


def case(
    rng: np.random.Generator, n: int, right: int, sizes: list[int], scale: float = 1.0
) -> Inputs:
    """A network and a set of n rows, `right` of them with the class that it says."""
    params = network(rng, sizes)
    x = rng.normal(size=(n, sizes[0])) * scale
    ranked = np.argsort(logits_of(params, x), axis=1)
    y = np.where(rng.permutation(n) < right, ranked[:, -1], ranked[:, 0])
    return {"params": params, "x": x, "y": y}


def usual(rng: np.random.Generator) -> Inputs:
    return {
        "for nine rows and four classes": case(rng, 9, 5, [3, 6, 5, 4]),
        "for four rows and four classes": case(rng, 4, 3, [3, 5, 4]),
        "when all rows are right": case(rng, 6, 6, [3, 5, 3]),
        "when no row is right": case(rng, 6, 0, [3, 5, 3]),
        "for large inputs": case(rng, 7, 4, [3, 5, 3], scale=100.0),
        "for tiny inputs": case(rng, 7, 2, [3, 5, 3], scale=1e-3),
    }


def many(rng: np.random.Generator) -> Inputs:
    """More rows than most people take at a time, of which no usual size of a batch is a part."""
    return {"for 1037 rows": case(rng, 1037, 613, [4, 8, 3])}


def corners(rng: np.random.Generator) -> Inputs:
    return {
        "for one row": case(rng, 1, 1, [3, 5, 4]),
        "without a hidden layer": case(rng, 7, 3, [4, 3]),
    }


def large(rng: np.random.Generator) -> Inputs:
    apart, near, below = (case(rng, 5, 2, [3, 4, 3]) for _ in range(3))
    apart["params"]["b2"] = rng.permutation([1e4, 0.0, -1e4])
    near["params"]["b2"] += 1e4
    below["params"]["b2"] -= 1e4
    return {"for logits 1e4 apart": apart, "near 1e4": near, "near -1e4": below}


evaluation.probe(
    "loss and accuracy of small networks",
    points=1.0,
    inputs=usual,
    name="usual",
    tolerance=FORMULA,
    experiment="take a network without hidden layers and three rows, and do it by hand.",
)(calls)
evaluation.probe(
    "loss and accuracy on a thousand rows",
    points=0.35,
    inputs=many,
    name="many",
    tolerance=FORMULA,
    experiment="evaluate 100 rows at once, and in parts of 64 and 36: both give the same.",
)(calls)
evaluation.probe(
    "one row, no hidden layer",
    points=0.2,
    inputs=corners,
    name="corners",
    tolerance=FORMULA,
    experiment="evaluate one row that is right: the accuracy should be 1.0.",
)(calls)
evaluation.probe(
    "logits of 1e4",
    points=0.2,
    inputs=large,
    name="large",
    kind="side",
    tolerance=FORMULA,
    experiment="add 1e4 to every logit: the loss should not change.",
)(calls)
evaluation.pure(
    "loss",
    "accuracy",
    points=0.25,
    inputs=lambda rng: case(rng, 9, 5, [3, 6, 4]),
    tolerance=FORMULA,
)
