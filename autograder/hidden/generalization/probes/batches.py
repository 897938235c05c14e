"""Probes of minibatches."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, EXACT, Inputs, Probe, Probes, overwrite, snapshot
from autograder.hidden.generalization.probes.chance import Draws, fresh, seeds


def data(n: int, x_shape: tuple[int, ...], y_shape: tuple[int, ...] = ()) -> Inputs:
    """Rows of x and y; row i holds i in x, and 1000 + i in y."""
    x = np.arange(float(n)).reshape((n,) + (1,) * len(x_shape)) * np.ones(x_shape)
    y = np.arange(n).reshape((n,) + (1,) * len(y_shape)) * np.ones(y_shape, dtype=np.int64)
    return {"x": x, "y": 1000 + y}


def epochs(rng: np.random.Generator) -> Inputs:
    n = 4 * int(rng.integers(4, 9)) + 3
    cases = {
        "for rows of numbers": {**data(n, (3,)), "batch_size": 4},
        "for images": {**data(9, (2, 3)), "batch_size": 3},
        "for plain numbers": {**data(7, ()), "batch_size": 2},
        "with targets of several axes": {**data(10, (2,), (3, 2)), "batch_size": 5},
        "in batches of one": {**data(5, (2,)), "batch_size": 1},
    }
    return {"cases": cases, "seed": int(rng.integers(2**31))}


def run_epochs(impl: Any, inputs: Inputs) -> Any:
    return {
        where: list(impl.minibatches(**case, rng=fresh([inputs["seed"], i])))
        for i, (where, case) in enumerate(inputs["cases"].items())
    }


LAST = {
    "for 10 rows in fours": (10, 4),
    "for 12 rows in fours": (12, 4),
    "for 9 rows in fours": (9, 4),
    "for 5 rows in eights": (5, 8),
    "for 8 rows in eights": (8, 8),
    "for 3 rows in ones": (3, 1),
}


def last_batches(rng: np.random.Generator) -> Inputs:
    return {"seed": int(rng.integers(2**31)), "cases": LAST}


def run_last_batches(impl: Any, inputs: Inputs) -> Any:
    seen: dict[str, Any] = {}
    for where, (n, size) in inputs["cases"].items():
        x, y = np.arange(2.0 * n).reshape(n, 2), np.arange(n)
        for dropping in (False, True):
            rng = fresh(inputs["seed"])
            sizes = [len(xb) for xb, _ in impl.minibatches(x, y, size, rng, dropping)]
            seen[f"{where}, drop_last={dropping}"] = {"batch sizes": sizes}
    return seen


def rows_to_shuffle(rng: np.random.Generator) -> Inputs:
    return {**seeds(rng), "x": np.arange(60.0)[:, None] * np.ones(2), "y": np.arange(60)}


def epoch_once(impl: Any, inputs: Inputs, rng: np.random.Generator) -> Any:
    batches = list(impl.minibatches(inputs["x"], inputs["y"], 20, rng))
    return [np.array(batch[1]) for batch in batches]


def rows_to_keep(rng: np.random.Generator) -> Inputs:
    return {**data(11, (3,)), "seed": int(rng.integers(2**31))}


def run_generator(impl: Any, inputs: Inputs) -> Any:
    x, y = inputs["x"], inputs["y"]
    epoch = impl.minibatches(x, y, 4, fresh(inputs["seed"]))
    seen = {
        "handing out the first batch by next()": hasattr(epoch, "__next__"),
        "ending after the last batch": hasattr(epoch, "__iter__"),
    }
    batches = list(epoch)
    before = snapshot(batches)
    kept = {"x": snapshot(x), "y": snapshot(y)}
    overwrite([x, y])
    return {
        "kind": seen,
        "before": before,
        AFTERWARDS: kept,
        "after": snapshot(batches),
    }


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "pairs",
            "every row once an epoch, each with its own target",
            0.75,
            epochs,
            run_epochs,
            EXACT,
            experiment="let y be the row number that x holds, and compare them in every batch.",
        ),
        Probe(
            "last_batch",
            "the last batch, kept and dropped",
            0.5,
            last_batches,
            run_last_batches,
            EXACT,
            experiment="print the batch sizes for 10, 12 and 3 rows in fours, with and without "
            "drop_last.",
        ),
        Probe(
            "chance",
            "what the order depends on",
            0.5,
            rows_to_shuffle,
            Draws(epoch_once),
            EXACT,
            experiment="run two epochs with one rng, and one with a fresh rng of that seed.",
        ),
        Probe(
            "generator",
            "a generator of copies that leaves the data alone",
            0.25,
            rows_to_keep,
            run_generator,
            EXACT,
            experiment="call next() on what comes back, and write into a batch: x must not change.",
        ),
    ):
        probes.add("minibatches", probe)
