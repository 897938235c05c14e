"""Probes of one pass through a data set: an epoch of training, an evaluation."""

import random
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from autograder.api import AFTERWARDS, Inputs, Probes

from .inputs import labelled, partly_right, square, two_targets
from .models import (
    CLOSE,
    CPU,
    SIDE,
    Graphs,
    Net,
    array,
    arrays,
    loaded,
    lopsided,
    plain,
    sgd,
    where_batches_go,
    with_norm,
)

probes = Probes()
epoch, evaluate = probes.exercise("train_epoch"), probes.exercise("evaluate")
LOSS = "the returned loss"


def trained(impl: Any, model: Net, loader: Any, optimizer: Any, criterion: Any) -> Inputs:
    """The loss of one epoch, and the model after it."""
    loss = impl.train_epoch(model, loader, criterion, optimizer, CPU)
    return {LOSS: plain(loss), **model.tensors()}


@epoch.probe(
    "two epochs of batches of 6, 6 and 2",
    points=0.625,
    inputs=labelled(6, 6, 2),
    tolerance=CLOSE,
    experiment="with lr=0 the result has to be the same number for every batch size: try 10 and 7.",
)
def uneven_batches(impl: Any, inputs: Inputs) -> Any:
    model, loader = Net(inputs["weights"]), loaded(inputs)
    optimizer = sgd(model, 0.05)
    return {
        f"in the {which} epoch": trained(impl, model, loader, optimizer, F.cross_entropy)
        for which in ("first", "second")
    }


@epoch.probe(
    "models that come in either mode", points=0.375, inputs=labelled(6, 4), tolerance=CLOSE
)
def in_training_mode(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    for mode in ("training", "evaluation"):
        model = Net(inputs["weights"], norm=True).train(mode == "training")
        came = trained(impl, model, loaded(inputs), sgd(model, 0.05), nn.CrossEntropyLoss())
        modes = [training for training, graph, _ in model.passes if graph]
        came["are the forward passes in training mode?"] = all(modes)
        seen[f"for a model in {mode} mode"] = came
    return seen


def around_norm(impl: Any, inputs: Inputs, model: Net) -> Inputs:
    """One epoch, and in which mode batch norm was all the while."""
    came = trained(impl, model, loaded(inputs), sgd(model, 0.05), F.cross_entropy)
    came["was the batch norm in training mode?"] = [norm for *_, norm in model.passes]
    return came


@epoch.probe(
    "a batch norm that is frozen",
    points=0.25,
    inputs=labelled(6),
    experiment="freeze a batch norm, put it in eval mode; print running_mean before and after.",
    **SIDE,
)
def frozen_norm(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    for mode in ("training", "evaluation"):
        model = with_norm(inputs["weights"], frozen=True)
        if mode == "evaluation":
            model.eval()
        seen[f"in a model that comes in {mode} mode"] = around_norm(impl, inputs, model)
    return seen


@epoch.probe("what is no frozen batch norm", points=0.125, inputs=labelled(6), **SIDE)
def norms_not_frozen(impl: Any, inputs: Inputs) -> Any:
    """What of the three things that make a batch norm a frozen one is missing, case by case."""
    seen = {}
    for where in ("no parameters", "a trainable bias", "training mode"):
        model = with_norm(inputs["weights"], frozen=True)
        if where == "no parameters":
            model.norm = nn.BatchNorm1d(len(model.first.bias), affine=False, dtype=torch.float64)
            model.norm.eval()
        elif where == "a trainable bias":
            model.norm.bias.requires_grad_(True)
        else:
            model.norm.train()
        seen[f"for one with {where}"] = around_norm(impl, inputs, model)
    model, awake = Net(inputs["weights"]), list[bool]()
    hidden = len(model.first.bias)
    layer, dropout = nn.Linear(hidden, hidden, dtype=torch.float64), nn.Dropout(0.0)
    nn.init.eye_(layer.weight)
    nn.init.zeros_(layer.bias)
    dropout.register_forward_hook(lambda module, *_: awake.append(module.training))
    model.add_module("norm", nn.Sequential(layer, dropout).requires_grad_(False).eval())
    came = trained(impl, model, loaded(inputs), sgd(model, 0.05), F.cross_entropy)
    came["was the dropout in it in training mode?"] = awake
    return {**seen, "for a frozen part with dropout": came}


@epoch.probe("two targets a sample", points=0.125, inputs=two_targets, tolerance=CLOSE)
def last_batch_of_one(impl: Any, inputs: Inputs) -> Any:
    model = Net(inputs["weights"])
    return trained(impl, model, loaded(inputs), sgd(model, 0.005), lopsided)


@epoch.probe("batches without a length", points=0.1875, inputs=labelled(5, 5, 3), **SIDE)
def any_iterable(impl: Any, inputs: Inputs) -> Any:
    model, batches = Net(inputs["weights"]), list(loaded(inputs))
    seen = trained(impl, model, iter(batches), sgd(model, 0.05), F.cross_entropy)
    return {**seen, AFTERWARDS: {"batches": arrays(batches)}}


@epoch.probe("batches moved to the device", points=0.1875, inputs=labelled(5, 4), **SIDE)
def epoch_moves_batches(impl: Any, inputs: Inputs) -> Any:
    def call(model: Any, loader: Any, criterion: Any, device: Any) -> Any:
        return impl.train_epoch(model, loader, criterion, sgd(model, 0.1), device)

    places, model = where_batches_go(inputs, call), Net(inputs["weights"])
    here = trained(impl, model, loaded(inputs), sgd(model, 0.05), F.cross_entropy)
    return {**places, "on the CPU": here}


@epoch.probe("memory that does not grow", points=0.125, inputs=labelled(*[2] * 6), **SIDE)
def graphs_let_go(impl: Any, inputs: Inputs) -> Any:
    model, criterion = Net(inputs["weights"]), Graphs(F.cross_entropy)
    seen = trained(impl, model, loaded(inputs), sgd(model, 0.05), criterion)
    return {LOSS: seen[LOSS], "graphs of earlier batches": max(criterion.alive)}


def measured(impl: Any, model: Net, loader: Any) -> Inputs:
    """(loss, accuracy) with names; anything else as it came."""
    came = impl.evaluate(model, loader, F.cross_entropy, CPU)
    if isinstance(came, list | tuple) and len(came) == 2:
        return {"the loss": plain(came[0]), "the accuracy": plain(came[1])}
    return {"the result": came}


@evaluate.probe(
    "as many samples as classes",
    points=0.125,
    inputs=square,
    tolerance=CLOSE,
    experiment="print the shape of the classes that you compare with the targets.",
)
def square_batches(impl: Any, inputs: Inputs) -> Any:
    """Where the best sample of each class stands against the targets, and is a wrong number."""
    return measured(impl, Net(inputs["weights"]), loaded(inputs))


@evaluate.probe(
    "batches of 6, 6 and 1",
    points=0.5,
    inputs=partly_right,
    tolerance=CLOSE,
    experiment="evaluate the same data in batches of 13, of 6 and of 1: nothing may change.",
)
def uneven_evaluation(impl: Any, inputs: Inputs) -> Any:
    model, loader = Net(inputs["weights"]), loaded(inputs)
    return {when: measured(impl, model, loader) for when in ("at first", "when called again")}


def with_a_past(inputs: Inputs, mode: str) -> Net:
    """A model whose batch norm has seen data, with gradients, and with a frozen weight."""
    model = with_norm(inputs["weights"], frozen=mode == "mixed", dropout=0.5)
    model.train(mode != "evaluation")
    if mode == "mixed":
        model.norm.eval()
    model.last.weight.requires_grad_(False)
    for p in (model.first.weight, model.first.bias):
        p.grad = torch.full_like(p, 0.25)
    torch.manual_seed(inputs["sizes"][0])
    return model


@evaluate.probe(
    "dropout and batch norm at rest", points=0.4375, inputs=labelled(6, 3), tolerance=CLOSE
)
def dropout_and_norm(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    for mode in ("training", "evaluation"):
        came = measured(impl, with_a_past(inputs, mode), loaded(inputs))
        seen[f"for a model in {mode} mode"] = came
    awake = with_a_past(inputs, "evaluation")
    awake.dropout.train()
    seen["for a model in evaluation mode but for its dropout"] = measured(
        impl, awake, loaded(inputs)
    )
    return seen


def generators() -> list[Any]:
    """The states of the global generators."""
    numpy: Any = np.random.get_state()  # noqa: NPY002
    keys, place = numpy[1].tobytes(), numpy[2]
    return [torch.get_rng_state().numpy().tobytes(), keys, place, random.getstate()]


def marks(model: Net) -> Inputs:
    """All that a visitor might have left behind, but for what can only be seen from outside."""
    left: Inputs = {**model.modes(), **model.tensors()}
    for name, p in model.named_parameters():
        left |= {f"{name}.requires_grad": p.requires_grad, f"{name}.grad": array(p.grad)}
    return left


def traces(impl: Any, inputs: Inputs, *, mode: str) -> Inputs:
    """The result, and what is different afterwards."""
    model, before = with_a_past(inputs, mode), generators()
    with torch.set_grad_enabled(mode != "evaluation"):
        seen = measured(impl, model, loaded(inputs))
        left: Inputs = {"are gradients enabled globally?": torch.is_grad_enabled()}
    left["did a global random generator move?"] = generators() != before
    return {**seen, "afterwards": left | marks(model)}


for mode, points in (("training", 0.1875), ("evaluation", 0.125)):
    topic, name = f"no trace left on a model in {mode} mode", f"{mode}_model"
    declare = evaluate.probe(topic, points=points, inputs=labelled(6, 3), name=name, **SIDE)
    declare(partial(traces, mode=mode))
evaluate.probe(
    "no trace left on a model in training mode with a frozen batch norm in evaluation mode",
    points=0.1875,
    inputs=labelled(6, 3),
    name="frozen_norm_model",
    **SIDE,
)(partial(traces, mode="mixed"))


class Refused(Exception):
    """What a criterion raises that does not like its targets."""


@evaluate.probe(
    "no trace left when the criterion raises", points=0.125, inputs=labelled(6, 3), **SIDE
)
def criterion_raises(impl: Any, inputs: Inputs) -> Any:
    def criterion(outputs: Any, targets: Any) -> Any:
        raise Refused("these targets")

    model, raised = with_a_past(inputs, "mixed"), False
    try:
        impl.evaluate(model, loaded(inputs), criterion, CPU)
    except Refused:
        raised = True
    left = {k: v for k, v in marks(model).items() if not k.endswith(".grad")}
    left["are gradients enabled globally?"] = torch.is_grad_enabled()
    here = measured(impl, with_a_past(inputs, "mixed"), loaded(inputs))
    return {"does the exception reach the caller?": raised, "afterwards": left, **here}


@evaluate.probe("no graph", points=0.125, inputs=labelled(6, 3), **SIDE)
def no_graph(impl: Any, inputs: Inputs) -> Any:
    model = Net(inputs["weights"])
    seen = measured(impl, model, loaded(inputs))
    graph = any(graph for _, graph, _ in model.passes)
    return {"is there a graph behind the outputs?": graph, **seen}


@evaluate.probe("batches without a length", points=0.0625, inputs=partly_right, **SIDE)
def any_iterable_evaluated(impl: Any, inputs: Inputs) -> Any:
    batches = list(loaded(inputs))
    seen = measured(impl, Net(inputs["weights"]), iter(batches))
    return {**seen, AFTERWARDS: {"batches": arrays(batches)}}


@evaluate.probe("batches moved to the device", points=0.125, inputs=labelled(5, 4), **SIDE)
def evaluation_moves_batches(impl: Any, inputs: Inputs) -> Any:
    places = where_batches_go(inputs, impl.evaluate)
    return {**places, "on the CPU": measured(impl, Net(inputs["weights"]), loaded(inputs))}
