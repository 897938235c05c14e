"""Probes of the network's training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, OVERWRITTEN, Inputs, Probe, Probes, overwrite, snapshot
from autograder.hidden.backprop.probes.network import network


def training(steps: int, lr: float) -> Callable[[np.random.Generator], Inputs]:
    return lambda rng: {**network(rng, 7, 3, 4, 3), "lr": lr, "steps": steps}


class Train:
    """The parameters or the losses after training; losses may be any sequence of floats."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        params, losses = impl.train_mlp(**inputs)
        seen = {"params": snapshot(params), "losses": np.array(losses, dtype=np.float64)}
        seen = {name: seen[name] for name in self.names}
        if "params" in self.names and "losses" in self.names:
            seen[AFTERWARDS] = snapshot(inputs)
            overwrite(inputs)
            seen[OVERWRITTEN] = snapshot(params)
        return seen


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "one_step",
            "the parameters after one step",
            0.5,
            training(1, 0.7),
            Train("params"),
            experiment="take one step, and subtract: new - old is -lr times the gradient.",
        ),
        Probe(
            "six_steps",
            "the parameters after six steps",
            0.5,
            training(6, 0.3),
            Train("params"),
            experiment="compare train_mlp(..., steps=2) with two calls of steps=1.",
        ),
        Probe(
            "losses",
            "the losses of six steps",
            0.5,
            training(6, 0.3),
            Train("losses"),
            experiment="compare losses[0] with the loss of the parameters that you were given.",
        ),
        Probe("no_steps", "no steps at all", 0.25, training(0, 0.3), Train("params", "losses")),
        Probe(
            "pure",
            "nothing that was handed in is changed",
            0.25,
            training(2, 0.3),
            Train("params", "losses"),
        ),
    ):
        probes.add("train_mlp", probe)
