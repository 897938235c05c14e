"""What all right answers to `fit` share, with any optimizer, any split and any draws."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, Bank, Number
from autograder.hidden.numpy_trainer.bank.reading import (
    column,
    cross_entropy,
    logits_of,
    number,
    same,
)

KEY = "fit"
CLOSE = 1e-7
NONE = -1


def count(value: Any) -> Number:
    return Number(int(value), "int64")


def declare(bank: Bank) -> None:
    for name, observer in (
        ("columns", columns),
        ("worsens", worsens),
        ("improves", improves),
        ("turns", turns),
        ("stands_still", stands_still),
        ("knobs", knobs),
        ("draws", draws),
        ("predicts", predicts),
    ):
        bank.observe(KEY, name)(observer)


def columns(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Names, lengths, and the rates, which are nobody's choice."""
    seen = {}
    for where in inputs["schedules"]:
        history = raw[where]["history"]
        seen[f"in a run {where}"] = {
            "lr": column(history["lr"]),
            "columns": sorted(history),
            "lengths of the columns": {name: count(len(history[name])) for name in sorted(history)},
            "all are finite numbers": all(np.isfinite(column(c)).all() for c in history.values()),
            "shapes of the parameters": {
                name: [count(n) for n in array.shape] for name, array in sorted(_params(raw[where]))
            },
            "config is unchanged": raw[where]["config"],
        }
    return {**seen, AFTERWARDS: raw[AFTERWARDS]}


def _params(run: Any) -> Any:
    return run["params"].items()


def _epoch_of(loss: float, history: Any) -> int:
    """The one epoch, counted from 0, whose validation loss this is."""
    near = np.flatnonzero(np.abs(column(history["val_loss"]) - loss) < CLOSE)
    return int(near[0]) if len(near) == 1 else NONE


def worsens(raw: Any, inputs: Any, secrets: Any) -> Any:
    """How long each run was, and which epoch's parameters came back.

    Every class is one row's. The two of validation have the lowest biases, equal but for rounding;
    the loss of either is log sum exp(b) - b.
    """
    seen = {}
    for where, run in raw.items():
        history, bias = run["history"], run["params"]["b1"]
        loss = float(cross_entropy(np.tile(bias, (2, 1)), np.argsort(bias)[:2]).mean())
        seen[where] = {
            "the number of epochs that ran": count(len(history["val_loss"])),
            "epoch whose parameters are returned": count(_epoch_of(loss, history)),
            "first training loss": history["train_loss"][0],
            "validation accuracies": column(history["val_accuracy"]),
            "the validation loss rises": bool(np.all(np.diff(column(history["val_loss"])) > 0)),
        }
    return seen


def improves(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The validation loss of ten rows is known but for how many of them are of class 0."""
    history, params = raw["history"], raw["params"]
    zero, one = cross_entropy(logits_of(params, np.eye(2)), np.array([0, 1]))
    found = [_epoch_of((k * zero + (10 - k) * one) / 10, history) for k in range(11)]
    return {
        "the number of epochs that ran": count(len(history["val_loss"])),
        "epoch whose parameters are returned": count(max(found)),
    }


def turns(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Whether each run ended where the rule ends it, by the losses that it wrote down itself, and
    whether its parameters are those of the lowest."""
    return {
        where: _turned(run, inputs["often"], patience)
        for (where, run), patience in zip(raw.items(), (3, 5), strict=True)
    }


def _turned(run: Any, often: int, patience: int) -> Any:
    """Of the ten validation rows some are of the large class, and the others of the classes with
    the lowest bias."""
    losses, bias = column(run["history"]["val_loss"]), run["params"]["b1"]
    rows = np.array([often, int(np.argmin(bias))])
    large, alone = cross_entropy(np.tile(bias, (2, 1)), rows)
    found = [_epoch_of((k * large + (10 - k) * alone) / 10, run["history"]) for k in range(11)]
    best = int(np.argmin(losses))
    return {
        "the count of epochs beyond the rule": count(len(losses) - _end(losses, patience, 60)),
        "distance of the returned epoch from the best": count(min(abs(best - e) for e in found)),
    }


def _end(losses: Any, patience: int, epochs: int) -> int:
    """How many epochs a run with these losses should have."""
    lowest, waited = np.inf, 0
    for epoch, loss in enumerate(losses):
        lowest, waited = (loss, 0) if loss < lowest else (lowest, waited + 1)
        if waited == patience:
            return epoch + 1
    return epochs


def stands_still(raw: Any, inputs: Any, secrets: Any) -> Any:
    """With 200 rows, 50 of them for validation, and one network all the time, the two losses make
    up the loss of all rows. The size of W1 is He's: 160 weights of a variance known to 11 %."""
    x, y = inputs["x"], inputs["y"]
    seen: dict[str, Any] = {}
    for where, run in raw.items():
        history = {name: column(values) for name, values in run["history"].items()}
        logits = logits_of(run["params"], x)
        whole = float(cross_entropy(logits, y).mean())
        loss, accuracy = history["val_loss"][0], history["val_accuracy"][0]
        size = float(np.sqrt(np.mean(run["params"]["W1"] ** 2)) / np.sqrt(2 / 4))
        seen[where] = {
            "the number of epochs that ran": count(len(history["val_loss"])),
            "the validation loss is the same in every epoch": bool(
                np.ptp(history["val_loss"]) < CLOSE
            ),
            "the training loss is the same in every epoch": bool(
                np.ptp(history["train_loss"]) < CLOSE
            ),
            "validation rows counted by the accuracy": _rows_of(accuracy),
            "W1 has the size of its start": 0.5 < size < 1.6,
        }
        if where == "without dropout":
            both = (150 * history["train_loss"][0] + 50 * loss) / 200
            seen[where]["150 training and 50 validation rows are all rows"] = bool(
                abs(both - whole) < CLOSE * max(1.0, whole)
            )
    return seen


def _rows_of(accuracy: float) -> Number:
    """Whether 50 rows could give this accuracy."""
    whole = abs(accuracy * 50 - round(accuracy * 50)) < CLOSE and 0 <= accuracy <= 1
    return count(50 if whole else NONE)


def knobs(raw: Any, inputs: Any, secrets: Any) -> Any:
    """With inputs of zeros only biases learn, and weights only decay.

    At a thousandth of the rate 1 biases move by 0.001 or less, at 1 by 0.04 or more. Decay of 4 at
    the rate 0.1 takes 0.4 of the weights in a step. In batches of one row the later rows are of
    classes that others have pushed down, so that the mean is above log 8.
    """
    size = {name: float(np.linalg.norm(raw[name]["params"]["W1"])) for name in ("kept", "decayed")}
    return {
        "the first of 1000 warm-up epochs moves little": bool(
            np.abs(raw["tiny"]["params"]["b1"]).max() < 0.01
        ),
        "it moves": bool(np.abs(raw["tiny"]["params"]["b1"]).max() > 1e-7),
        "weight decay makes weights smaller": size["decayed"] < 0.9 * size["kept"],
        "one row a batch makes a step for every row": bool(
            number(raw["ones"]["history"]["train_loss"][0]) > np.log(8) + 1e-4
        ),
    }


def draws(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Which runs are equal."""
    return {
        "an equal generator gives the same parameters": same(
            raw["first"]["params"], raw["again"]["params"]
        ),
        "an equal generator gives the same history": same(
            raw["first"]["history"], raw["again"]["history"]
        ),
        "another generator gives the same parameters": same(
            raw["first"]["params"], raw["other"]["params"]
        ),
    }


def predicts(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Whether 95 of 100 are right; images and labels are here, and in no kernel."""
    said = np.argmax(logits_of(raw, secrets["images"]), axis=1)
    right = float(np.mean(said == secrets["labels"]))
    return {"at least 95 % of the held-out images are right": right >= 0.95}
