"""What all right answers share where batches are drawn and elements are dropped by lot.

Every feature that could differ by chance does so less than once in 1e9 draws.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.compare import equal
from autograder.hidden.generalization.bank.observers_of_parts import (
    count,
    draws,
    is_run,
    neighbours,
    rows_of,
    said,
)
from autograder.misconception import Bank
from autograder.observation import Number
from autograder.probe import EXACT, FLOAT64
from autograder.toolbox import AFTERWARDS, OVERWRITTEN

DROPOUT = "dropout_forward__dropout_backward"


def declare(bank: Bank) -> None:
    bank.observe("minibatches", "pairs")(pairs)
    bank.observe("minibatches", "chance")(shuffled_epoch)
    bank.observe("minibatches", "generator")(generator)
    bank.observe(DROPOUT, "training")(training)
    bank.observe(DROPOUT, "evaluation")(evaluation)
    bank.observe(DROPOUT, "chance")(independent)
    bank.observe(DROPOUT, "edges")(dropout_edges)
    bank.observe("EarlyStopping", "patience")(first_stops)


# minibatches


def epoch_of(batches: Any, x: Any, y: Any) -> dict[str, Any]:
    """An epoch whose row i holds i in x, and 1000 + i in y."""
    xs, ys, intact = [], [], True
    for x_batch, y_batch in batches:
        own = x_batch.reshape(len(x_batch), -1)[:, 0]
        theirs = y_batch.reshape(len(y_batch), -1)[:, 0] - 1000
        intact = intact and x_batch.shape[1:] == x.shape[1:] and y_batch.shape[1:] == y.shape[1:]
        intact = intact and x_batch.dtype == x.dtype and y_batch.dtype == y.dtype
        intact = intact and bool((x_batch == own.reshape((-1,) + (1,) * (x.ndim - 1))).all())
        intact = intact and bool(
            (y_batch - 1000 == theirs.reshape((-1,) + (1,) * (y.ndim - 1))).all()
        )
        xs.extend(own.tolist())
        ys.extend(theirs.tolist())
    return {
        "batch sizes": [count(len(x_batch)) for x_batch, _ in batches],
        "giving each input its own target": xs == ys,
        "handing out every input": set(xs) == set(range(len(x))),
        "handing out an input twice": len(xs) != len(set(xs)),
        "handing out whole rows": intact,
    }


def pairs(raw: Any, inputs: Any, secrets: Any) -> Any:
    return {
        where: epoch_of(batches, inputs["cases"][where]["x"], inputs["cases"][where]["y"])
        for where, batches in raw.items()
    }


def shuffled_epoch(raw: Any, inputs: Any, secrets: Any) -> Any:
    """60 rows in three batches of 20. By chance: 20 rows ascend once in 20! = 2e18; a batch is one
    stretch 41 times in 4e15; of 57 pairs about 2 stay neighbours, 22 or more less than once in
    1e15."""
    batches = [rows_of(batch) for batch in raw["first"]]
    return {
        **draws(raw),
        "repeating a row within a batch": any(len(set(b)) < len(b) for b in batches),
        "having a batch in ascending order": any(batch == sorted(batch) for batch in batches),
        "having a batch that is one stretch of the file": any(map(is_run, batches)),
        "keeping most rows beside their neighbours": sum(map(neighbours, batches)) > 21,
    }


def generator(raw: Any, inputs: Any, secrets: Any) -> Any:
    same = equal(raw["before"], raw["after"], EXACT)
    return {
        "for a generator": raw["kind"],
        AFTERWARDS: raw[AFTERWARDS],
        "after the epoch": {"sharing memory with the data": not same},
        "for the epoch": epoch_of(raw["before"], inputs["x"], inputs["y"]),
    }


# dropout


def real(number: Any) -> Number:
    return Number(float(number), "float64")


def training(raw: Any, inputs: Any, secrets: Any) -> Any:
    """20000 elements. The share of zeros has a standard deviation of at most 0.0036: rounded to
    tenths, a share that should be 0.2, 0.5 or 0.7 is another one (13 deviations) never."""
    seen: dict[str, Any] = {}
    for where, results in raw.items():
        out, mask, x = results["out"], results["mask"], inputs["x"]
        if out.shape != x.shape or mask.shape != x.shape:
            seen[where] = {"the shape of out": list(out.shape), "of mask": list(mask.shape)}
            continue
        ratio = out / x
        seen[where] = {
            "the share of elements that are dropped, in tenths": count(
                np.round(10 * np.mean(ratio == 0))
            ),
            "the smallest value in the mask": real(mask.min()),
            "the largest value in the mask": real(mask.max()),
            "the number of different values in the mask": count(len(np.unique(mask.round(9)))),
            "the smallest ratio out / x": real(ratio.min()),
            "the largest ratio out / x": real(ratio.max()),
            "the number of different ratios out / x": count(len(np.unique(ratio.round(9)))),
            "being x times the mask": equal(out, x * mask, FLOAT64),
        }
    return seen


def evaluation(raw: Any, inputs: Any, secrets: Any) -> Any:
    return {
        where: {
            "out": seen["out"],
            "mask": seen["mask"],
            "drawing from rng": seen["states"][0] != seen["states"][1],
        }
        for where, seen in raw.items()
    }


def independent(raw: Any, inputs: Any, secrets: Any) -> Any:
    """A mask of (8, 12, 10) with p = 0.5: two slices of 80 or more are equal by chance once in
    1e22. A hundred masks of 20: all drop equally many once in 1e75."""
    mask = np.asarray(raw["draws"]["first"]) != 0
    small = {int(np.sum(one == 0)) for one in raw["small"]}
    return {
        **draws(raw["draws"]),
        **{
            f"having one mask all along axis {axis}": bool((mask == mask.take([0], axis)).all())
            for axis in range(3)
        },
        "having two slices with the same mask": any(repeats(mask, axis) for axis in range(3)),
        "dropping equally many elements at every call": len(small) == 1,
    }


def repeats(mask: Any, axis: int) -> bool:
    """Two equal slices along an axis."""
    slices = np.moveaxis(mask, axis, 0).reshape(mask.shape[axis], -1)
    return len(np.unique(slices, axis=0)) < len(slices)


def dropout_edges(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The refusals; that nothing was changed; and which results follow their inputs."""
    follows = {
        f"of {where}": {
            f"{name} sharing memory with the input": not equal(
                value, raw[OVERWRITTEN][where][name], EXACT
            )
            for name, value in results.items()
        }
        for where, results in raw["before"].items()
    }
    return {
        **{f"the answer to {which}": said(answer) for which, answer in raw["refused"].items()},
        AFTERWARDS: raw[AFTERWARDS],
        **follows,
        "of the backward, once more": {"dx": raw["before"]["the backward"]["dx"]},
    }


# EarlyStopping


def first_stops(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The answers; and the update at which it first says stop (0: never), as a number."""
    return {
        where: {
            "the number of the first update that says stop": count(
                seen["answer"].index(True) + 1 if True in seen["answer"] else 0
            ),
            **seen,
        }
        for where, seen in raw.items()
    }
