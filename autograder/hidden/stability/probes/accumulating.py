"""Probes of an epoch whose steps are taken once for each group of batches."""

import weakref
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from autograder.api import AFTERWARDS, Inputs, Probes

from .values import CLOSE, CPU, SIDE, Net, array, is_number, number, some_weights

probes = Probes()
epoch = probes.exercise("accumulate_epoch", tolerance=CLOSE)
LOSS, STEPS = "the returned loss", "the optimizer's steps so far"


def data(*sizes: int) -> Any:
    """Inputs: batches of these sizes. Later ones are harder, so that their weights matter."""

    def made(rng: np.random.Generator) -> Inputs:
        n, harder = sum(sizes), np.repeat(np.linspace(0.5, 3.0, len(sizes)), sizes)
        return {
            "weights": some_weights(rng),
            "sizes": sizes,
            "x": rng.normal(size=(n, 4)) * harder[:, None],
            "y": rng.integers(3, size=n),
        }

    return made


def batches(inputs: Inputs) -> list[Any]:
    parts = (torch.split(torch.as_tensor(inputs[k]), list(inputs["sizes"])) for k in "xy")
    return list(zip(*parts, strict=True))


def sgd(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)


def trained(impl: Any, inputs: Inputs, k: int, epochs: int = 1) -> Inputs:
    """Losses of some epochs in groups of k batches, and the model after each."""
    model, seen = Net(inputs["weights"]), {}
    optimizer, steps = sgd(model), list[int]()
    optimizer.register_step_post_hook(lambda *_: steps.append(1))
    for i in range(epochs):
        loss = impl.accumulate_epoch(model, batches(inputs), F.cross_entropy, optimizer, k, CPU)
        seen[f"in epoch {i + 1}"] = {LOSS: number(loss), **model.tensors(), STEPS: len(steps)}
    return seen


@epoch.probe(
    "groups that are all full, of batches of one size", points=0.75, inputs=data(4, 4, 4, 4)
)
def full_groups(impl: Any, inputs: Inputs) -> Any:
    return trained(impl, inputs, 2, 2)


@epoch.probe(
    "a last group that is not full, and a short last batch",
    points=1.0,
    inputs=data(4, 4, 4, 4, 4, 4, 4, 1),
    experiment=(
        "with lr=0.1 and k=3, count the steps for 8 batches, and what the last step divides by."
    ),
)
def last_group(impl: Any, inputs: Inputs) -> Any:
    return {f"in groups of {k}": trained(impl, inputs, k) for k in (3, 7)}


@epoch.probe(
    "batches of several sizes in one group",
    points=0.5,
    inputs=data(5, 2, 4, 1, 3),
    experiment="compare with the same samples as one large batch for each group.",
)
def uneven(impl: Any, inputs: Inputs) -> Any:
    return trained(impl, inputs, 3)


@epoch.probe("groups of one batch, and one group for all", points=0.5, inputs=data(5, 5, 5, 2))
def extremes(impl: Any, inputs: Inputs) -> Any:
    return {f"in groups of {k}": trained(impl, inputs, k) for k in (1, 4, 100)}


@epoch.probe(
    "a first group, with gradients left over from earlier", points=0.25, inputs=data(4, 4, 2)
)
def old_gradients(impl: Any, inputs: Inputs) -> Any:
    model = Net(inputs["weights"])
    for i, p in enumerate(model.parameters()):
        p.grad = torch.full_like(p, 1.0 + i)
    loss = impl.accumulate_epoch(model, batches(inputs), F.cross_entropy, sgd(model), 2, CPU)
    return {LOSS: number(loss), **model.tensors()}


@epoch.probe(
    "models that come in either mode, partly frozen", points=0.25, inputs=data(4, 4, 2), **SIDE
)
def in_training_mode(impl: Any, inputs: Inputs) -> Any:
    seen: Inputs = {}
    for mode in ("training", "evaluation"):
        model = Net(inputs["weights"]).train(mode == "training")
        model.first.bias.requires_grad_(False)
        loss = impl.accumulate_epoch(model, batches(inputs), F.cross_entropy, sgd(model), 2, CPU)
        seen[f"for a model in {mode} mode"] = {
            "are all forward passes in training mode?": all(model.modes),
            "is it in training mode afterwards?": model.training,
            LOSS: number(loss),
            **model.tensors(),
        }
    return seen


@epoch.probe(
    "batches without a length, left as they were", points=0.125, inputs=data(4, 4, 2), **SIDE
)
def any_iterable(impl: Any, inputs: Inputs) -> Any:
    model, given = Net(inputs["weights"]), batches(inputs)
    loss = impl.accumulate_epoch(
        model=model,
        loader=(list(batch) for batch in given),
        criterion=nn.CrossEntropyLoss(),
        optimizer=sgd(model),
        accumulation_steps=2,
        device=CPU,
    )
    left = [(array(x), array(y)) for x, y in given]
    return {LOSS: number(loss), **model.tensors(), AFTERWARDS: {"batches": left}}


@epoch.probe("a plain number comes back", points=0.25, inputs=data(4, 4, 2), **SIDE)
def plain_number(impl: Any, inputs: Inputs) -> Any:
    model = Net(inputs["weights"])
    loss = impl.accumulate_epoch(model, batches(inputs), F.cross_entropy, sgd(model), 2, CPU)
    return {"is a number returned, not a tensor?": is_number(loss), LOSS: number(loss)}


@epoch.probe("memory that does not grow", points=0.125, inputs=data(*[1] * 17), **SIDE)
def graphs_let_go(impl: Any, inputs: Inputs) -> Any:
    """How many graphs of earlier batches are alive when a loss is made."""
    marks, alive = list[Any](), list[int]()

    def criterion(outputs: Any, targets: Any) -> Any:
        alive.append(sum(mark() is not None for mark in marks))
        loss: Any = F.cross_entropy(outputs, targets)
        hook = lambda gradient: None  # it lives as long as the graph that it hangs on
        loss.register_hook(hook)
        marks.append(weakref.ref(hook))
        return loss

    model = Net(inputs["weights"])
    loss = impl.accumulate_epoch(model, batches(inputs), criterion, sgd(model), 4, CPU)
    return {LOSS: number(loss), "graphs of earlier batches": max(alive)}


@epoch.probe("batches moved to the device", points=0.25, inputs=data(5, 4), **SIDE)
def moves_batches(impl: Any, inputs: Inputs) -> Any:
    """Where batches go for a model on "meta".

    Tensors there have no numbers, so a right answer may well stop at its first `.item()`: what
    counts is what was noted before.
    """
    arrived, apart = list[str](), list[bool]()
    model = nn.Linear(4, 3, device="meta")
    model.register_forward_pre_hook(lambda _, args: arrived.append(args[0].device.type))

    def criterion(outputs: Any, targets: Any) -> Any:
        apart.append(outputs.device != targets.device)
        return torch.tensor(0.5, requires_grad=True)

    given = [(x.float(), y) for x, y in batches(inputs)]
    meta = torch.device("meta")
    try:
        impl.accumulate_epoch(model, given, criterion, sgd(model), 2, meta)
    except Exception as error:
        if "is not written yet" in str(error):
            raise
        apart.append("expected device" in str(error) or "same device" in str(error))
    return {
        "the device of the inputs": max(arrived, key="meta".__ne__, default="none"),
        "are outputs and targets on different devices?": any(apart),
        "on the CPU": trained(impl, inputs, 2),
    }
