"""Inputs of the probes of lesson 10: weights of a model, and data."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.api import Inputs

Rng = np.random.Generator
FEATURES, HIDDEN, CLASSES = 4, 5, 3


def some_weights(rng: Rng, outputs: int = CLASSES) -> Inputs:
    return {
        "first.weight": rng.normal(size=(HIDDEN, FEATURES)) / 2,
        "first.bias": rng.normal(size=HIDDEN) / 4,
        "last.weight": rng.normal(size=(outputs, HIDDEN)),
        "last.bias": rng.normal(size=outputs) / 4,
    }


def data(rng: Rng, sizes: list[int], y: Any = None, outputs: int = CLASSES) -> Inputs:
    """Batches of these sizes. Later ones are harder, so that their sizes matter."""
    n, harder = sum(sizes), np.repeat(np.linspace(0.5, 3.0, len(sizes)), sizes)
    x = rng.normal(size=(n, FEATURES)) * harder[:, None]
    y = rng.integers(CLASSES, size=n) if y is None else y
    return {"weights": some_weights(rng, outputs), "sizes": sizes, "x": x, "y": y}


def labelled(*sizes: int) -> Callable[[Rng], Inputs]:
    return lambda rng: data(rng, list(sizes))


def two_targets(rng: Rng) -> Inputs:
    y = rng.normal(size=(5, 2)) * np.linspace(0.5, 3, 5)[:, None]
    return data(rng, [4, 1], y, outputs=2)


def partly_right(rng: Rng) -> Inputs:
    """Batches of 6, 6 and 1 of which the model has 5, 3 and 0 right."""
    return with_hits(rng, [6, 6, 1], [1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 0])


def square(rng: Rng) -> Inputs:
    """Batches of as many samples as classes, of which the model has most right."""
    return with_hits(rng, [CLASSES] * 5, [1] * 12 + [0, 1, 1])


def with_hits(rng: Rng, sizes: list[int], hits: list[int]) -> Inputs:
    """Batches of these sizes, and which of all their samples the model has right."""
    made = data(rng, sizes)
    w1, b1, w2, b2 = made["weights"].values()
    best = (np.tanh(made["x"] @ w1.T + b1) @ w2.T + b2).argmax(axis=1)
    misses = (best + rng.integers(1, CLASSES, size=len(hits))) % CLASSES
    return {**made, "y": np.where(hits, best, misses)}


def two_models(rng: Rng) -> Inputs:
    """Three batches for each of two models, of small numbers and of large ones."""
    return {
        f"with the {which} of two models in turn": {
            "weights": some_weights(rng, outputs=2),
            "x": rng.normal(size=(3, rows, FEATURES)) * scale,
            "y": (rng.normal(size=(3, rows, 2)) + 1) * scale,
            "lr": lr,
        }
        for which, rows, scale, lr in (("first", 6, 0.1, 0.1), ("second", 7, 20.0, 0.002))
    }


def shapes(rng: Rng) -> Inputs:
    """Weights, inputs and targets."""
    x, one, three = rng.normal(size=(6, 3, FEATURES)), some_weights(rng, 1), some_weights(rng)
    y = rng.normal(size=6)
    return {
        "for targets of shape (6, 1)": (one, x[:, 0], y[:, None]),
        "for targets of shape (6,)": (one, x[:, 1], y),
        "for inputs of shape (6, 3, 4)": (three, x, rng.integers(CLASSES, size=6)),
    }


def two_sets(rng: Rng) -> Inputs:
    """A rule to learn; for validation other samples, some with labels that break it, and
    samples of the training with labels that all follow the rule, or all break it."""
    rule = rng.normal(size=(FEATURES, CLASSES))
    x, other = rng.normal(size=(16, FEATURES)), rng.normal(size=(11, FEATURES))
    y, y_other = (x @ rule).argmax(axis=1), (other @ rule).argmax(axis=1)
    return {
        "weights": some_weights(rng),
        "lr": float(rng.uniform(0.08, 0.12)),
        "batch sizes": (10, 7),
        "train": (x, y),
        "validate": (other, (y_other + (np.arange(11) % 4 == 0)) % CLASSES),
        "following": (x[:11], y[:11]),
        "breaking": (x[:11], (y[:11] + 1) % CLASSES),
    }
