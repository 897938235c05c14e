"""Probes of the two-layer network: its loss and its gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.api import Inputs, Probe, Probes, Purity


def network(rng: np.random.Generator, n: int, d: int, h: int, c: int) -> Inputs:
    sizes = {"b2": (c,), "W1": (d, h), "b1": (h,), "W2": (h, c)}  # an order that is not the text's
    return {
        "params": {name: rng.normal(size=size) for name, size in sizes.items()},
        "x": rng.normal(size=(n, d)),
        "y": rng.integers(0, c, size=n),
    }


def networks(**sizes: tuple[int, int, int, int]) -> Callable[[np.random.Generator], Inputs]:
    """Several networks with a batch each, under the phrase that names them."""

    def inputs(rng: np.random.Generator) -> Inputs:
        return {where.replace("_", " "): network(rng, *size) for where, size in sizes.items()}

    return inputs


def corners(rng: np.random.Generator) -> Inputs:
    """A row of zeros with zero biases puts hidden units exactly at 0."""
    at_zero = network(rng, 4, 3, 5, 3)
    at_zero["x"][1] = 0.0
    at_zero["params"]["b1"][[0, 2, 3]] = 0.0
    return {"for hidden units at 0": at_zero, "for one row": network(rng, 1, 3, 4, 3)}


def large_logits(rng: np.random.Generator) -> Inputs:
    wide = network(rng, 4, 3, 5, 3)
    wide["params"]["b2"] = np.array([1e4, 0.0, -1e4])
    apart = network(rng, 3, 2, 4, 3)
    apart["params"]["b2"] += 1e4
    return {"for logits 1e4 apart": wide, "for logits near 1e4": apart}


class LossAndGrads:
    """The loss or some of the gradients, for each network of the inputs."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        seen = {}
        for where, one in inputs.items():
            loss, grads = impl.mlp_loss_and_grads(**one)
            named = {
                "loss": loss,
                **{f"the gradient of {name}": grad for name, grad in grads.items()},
            }
            seen[where] = {name: named[name] for name in self.names}
        return seen


HIDDEN = ("the gradient of W1", "the gradient of b1")
OUTPUT = ("the gradient of W2", "the gradient of b2")
CHECK_NETWORK = "check one parameter at a time with numerical_gradient, the last layer first."
two_networks = networks(for_a_batch=(6, 3, 5, 4), for_square_arrays=(3, 3, 3, 3))


def declare(probes: Probes) -> None:
    for probe in (
        Probe("loss", "the loss", 0.5, two_networks, LossAndGrads("loss")),
        Probe(
            "output_layer",
            "the gradients of W2 and b2",
            1.0,
            two_networks,
            LossAndGrads(*OUTPUT),
            experiment=CHECK_NETWORK,
        ),
        Probe(
            "hidden_layer",
            "the gradients of W1 and b1",
            1.0,
            two_networks,
            LossAndGrads(*HIDDEN),
            experiment=CHECK_NETWORK,
        ),
        Probe(
            "corners",
            "hidden units exactly at 0, and one row",
            0.5,
            corners,
            LossAndGrads("loss", *OUTPUT, *HIDDEN),
            experiment="set a row of x and b1 to 0: its hidden units sit at 0, and pass no blame.",
        ),
        Probe(
            "stable",
            "logits near 1e4",
            0.5,
            large_logits,
            LossAndGrads("loss", *OUTPUT, *HIDDEN),
            experiment="add 10000 to b2: neither loss nor gradients change.",
        ),
        Probe(
            "pure",
            "its keys, and nothing that was handed in is changed",
            0.5,
            lambda rng: network(rng, 4, 2, 3, 3),
            Purity("mlp_loss_and_grads", "loss", "grads"),
        ),
    ):
        probes.add("mlp_loss_and_grads", probe)
