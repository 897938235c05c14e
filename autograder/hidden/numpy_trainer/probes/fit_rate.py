"""Probes of the rate, and of the form of the history."""

from typing import Any

from autograder.api import FORMULA, Inputs, Probes
from autograder.hidden.numpy_trainer.probes.fitting import noise, trained

probes = Probes()
fit = probes.exercise("fit")
SCHEDULES: Any = {
    "with warm-up": {"epochs": 9, "warmup_epochs": 3, "lr": 0.04, "min_lr": 0.01},
    "without warm-up": {"epochs": 6, "warmup_epochs": 0, "lr": 0.3, "min_lr": 0.0},
    "of small rates": {"epochs": 7, "warmup_epochs": 2, "lr": 2e-4, "min_lr": 5e-5},
}
SHORT: Any = {
    "of one epoch": {"epochs": 1, "warmup_epochs": 0, "lr": 0.04, "min_lr": 0.01},
    "with warm-up to the end": {"epochs": 4, "warmup_epochs": 4, "lr": 0.04, "min_lr": 0.01},
}


@fit.probe(
    "the history, and the rate of each epoch",
    points=1.0,
    inputs=lambda rng: {**noise(rng), "schedules": SCHEDULES},
    tolerance=FORMULA,
    experiment="print history['lr'] for 9 epochs, 3 of them warm-up, beside the formula.",
)
def columns(impl: Any, inputs: Inputs) -> Any:
    """Short runs with several schedules."""
    return {
        where: trained(impl, inputs, **schedule) for where, schedule in inputs["schedules"].items()
    }


fit.probe(
    "a run of one epoch, and one that is all warm-up",
    points=0.25,
    inputs=lambda rng: {**noise(rng), "schedules": SHORT},
    name="short",
    tolerance=FORMULA,
    experiment="print history['lr'] for 4 epochs, all of them warm-up.",
)(columns)
