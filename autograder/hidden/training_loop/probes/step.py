"""Probes of a training step, and the predictions."""

from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from autograder.api import AFTERWARDS, FLOAT32, FORMULA, Inputs, Probes

from .inputs import labelled, shapes, two_models
from .models import SIDE, Net, array, loaded, lopsided, plain, sgd

probes = Probes()
probes.predictions("forgotten_zero", "stuck_in_eval", "one_more_draw")
step = probes.exercise("train_step")


def taken(impl: Any, model: Net, batch: Any, criterion: Any, optimizer: Any) -> Inputs:
    """The loss of one step, and the model after it."""
    loss = impl.train_step(model, batch, criterion, optimizer)
    return {"the returned loss": plain(loss), **model.tensors()}


@step.probe(
    "three steps in a row, with momentum",
    points=0.875,
    inputs=two_models,
    tolerance=FORMULA,
    experiment="call your train_step twice and print the gradients, p.grad, just before the step.",
)
def three_steps(impl: Any, inputs: Inputs) -> Any:
    models = {which: Net(one["weights"]) for which, one in inputs.items()}
    optimizers = {which: sgd(model, inputs[which]["lr"]) for which, model in models.items()}
    seen: Inputs = {which: {} for which in inputs}
    for i in range(3):
        for which, model in models.items():
            x, y = (torch.as_tensor(inputs[which][part][i]) for part in "xy")
            came = taken(impl, model, (x, y), lopsided, optimizers[which])
            seen[which][f"after step {i + 1}"] = came
    return seen


def column(outputs: Any, targets: Any) -> Any:
    """A criterion that makes of one output a sample what its targets are."""
    return lopsided(outputs.reshape(len(outputs)), targets)


@step.probe(
    "one output a sample, and sequences as inputs",
    points=0.375,
    inputs=shapes,
    tolerance=FORMULA,
    experiment="print the shapes of outputs and targets as the criterion gets them.",
)
def as_the_criterion_asks(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    criteria = lopsided, column, F.cross_entropy
    for (where, (weights, x, y)), criterion in zip(inputs.items(), criteria, strict=True):
        model, batch = Net(weights), (torch.as_tensor(x), torch.as_tensor(y))
        seen[where] = taken(impl, model, batch, criterion, sgd(model, 0.1))
    return seen


@step.probe(
    "a first step, with gradients left over from earlier",
    points=0.375,
    inputs=labelled(7),
    tolerance=FORMULA,
    experiment="fill every p.grad with ones, take one step, and see whether the ones had a say.",
)
def old_gradients(impl: Any, inputs: Inputs) -> Any:
    model = Net(inputs["weights"])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, weight_decay=0.05)
    for number, p in enumerate(model.parameters()):
        p.grad = torch.full_like(p, 1.0 + number)
    (batch,) = loaded(inputs)
    return taken(impl, model, batch, nn.CrossEntropyLoss(), optimizer)


@step.probe("training and evaluation mode left alone", points=0.25, inputs=labelled(7), **SIDE)
def mode_left_alone(impl: Any, inputs: Inputs) -> Any:
    ((x, y),), seen = loaded(inputs), {}
    for mode in ("training mode", "evaluation mode", "training mode but for a frozen batch norm"):
        model = Net(inputs["weights"], norm=True).train(mode != "evaluation mode")
        model.norm.train(mode == "training mode")
        came = taken(impl, model, (x, y), F.cross_entropy, sgd(model, 0.1))
        seen[f"in {mode}"] = {**came, **model.modes()}
    return seen


@step.probe(
    "the batch stays as it was", points=0.125, inputs=labelled(7), kind="side", tolerance=FLOAT32
)
def batch_unchanged(impl: Any, inputs: Inputs) -> Any:
    model, ((x, y),) = Net(inputs["weights"]).float(), loaded(inputs)
    batch = x.float(), y
    came = taken(impl, model, batch, F.cross_entropy, sgd(model, 0.1))
    return {**came, AFTERWARDS: {"batch": list(map(array, batch))}}
