"""Probes of the network's training."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from autograder.api import FORMULA, Inputs, Probes, Purity
from autograder.hidden.backprop.probes.batches import MakeInputs
from autograder.hidden.backprop.probes.network import network

probes = Probes()
probes.predictions("step_size", "duplicated_batch", "all_zeros")
train = probes.exercise("train_mlp", tolerance=FORMULA)


def training(steps: int, lr: float, *sizes: int) -> MakeInputs:
    return lambda rng: {**network(rng, *(sizes or (7, 3, 4, 3))), "lr": lr, "steps": steps}


def far_out(rng: np.random.Generator) -> Inputs:
    """Inputs so large that gradients are far above 1: a clipped one is shorter."""
    inputs = training(1, 0.7, 5, 2, 6, 4)(rng)
    return {**inputs, "x": 20 * inputs["x"]}


def trained(impl: Any, inputs: Inputs) -> Any:
    return {"params": impl.train_mlp(**inputs)[0]}


def trained_by_place(impl: Any, inputs: Inputs) -> Any:
    """Their order is that of the contract: the network, x and y, the rate, the steps."""
    return {"params": impl.train_mlp(*inputs.values())[0]}


train.probe(
    "the parameters after one step",
    name="one_step",
    points=0.5,
    inputs=far_out,
    experiment="take one step, and subtract: new - old is -lr times the gradient.",
)(trained)
train.probe(
    "the parameters after six steps",
    name="six_steps",
    points=0.55,
    inputs=training(6, 0.3),
    experiment="compare train_mlp(..., steps=2) with two calls of steps=1.",
)(trained_by_place)


def with_losses(impl: Any) -> Any:
    """The learner's training, its losses as an array: they may be any sequence of floats."""

    def train_mlp(**inputs: Any) -> Any:
        params, losses = impl.train_mlp(**inputs)
        return params, np.array(losses, dtype=np.float64)

    return SimpleNamespace(train_mlp=train_mlp)


@train.probe(
    "the losses of six steps",
    points=0.5,
    inputs=training(6, 0.3),
    experiment="compare losses[0] with the loss of the parameters that you were given.",
)
def losses(impl: Any, inputs: Inputs) -> Any:
    return {"losses": with_losses(impl).train_mlp(**inputs)[1]}


def purity(impl: Any, inputs: Inputs) -> Any:
    return Purity("train_mlp", "params", "losses")(with_losses(impl), inputs)


for name, topic, points, steps in (
    ("no_steps", "no steps at all", 0.2, 0),
    ("pure", "what is passed in stays unchanged", 0.25, 2),
):
    train.probe(topic, name=name, points=points, inputs=training(steps, 0.3), kind="side")(purity)
