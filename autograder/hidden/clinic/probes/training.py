"""Probes of the loops that train for some epochs: 01, 02, 03, 08 and 09.

What they should do is the same: one step of the caller's optimizer for each batch.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from autograder.api import Inputs, Probes, Tolerance

from .models import CLOSE, Rng, flat, loaded, network, plain, some

probes = Probes()
RATE = 0.004  # so low that a rate a hundred times as high still gives finite numbers
Make = Callable[[Any], torch.optim.Optimizer]


def sgd(parameters: Any) -> torch.optim.Optimizer:
    return torch.optim.SGD(parameters, lr=RATE)


def momentum(parameters: Any) -> torch.optim.Optimizer:
    return torch.optim.SGD(parameters, lr=RATE, momentum=0.9, weight_decay=0.1)


def adam(parameters: Any) -> torch.optim.Optimizer:
    return torch.optim.Adam(parameters, lr=RATE)


def show(losses: Any, net: nn.Module, optimizer: Any) -> Inputs:
    """What a run leaves behind."""
    return {
        "the returned losses": plain(losses),
        "the weights afterwards": flat(net),
        "the optimizer's rate afterwards": optimizer.param_groups[0]["lr"],
    }


class Runs:
    """Runs a loop with each of some optimizers, from the same weights."""

    def __init__(self, name: str, epochs: int, **makers: Make) -> None:
        self.name, self.epochs, self.makers = name, epochs, makers

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        loop, seen = getattr(impl, self.name), {}
        for label, make in self.makers.items():
            net = network(inputs["weights"])
            optimizer = make(net.parameters())
            losses = loop(net, loaded(inputs), F.cross_entropy, optimizer, self.epochs)
            seen[f"with {label.replace('_', ' ')}"] = show(losses, net, optimizer)
        return seen


class ByKeyword:
    """Runs a loop by keywords, with a criterion that is a module, twice with one model."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        net, seen = network(inputs["weights"]).eval(), {}
        optimizer = momentum(net.parameters())
        for call in ("first", "second"):
            losses = getattr(impl, self.name)(
                model=net,
                loader=loaded(inputs),
                criterion=nn.CrossEntropyLoss(),
                optimizer=optimizer,
                epochs=1,
            )
            # Whether gradients are cleared before a step or behind it is the learner's choice.
            optimizer.zero_grad()
            seen[f"in the {call} call"] = show(losses, net, optimizer)
        return seen


EXPERIMENTS = {
    "loop_01": "run one batch twice at a rate of 0: print the norm of p.grad before each step.",
    "loop_02": "take one step of SGD at lr=1 and compare how far a weight moved with its gradient.",
    "loop_03": "multiply the logits of a batch by 1, 10 and 100, and print its loss each time.",
    "loop_08": "print optimizer.param_groups[0]['lr'] before the call, in it and after it.",
    "loop_09": "after one backward, print for each parameter whether p.grad is None.",
}


def declare(name: str, tolerance: Tolerance = CLOSE) -> None:
    """The three probes that these loops have in common."""
    loop = probes.exercise(name, tolerance=tolerance)
    said = EXPERIMENTS[name]

    def one_step(rng: Rng) -> Inputs:
        return some(rng, 2)

    loop.probe(
        "two epochs with plain SGD", points=0.75, inputs=one_step, name="sgd", experiment=said
    )(Runs(name, 2, plain_SGD=sgd))
    loop.probe(
        "momentum with weight decay, and Adam",
        points=0.75,
        inputs=lambda rng: some(rng, 3),
        name="others",
        experiment=said,
    )(Runs(name, 1, momentum=momentum, Adam=adam))
    loop.probe(
        "two calls by keyword, from evaluation mode",
        points=0.5,
        inputs=lambda rng: some(rng, 2, 4),
        name="keywords",
        kind="side",
    )(ByKeyword(name))


for each in EXPERIMENTS:
    declare(each)
