"""What all right answers share where batches are drawn and elements are dropped by lot.

Every feature that could differ by chance does so less than once in 1e9 draws.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, EXACT, FLOAT64, OVERWRITTEN, Bank, equal
from autograder.hidden.generalization.bank.forms import (
    DRAWS,
    count,
    draws,
    is_run,
    neighbours,
    real,
    rows_of,
    said,
    told,
)

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

EPOCH = (
    "batch sizes",
    "giving each input its own target",
    "handing out every input",
    "handing out an input twice",
    "handing out whole rows",
)


def is_whole(batch: Any, data: Any, rows: Any) -> bool:
    """Rows as they are in the data: their dtype, their shape, one number in all of a row."""
    same_kind = batch.dtype == data.dtype and batch.shape[1:] == data.shape[1:]
    return same_kind and bool((batch == rows.reshape((-1,) + (1,) * (data.ndim - 1))).all())


def epoch_of(batches: Any, x: Any, y: Any) -> dict[str, Any]:
    """An epoch whose row i holds i in x, and 1000 + i in y."""
    xs, ys, whole = [], [], True
    for x_batch, y_batch in batches:
        own = x_batch.reshape(len(x_batch), -1)[:, 0]
        theirs = y_batch.reshape(len(y_batch), -1)[:, 0]
        whole = whole and is_whole(x_batch, x, own) and is_whole(y_batch, y, theirs)
        xs.extend(own.tolist())
        ys.extend((theirs - 1000).tolist())
    answers = (
        [count(len(x_batch)) for x_batch, _ in batches],
        xs == ys,
        set(xs) >= set(range(len(x))),
        len(xs) != len(set(xs)),
        whole,
    )
    return dict(zip(EPOCH, answers, strict=True))


def pairs(raw: Any, inputs: Any, secrets: Any) -> Any:
    def find(case: Any) -> Any:
        return lambda batches: epoch_of(batches, case["x"], case["y"])

    return {
        where: told(batches, find(inputs["cases"][where]), EPOCH) for where, batches in raw.items()
    }


SHUFFLED = (
    "repeating a row within a batch",
    "having a batch in ascending order",
    "having a batch that is one stretch of the file",
    "keeping most rows beside their neighbours",
)


def shuffled_epoch(raw: Any, inputs: Any, secrets: Any) -> Any:
    """60 rows in three batches of 20. By chance: 20 rows ascend once in 20! = 2e18; a batch is one
    stretch 41 times in 4e15; of 57 pairs about 2 stay neighbours, 22 or more less than once in
    1e15."""

    def find(first: Any) -> dict[str, Any]:
        batches = [rows_of(batch) for batch in first]
        answers = (
            any(len(set(batch)) < len(batch) for batch in batches),
            any(batch == sorted(batch) for batch in batches),
            any(map(is_run, batches)),
            sum(map(neighbours, batches)) > 21,
        )
        return {**draws(raw), **dict(zip(SHUFFLED, answers, strict=True))}

    return told(raw["first"], find, (*DRAWS, *SHUFFLED))


def generator(raw: Any, inputs: Any, secrets: Any) -> Any:
    same = equal(raw["before"], raw["after"], EXACT)
    find = lambda batches: epoch_of(batches, inputs["x"], inputs["y"])
    return {
        "for a generator": raw["kind"],
        AFTERWARDS: raw[AFTERWARDS],
        "after the epoch": {"sharing memory with the data": not same},
        "for the epoch": told(raw["before"], find, EPOCH),
    }


# dropout

MASKED = (
    "the shapes and dtypes of out and mask",
    "the share of elements that are dropped, in tenths",
    "the smallest value in the mask",
    "the largest value in the mask",
    "the number of different values in the mask",
    "the smallest ratio out / x",
    "the largest ratio out / x",
    "the number of different ratios out / x",
    "being x times the mask",
)


def masked(results: Any, x: Any) -> dict[str, Any]:
    """The features of one forward in training."""
    out, mask = results["out"], results["mask"]
    form = f"{out.shape} {out.dtype}, {mask.shape} {mask.dtype}"
    if out.shape != x.shape or mask.shape != x.shape:
        return {**dict.fromkeys(MASKED), MASKED[0]: form}
    ratio, factors = out / x, mask.astype(float)
    answers = (
        form,
        count(np.round(10 * np.mean(ratio == 0))),
        real(factors.min()),
        real(factors.max()),
        count(len(np.unique(factors.round(9)))),
        real(ratio.min()),
        real(ratio.max()),
        count(len(np.unique(ratio.round(9)))),
        equal(out, x * factors, FLOAT64),
    )
    return dict(zip(MASKED, answers, strict=True))


def training(raw: Any, inputs: Any, secrets: Any) -> Any:
    """4000 elements. The share of zeros has a standard deviation of at most 0.0073. Rounded to
    tenths, a share that should be 0.2 or 0.7 is another one beyond 6.9 deviations: 6e-12."""
    find = lambda results: masked(results, inputs["x"])
    return {where: told(results, find, MASKED) for where, results in raw.items()}


def evaluation(raw: Any, inputs: Any, secrets: Any) -> Any:
    return {
        where: {
            "out": seen["out"],
            "mask": seen["mask"],
            "drawing from rng": seen["states"][0] != seen["states"][1],
        }
        for where, seen in raw.items()
    }


LOTS = (
    *(f"having one mask all along axis {axis}" for axis in range(3)),
    "having two slices with the same mask",
    "dropping equally many elements at every call",
)


def independent(raw: Any, inputs: Any, secrets: Any) -> Any:
    """A mask of (8, 12, 10) with p = 0.5: two slices of 80 or more are equal by chance once in
    1e22. A hundred masks of 20: all drop equally many once in 1e75."""

    def find(first: Any) -> dict[str, Any]:
        mask = first.reshape(inputs["x"].shape) != 0
        answers = (
            *(bool((mask == mask.take([0], axis)).all()) for axis in range(3)),
            any(repeats(mask, axis) for axis in range(3)),
            len({int(np.sum(one == 0)) for one in raw["small"]}) == 1,
        )
        return {**draws(raw["draws"]), **dict(zip(LOTS, answers, strict=True))}

    return told(raw["draws"]["first"], find, (*DRAWS, *LOTS))


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
        "once more": {"dx": raw["before"]["the backward"]["dx"]},
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
