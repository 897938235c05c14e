"""Probes of one pass through a data set: an epoch of training, an evaluation."""

import weakref
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from autograder.api import AFTERWARDS, Inputs, Probes

from .inputs import labelled, partly_right, two_targets
from .models import (
    CLOSE,
    CPU,
    SIDE,
    Net,
    array,
    arrays,
    loaded,
    lopsided,
    plain,
    sgd,
    where_batches_go,
)

probes = Probes()
epoch, evaluate = probes.exercise("train_epoch"), probes.exercise("evaluate")
LOSS = "the returned loss"


def trained(impl: Any, model: Net, loader: Any, optimizer: Any, criterion: Any) -> Inputs:
    """The loss of one epoch, and the model after it."""
    loss = impl.train_epoch(model, loader, criterion, optimizer, CPU)
    return {LOSS: plain(loss), **model.tensors()}


@epoch.probe(
    "two epochs of batches of 6, 6, 6 and 2",
    points=0.75,
    inputs=labelled(6, 6, 6, 2),
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


@epoch.probe("models that come in either mode", points=0.5, inputs=labelled(6, 4), tolerance=CLOSE)
def in_training_mode(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    for mode in ("training", "evaluation"):
        model = Net(inputs["weights"], norm=True).train(mode == "training")
        came = trained(impl, model, loaded(inputs), sgd(model, 0.05), nn.CrossEntropyLoss())
        modes = [training for training, graph in model.passes if graph]
        came["are the forward passes in training mode?"] = all(modes)
        seen[f"for a model in {mode} mode"] = came
    return seen


@epoch.probe("two targets a sample", points=0.25, inputs=two_targets, tolerance=CLOSE)
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


@epoch.probe("memory that does not grow", points=0.125, inputs=labelled(*[3] * 8), **SIDE)
def graphs_let_go(impl: Any, inputs: Inputs) -> Any:
    marks, alive = list[Any](), list[int]()

    def criterion(outputs: Any, targets: Any) -> Any:
        alive.append(sum(mark() is not None for mark in marks))
        loss: Any = F.cross_entropy(outputs, targets)
        hook = lambda gradient: None  # it lives as long as the graph that it hangs on
        loss.register_hook(hook)
        marks.append(weakref.ref(hook))
        return loss

    model = Net(inputs["weights"])
    seen = trained(impl, model, loaded(inputs), sgd(model, 0.05), criterion)
    return {LOSS: seen[LOSS], "graphs of earlier batches": max(alive)}


def measured(impl: Any, model: Net, loader: Any) -> Inputs:
    """(loss, accuracy) with names; anything else as it came."""
    came = impl.evaluate(model, loader, F.cross_entropy, CPU)
    if isinstance(came, list | tuple) and len(came) == 2:
        return {"the loss": plain(came[0]), "the accuracy": plain(came[1])}
    return {"the result": came}


@evaluate.probe(
    "batches of 6, 6 and 1",
    points=0.75,
    inputs=partly_right,
    tolerance=CLOSE,
    experiment="evaluate the same data in batches of 13, of 6 and of 1: nothing may change.",
)
def uneven_evaluation(impl: Any, inputs: Inputs) -> Any:
    model, loader = Net(inputs["weights"]), loaded(inputs)
    return {when: measured(impl, model, loader) for when in ("at first", "when called again")}


def with_a_past(inputs: Inputs, mode: str) -> Net:
    """A model whose batch norm has seen data, with gradients, and with a frozen weight."""
    model = Net(inputs["weights"], norm=True, dropout=0.5).train(mode == "training")
    norm: Any = model.norm
    norm.running_mean.add_(0.3)
    norm.running_var.mul_(1.7)
    model.last.weight.requires_grad_(False)
    for p in (model.first.weight, model.first.bias):
        p.grad = torch.full_like(p, 0.25)
    torch.manual_seed(inputs["sizes"][0])
    return model


@evaluate.probe(
    "dropout and batch norm at rest", points=0.4375, inputs=labelled(6, 3), tolerance=CLOSE
)
def dropout_and_norm(impl: Any, inputs: Inputs) -> Any:
    return {
        f"for a model in {mode} mode": measured(impl, with_a_past(inputs, mode), loaded(inputs))
        for mode in ("training", "evaluation")
    }


def traces(impl: Any, inputs: Inputs, *, mode: str) -> Inputs:
    """The result, and all that a visitor might have left behind."""
    model = with_a_past(inputs, mode)
    with torch.set_grad_enabled(mode == "training"):
        seen = measured(impl, model, loaded(inputs))
        left = {"are gradients enabled globally?": torch.is_grad_enabled()}
    left |= {**model.modes(), **model.tensors()}
    for name, p in model.named_parameters():
        left |= {f"{name}.requires_grad": p.requires_grad, f"{name}.grad": array(p.grad)}
    return {**seen, "afterwards": left}


for mode, points in (("training", 0.25), ("evaluation", 0.125)):
    topic, name = f"no trace left on a model in {mode} mode", f"{mode}_model"
    declare = evaluate.probe(topic, points=points, inputs=labelled(6, 3), name=name, **SIDE)
    declare(partial(traces, mode=mode))


@evaluate.probe("no graph", points=0.125, inputs=labelled(6, 3), **SIDE)
def no_graph(impl: Any, inputs: Inputs) -> Any:
    model = Net(inputs["weights"])
    seen = measured(impl, model, loaded(inputs))
    graph = any(graph for _, graph in model.passes)
    return {"is there a graph behind the outputs?": graph, **seen}


@evaluate.probe("batches without a length", points=0.125, inputs=partly_right, **SIDE)
def any_iterable_evaluated(impl: Any, inputs: Inputs) -> Any:
    batches = list(loaded(inputs))
    seen = measured(impl, Net(inputs["weights"]), iter(batches))
    return {**seen, AFTERWARDS: {"batches": arrays(batches)}}


@evaluate.probe("batches moved to the device", points=0.1875, inputs=labelled(5, 4), **SIDE)
def evaluation_moves_batches(impl: Any, inputs: Inputs) -> Any:
    places = where_batches_go(inputs, impl.evaluate)
    return {**places, "on the CPU": measured(impl, Net(inputs["weights"]), loaded(inputs))}
