"""Probes of a whole run."""

from itertools import groupby
from typing import Any

import torch
from torch.nn import functional as F
from torch.optim import lr_scheduler

from autograder.api import Inputs, Probes

from .inputs import labelled, two_sets
from .models import (
    CLOSE,
    CPU,
    SIDE,
    Batches,
    Graphs,
    Net,
    loaded,
    plain,
    sgd,
    where_batches_go,
    with_norm,
)

probes = Probes()
fit = probes.exercise("fit")


def fitted(impl: Any, inputs: Inputs, schedule: Any, epochs: int, model: Any = None) -> Inputs:
    """The history of a run, and the model at its end."""
    model = model or Net(inputs["weights"])
    optimizer = sgd(model, inputs["lr"])
    scheduler, (train, validate) = schedule(optimizer), loaders(inputs)
    history = impl.fit(model, train, validate, F.cross_entropy, optimizer, scheduler, epochs, CPU)
    return {"in the history": columns(history), "after the last epoch": model.tensors()}


def loaders(inputs: Inputs) -> Any:
    sets = inputs["train"], inputs["validate"]
    return [Batches(n, *xy) for n, xy in zip(inputs["batch sizes"], sets, strict=True)]


def columns(history: Any) -> Any:
    """The four lists of a history; others beside them are the learner's own."""
    if not isinstance(history, dict):
        return history
    keys = "lr", "train_loss", "val_loss", "val_accuracy"
    return {key: plain(history[key]) for key in keys if key in history}


@fit.probe(
    "two epochs, and a rate that falls after each",
    points=1.375,
    inputs=two_sets,
    tolerance=CLOSE,
    experiment="print the rate at the start of each epoch, and again when the epoch is over.",
)
def falling_rate(impl: Any, inputs: Inputs) -> Any:
    """The rate is another in the second epoch, and at every batch if it were stepped there. (Most
    mistakes are told by this probe alone, so it is short.)"""
    given = {**inputs, "batch sizes": (10, 11)}
    return fitted(impl, given, lambda o: lr_scheduler.ExponentialLR(o, gamma=0.4), 2)


@fit.probe(
    "a rate that falls when the validation loss stops falling",
    points=0.875,
    inputs=two_sets,
    tolerance=CLOSE,
    experiment="scale up the validation loss alone, and see whether the rate takes any notice.",
)
def plateau(impl: Any, inputs: Inputs) -> Any:
    def schedule(optimizer: Any) -> Any:
        return lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=0)

    # At the full rate the broken labels' loss rises while training falls; at a tenth of it the
    # samples' loss falls in every epoch, and their accuracy does not; at 40 times of it the
    # training loss jumps about.
    cases = {
        "with labels that break the rule": {"validate": inputs["breaking"]},
        "with labels that follow the rule": {"validate": inputs["following"], "lr": 0.01},
        "with a rate that is too high": {"lr": 4.0},
    }
    whole = {**inputs, "batch sizes": (16, 11)}
    return {where: fitted(impl, whole | case, schedule, 4) for where, case in cases.items()}


@fit.probe(
    "no scheduler, and a model with batch norm", points=0.5, inputs=two_sets, tolerance=CLOSE
)
def without_scheduler(impl: Any, inputs: Inputs) -> Any:
    return fitted(impl, inputs, lambda o: None, 2, with_norm(inputs["weights"]))


@fit.probe("a frozen batch norm", points=0.25, inputs=two_sets, **SIDE)
def frozen_norm_fitted(impl: Any, inputs: Inputs) -> Any:
    model = with_norm(inputs["weights"], frozen=True)
    seen = fitted(impl, inputs, lambda o: None, 2, model)
    return {**seen, "was the batch norm in training mode?": any(norm for *_, norm in model.passes)}


@fit.probe("train, validate, step the scheduler", points=0.5, inputs=two_sets, **SIDE)
def order_of_an_epoch(impl: Any, inputs: Inputs) -> Any:
    model = Net(inputs["weights"])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    scheduler = lr_scheduler.LambdaLR(optimizer, lambda epoch: (1.0, 0.2, 0.7, 0.4)[epoch % 4])
    step = scheduler.step

    def told(*args: Any) -> None:
        model.passes.append(("schedule",))
        step(*args)

    scheduler.step = told  # type: ignore[method-assign, assignment]
    train, validate = loaders(inputs)
    history = impl.fit(model, train, validate, F.cross_entropy, optimizer, scheduler, 2, CPU)
    said = {True: "train", False: "validate", "schedule": "schedule"}
    events = [said[what] for what, _ in groupby(one[0] for one in model.passes)]
    return {"the order of events": events, "in the history": columns(history)}


def run_once(impl: Any, inputs: Inputs) -> Inputs:
    model, loader = Net(inputs["weights"]), loaded(inputs)
    history = impl.fit(model, loader, loader, F.cross_entropy, sgd(model, 0.1), None, 1, CPU)
    return {"in the history": columns(history), "after the only epoch": model.tensors()}


# Quick, and of all that a run does, so that few pairs of mistakes are tried on the long ones.
fit.probe("one epoch", points=0.25, inputs=labelled(6, 3), name="one_epoch", tolerance=CLOSE)(
    run_once
)


@fit.probe("batches moved to the device", points=0.125, inputs=labelled(5, 4), **SIDE)
def fit_moves_batches(impl: Any, inputs: Inputs) -> Any:
    def call(model: Any, loader: Any, criterion: Any, device: torch.device) -> Any:
        return impl.fit(model, loader, loader, criterion, sgd(model, 0.1), None, 1, device)

    return {**where_batches_go(inputs, call), **run_once(impl, inputs)}


@fit.probe("memory that does not grow", points=0.125, inputs=labelled(*[2] * 6), **SIDE)
def fit_lets_go(impl: Any, inputs: Inputs) -> Any:
    model, loader, criterion = Net(inputs["weights"]), loaded(inputs), Graphs(F.cross_entropy)
    history = impl.fit(model, loader, loader, criterion, sgd(model, 0.1), None, 1, CPU)
    return {
        "in the history": columns(history),
        "graphs of earlier batches": max(criterion.alive),
    }
