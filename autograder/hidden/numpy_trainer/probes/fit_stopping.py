"""Probes of stopping, and of which parameters `fit` keeps."""

from typing import Any

import numpy as np

from autograder.api import Inputs, Probes
from autograder.hidden.numpy_trainer.probes.fitting import CLASSES, seeded, strangers, trained

probes = Probes()
fit = probes.exercise("fit")
ALONE = 20


@fit.probe(
    "stopping, and keeping the first epoch where it is the best",
    points=1.25,
    inputs=strangers,
    experiment="evaluate what you return on the validation rows: it is min(val_loss).",
)
def worsens(impl: Any, inputs: Inputs) -> Any:
    """Runs in which the first epoch is the best, with two patiences and without stopping."""
    return {
        where: trained(impl, inputs, sizes=[3, CLASSES], patience=patience, epochs=epochs)
        for where, patience, epochs in (
            ("with patience 3", 3, 12),
            ("with patience 1", 1, 5),
            ("with patience beyond the end", 9, 6),
        )
    }


def copies(rng: np.random.Generator) -> Inputs:
    """One row eighty times: every step makes the loss of all of them smaller."""
    return seeded(rng, x=np.tile([1.0, 0.0], (80, 1)), y=np.full(80, int(rng.integers(2))))


@fit.probe(
    "keeping the last epoch where it is the best",
    points=0.25,
    inputs=copies,
    experiment="train on copies of one row: the last epoch should be the one you return.",
)
def improves(impl: Any, inputs: Inputs) -> Any:
    """Runs in which the last epoch is the best, by much and by little."""
    return {
        where: trained(impl, inputs, sizes=[2, 2], epochs=6, patience=2, lr=lr, min_lr=lr)
        for where, lr in (("in a fast run", 0.1), ("in a slow run", 1e-6))
    }


def crowd(rng: np.random.Generator) -> Inputs:
    """Inputs of zeros; half of the rows are of one class, the others of a class of their own.

    At first the large class is learned, and the validation loss falls. Then it rises, because those
    of its rows that are alone in their class become less and less likely.
    """
    classes = rng.permutation(ALONE + 1)
    y = rng.permutation(np.concatenate([np.repeat(classes[:1], ALONE), classes[1:]]))
    return seeded(rng, x=np.zeros((2 * ALONE, 3)), y=y, often=int(classes[0]))


@fit.probe(
    "stopping and keeping where the best epoch lies in the middle",
    points=0.5,
    inputs=crowd,
    experiment="go through val_loss: when have patience epochs brought no new lowest?",
)
def turns(impl: Any, inputs: Inputs) -> Any:
    """Runs whose best epoch lies in the middle. The second stands still at first: at the rate 0
    three epochs bring nothing new, and must not count any more when others have."""
    base = {"sizes": [3, ALONE + 1], "epochs": 60, "batch_size": 40, "min_lr": 0.1}
    rest = {"lr": 0.0, "min_lr": 0.2, "warmup_epochs": 3, "patience": 5}
    return {
        "in a run that improves, then worsens": trained(impl, inputs, **base, lr=0.1, patience=3),
        "in a run that stands still first": trained(impl, inputs, **{**base, **rest}),
    }
