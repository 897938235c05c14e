"""Probes of `fit` where every right answer, with any optimizer and any split, must agree."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, Inputs, Probe, Probes, snapshot

KEY = "fit"
CLASSES = 8
ALONE = 20


def config(**changes: Any) -> Inputs:
    """A config with a constant rate, and whatever is to be otherwise."""
    made = {
        "sizes": [3, 4, 2],
        "epochs": 4,
        "batch_size": 8,
        "lr": 0.05,
        "min_lr": 0.05,
        "warmup_epochs": 0,
        "weight_decay": 0.0,
        "dropout": 0.0,
        "patience": 50,
        "val_fraction": 0.25,
    }
    return {**made, **changes}


def trained(impl: Any, x: Any, y: Any, settings: Any, seed: int) -> Any:
    """A run: its parameters, and its history as lists."""
    params, history = impl.fit(x, y, settings, np.random.default_rng(seed))
    if not isinstance(history, dict) or not {"lr", "val_loss", "train_loss"} <= set(history):
        raise TypeError("(params, history) should come back, and history has other columns")
    columns = {name: list(values) for name, values in history.items()}
    return snapshot({"params": params, "history": columns})


def seeded(rng: np.random.Generator, **more: Any) -> Inputs:
    return {"seed": int(rng.integers(2**32)), **more}


def noise(rng: np.random.Generator) -> Inputs:
    """A few rows of noise, for what does not depend on what is learned."""
    x, y = rng.normal(size=(16, 3)), rng.integers(0, 2, size=16)
    schedules = {
        "with warm-up": {"epochs": 9, "warmup_epochs": 3},
        "without warm-up": {"epochs": 6, "warmup_epochs": 0},
        "of one epoch": {"epochs": 1, "warmup_epochs": 0},
        "with warm-up to the end": {"epochs": 4, "warmup_epochs": 4},
        "with warm-up beyond the end": {"epochs": 3, "warmup_epochs": 5},
    }
    return seeded(rng, x=x, y=y, schedules=schedules)


def columns(impl: Any, inputs: Inputs) -> Any:
    """The history of short runs with several schedules."""
    seen = {}
    x, y = inputs["x"], inputs["y"]
    for where, schedule in inputs["schedules"].items():
        settings = config(lr=0.04, min_lr=0.01, **schedule)
        given = snapshot(settings)
        seen[where] = {**trained(impl, x, y, settings, inputs["seed"]), "config": settings == given}
    return {**seen, AFTERWARDS: snapshot({"x": x, "y": y})}


def strangers(rng: np.random.Generator) -> Inputs:
    """Inputs of zeros, and a class of its own for every row.

    Only the last biases learn. Those of the two validation rows are never right, so that their loss
    rises from the first epoch on, whichever rows they are.
    """
    y = rng.permutation(CLASSES)
    return seeded(rng, x=np.zeros((CLASSES, 3)), y=y)


def worsens(impl: Any, inputs: Inputs) -> Any:
    """Runs in which the first epoch is the best, with two patiences and without stopping."""
    seen = {}
    for where, patience, epochs in (
        ("with patience 3", 3, 12),
        ("with patience 1", 1, 5),
        ("with patience beyond the end", 9, 6),
    ):
        settings = config(sizes=[3, CLASSES], patience=patience, epochs=epochs)
        seen[where] = trained(impl, inputs["x"], inputs["y"], settings, inputs["seed"])
    return seen


def pairs(rng: np.random.Generator) -> Inputs:
    """Two classes, told apart by one number: every epoch is better than the one before."""
    y = rng.permutation(np.arange(40) % 2)
    return seeded(rng, x=np.eye(2)[y], y=y)


def improves(impl: Any, inputs: Inputs) -> Any:
    """A run in which the last epoch is the best."""
    settings = config(sizes=[2, 2], epochs=6, patience=2, lr=0.1, min_lr=0.1)
    return trained(impl, inputs["x"], inputs["y"], settings, inputs["seed"])


def crowd(rng: np.random.Generator) -> Inputs:
    """Inputs of zeros; half of the rows are of one class, the others of a class of their own.

    At first the large class is learned, and the validation loss falls. Then it rises, because those
    of its rows that are alone in their class become less and less likely.
    """
    classes = rng.permutation(ALONE + 1)
    y = rng.permutation(np.concatenate([np.repeat(classes[:1], ALONE), classes[1:]]))
    return seeded(rng, x=np.zeros((2 * ALONE, 3)), y=y, often=int(classes[0]))


def turns(impl: Any, inputs: Inputs) -> Any:
    """Runs whose best epoch lies in the middle. The second stands still at first: at the rate 0
    three epochs bring nothing new, and must not count any more when others have."""
    x, y, seed = inputs["x"], inputs["y"], inputs["seed"]
    base = config(sizes=[3, ALONE + 1], epochs=60, patience=3, lr=0.1, min_lr=0.1, batch_size=40)
    rest = {"lr": 0.0, "min_lr": 0.2, "warmup_epochs": 3, "patience": 5}
    return {
        "in a run that improves, then worsens": trained(impl, x, y, base, seed),
        "in a run that stands still first": trained(impl, x, y, {**base, **rest}, seed),
    }


def still(rng: np.random.Generator) -> Inputs:
    x = 3 + 2 * rng.normal(size=(200, 4))
    return seeded(rng, x=x, y=rng.integers(0, 3, size=200))


def stands_still(impl: Any, inputs: Inputs) -> Any:
    """Runs at the rate 0: nothing moves, and all losses are those of the start."""
    seen = {}
    for where, dropout in (("without dropout", 0.0), ("with dropout", 0.5)):
        settings = config(
            sizes=[4, 40, 3], lr=0.0, min_lr=0.0, epochs=9, patience=2, dropout=dropout
        )
        settings["batch_size"] = 64
        settings["weight_decay"] = 0.5
        seen[where] = trained(impl, inputs["x"], inputs["y"], settings, inputs["seed"])
    return seen


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "columns",
            "the history, and the rate of each epoch",
            1.25,
            noise,
            columns,
            experiment="print history['lr'] for 9 epochs, 3 of them warm-up, beside the formula.",
        ),
        Probe(
            "worsens",
            "stopping, and keeping the first epoch where it is the best",
            1.25,
            strangers,
            worsens,
            experiment="evaluate what you return on the validation rows: it is min(val_loss).",
        ),
        Probe(
            "improves",
            "keeping the last epoch where it is the best",
            0.25,
            pairs,
            improves,
            experiment="train on rows that are easy: the last epoch should be the one you return.",
        ),
        Probe(
            "turns",
            "stopping and keeping where the best epoch lies in the middle",
            0.5,
            crowd,
            turns,
            experiment="go through val_loss: when have patience epochs brought no new lowest?",
        ),
        Probe(
            "stands_still",
            "which rows train, which validate, and where dropout acts, at the rate 0",
            1.0,
            still,
            stands_still,
            experiment="with lr = 0, average both losses over all rows: evaluate gives the same.",
        ),
    ):
        probes.add(KEY, probe)
