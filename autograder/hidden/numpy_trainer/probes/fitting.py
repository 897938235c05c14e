"""What the probes of `fit` share: settings and data for which every right answer, with any
optimizer and any split, must agree."""

from typing import Any

import numpy as np

from autograder.api import Inputs, snapshot

CLASSES = 8


def config(**changes: Any) -> Inputs:
    """A config with a constant rate, and whatever is to be otherwise."""
    return {
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
        **changes,
    }


def trained(impl: Any, inputs: Inputs, **changes: Any) -> Any:
    """A run of a seed: its parameters, and its history as lists."""
    return trained_by(impl, inputs, np.random.default_rng(inputs["seed"]), config(**changes))


def trained_by(impl: Any, inputs: Inputs, rng: np.random.Generator, settings: Any) -> Any:
    """A run by a generator."""
    params, history = impl.fit(inputs["x"], inputs["y"], settings, rng)
    if not isinstance(history, dict) or not {"lr", "val_loss", "train_loss"} <= set(history):
        raise TypeError("(params, history) should come back, and history has other columns")
    columns = {name: list(values) for name, values in history.items()}
    return snapshot({"params": params, "history": columns})


def noise(rng: np.random.Generator) -> Inputs:
    """A few rows of noise, for what does not depend on what is learned."""
    return seeded(rng, x=rng.normal(size=(16, 3)), y=rng.integers(0, 2, size=16))


def strangers(rng: np.random.Generator) -> Inputs:
    """Inputs of zeros, and a class of its own for every row.

    Only the last biases learn. Those of the two validation rows are never right, so that their loss
    rises from the first epoch on, whichever rows they are.
    """
    return seeded(rng, x=np.zeros((CLASSES, 3)), y=rng.permutation(CLASSES))


def seeded(rng: np.random.Generator, **more: Any) -> Inputs:
    return {"seed": int(rng.integers(2**32)), **more}
