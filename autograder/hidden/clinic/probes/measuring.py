"""Probes of what measures: an accuracy (04), and a loss on probabilities (07)."""

from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from autograder.api import EXACT, Inputs, Probes, Tolerance

from .models import Rng, array, plain

probes = Probes()
accuracy = probes.exercise("loop_04", tolerance=Tolerance(1e-5, 1e-7))
# Right answers keep the logarithm away from 0 by some 1e-7 or less, in one way or another.
loss = probes.exercise("loop_07", tolerance=Tolerance(1e-4, 2e-5))
CLASSES, FEATURES = 5, 6


class Asked(nn.Module):
    """A network with batch norm, dropout, or both, whose statistics were made elsewhere.

    Dropout draws the same each time, so that one mistake shows one number. (The runner puts the
    generators back.)
    """

    def __init__(self, inputs: Inputs, norm: bool, dropout: float) -> None:
        super().__init__()
        torch.manual_seed(15)
        kind: Any = {"dtype": torch.float64}
        self.norm = nn.BatchNorm1d(FEATURES, **kind) if norm else nn.Identity()
        self.dropout = nn.Dropout(dropout)
        self.last = nn.Linear(FEATURES, CLASSES, bias=False, **kind)
        with torch.no_grad():
            self.last.weight.copy_(torch.tensor(inputs["weight"]))
            norm_of: Any = self.norm
            if norm:
                norm_of.running_mean.copy_(torch.tensor(inputs["mean"]))
                norm_of.running_var.copy_(torch.tensor(inputs["var"]))

    def forward(self, x: Any) -> Any:
        return self.last(self.dropout(self.norm(x)))

    def afterwards(self) -> Inputs:
        """What nobody who only asks may change."""
        seen = {name: array(value) for name, value in self.named_buffers()}
        parts = {"model": self, "batch norm": self.norm, "dropout": self.dropout}
        modes = {f"is the {name} in training mode?": part.training for name, part in parts.items()}
        return {**seen, **modes}


def images(rng: Rng, norm: bool, dropout: float, right: float = 0.8) -> Inputs:
    """Samples, four fifths of which the network in use names correctly."""
    size = 60
    made: Inputs = {
        "weight": rng.normal(size=(CLASSES, FEATURES)),
        "mean": 3 * rng.normal(size=FEATURES),
        "var": rng.uniform(0.2, 4, size=FEATURES),
    }
    made["x"] = 2 * rng.normal(size=(size, FEATURES))
    with torch.no_grad():
        named = Asked(made, norm, dropout).eval()(torch.tensor(made["x"])).argmax(1).numpy()
    other = (named + rng.integers(1, CLASSES, size=size)) % CLASSES
    # The last, short batch has none right: a mean of batch means shows itself.
    hit = (rng.random(size) < right) & (np.arange(size) < size - 4)
    made["y"] = np.where(hit, named, other)
    return made


def cut(inputs: Inputs, size: int) -> list[Any]:
    x: Any = torch.tensor(inputs["x"])
    y: Any = torch.tensor(inputs["y"])
    return list(zip(x.split(size), y.split(size), strict=True))


def with_batch_norm(rng: Rng) -> Inputs:
    return images(rng, True, 0.0)


def with_dropout(rng: Rng) -> Inputs:
    return images(rng, False, 0.9)


@accuracy.probe(
    "a network with batch norm, batches of 14",
    points=0.75,
    inputs=with_batch_norm,
    experiment="compare running_mean before and after, and the accuracy for two batch sizes.",
)
def normalised(impl: Any, inputs: Inputs) -> Any:
    model = Asked(inputs, True, 0.0).train()
    came = plain(impl.loop_04(model, cut(inputs, 14)))
    seen = model.afterwards()
    return {"the accuracy": came, **{k: v for k, v in seen.items() if "mode" not in k}}


@accuracy.probe(
    "a network with dropout, asked twice",
    points=0.75,
    inputs=with_dropout,
    experiment="call it five times on the same network and the same batches.",
)
def dropped(impl: Any, inputs: Inputs) -> Any:
    model = Asked(inputs, False, 0.9).train()
    return {
        f"the accuracy for batches of {size}": plain(impl.loop_04(model, cut(inputs, size)))
        for size in (28, 14)
    }


@accuracy.probe("training that goes on afterwards", points=0.5, inputs=with_batch_norm, kind="side")
def goes_on(impl: Any, inputs: Inputs) -> Any:
    model = Asked(inputs, True, 0.5).train()
    came = plain(impl.loop_04(model=model, loader=cut(inputs, 14)))
    return {"the accuracy": came, **model.afterwards()}


def sure(rng: Rng) -> Inputs:
    """Rows of probabilities, some with a zero beside the true class, and one that is sure."""
    made = {}
    for size, classes in ((7, 4), (5, 3)):
        y = rng.integers(classes, size=size)
        p = rng.uniform(0.2, 1, size=(size, classes))
        for row in range(1, size, 2):
            p[row, (y[row] + 1 + row % (classes - 1)) % classes] = 0
        p /= p.sum(axis=1, keepdims=True)
        p[0] = np.eye(classes)[y[0]]
        made[f"for {size} rows of {classes}"] = {"probabilities": p, "targets": y}
    return made


def as_tensors(one: Inputs, kind: Any) -> tuple[Any, Any]:
    return torch.tensor(one["probabilities"], dtype=kind), torch.tensor(one["targets"])


@loss.probe(
    "rows with zeros beside the true class",
    points=1.0,
    inputs=sure,
    experiment="give it [[1.0, 0.0]] with target 0, and print every factor.",
)
def zeros(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    for (where, one), kind in zip(inputs.items(), (torch.float32, torch.float64), strict=True):
        probabilities, targets = as_tensors(one, kind)
        came = impl.loop_07(probabilities, targets)
        seen[f"{where}, {str(kind).removeprefix('torch.')}"] = {"the loss": plain(came)}
    return seen


def apart(rng: Rng) -> Inputs:
    """Logits of which some are so low that softmax gives exactly 0, and not of the true class."""
    z, y = 1.5 * rng.normal(size=(6, 4)), rng.integers(4, size=6)
    z[np.arange(6), y] += 0.5
    hollow = z.copy()
    hollow[np.arange(6), (y + 1) % 4] = -1000.0
    return {"logits": np.clip(z, -2, 2), "hollow": hollow, "targets": y}


@loss.probe(
    "a loss that can be trained with",
    points=0.5,
    inputs=apart,
    experiment="call backward on it, for a row with a 0 too, and look at the gradients.",
)
def trains(impl: Any, inputs: Inputs) -> Any:
    targets = torch.tensor(inputs["targets"])
    seen = {}
    for rows in ("logits", "hollow"):
        logits = torch.tensor(inputs[rows], requires_grad=True)
        value: Any = impl.loop_07(probabilities=logits.softmax(dim=1), targets=targets)
        if getattr(value, "requires_grad", False):
            value.backward()
        where = "" if rows == "logits" else " of rows with a zero"
        seen[f"the loss{where}"] = plain(value)
        seen[f"the gradient with respect to logits{where}"] = array(logits.grad)
    return seen


@loss.probe("a true class of probability 0", points=0.5, inputs=sure, kind="side", tolerance=EXACT)
def sure_and_wrong(impl: Any, inputs: Inputs) -> Any:
    """Whether it is nan, and whether it costs enough: how much, is free."""
    seen = {}
    for where, one in inputs.items():
        probabilities, targets = as_tensors(one, torch.float32)
        right = float(F.nll_loss(probabilities.clamp_min(1e-30).log(), targets))
        came = plain(impl.loop_07(probabilities, targets))
        near = isinstance(came, float) and abs(came - right) < 1e-3
        wrong = (targets[:1] + 1) % probabilities.shape[1]
        cost = plain(impl.loop_07(probabilities[:1], wrong))
        seen[where] = {
            "is the loss right where the true class has some?": near,
            "does probability 0 cost more than 5?": isinstance(cost, float) and cost > 5,
            "does it cost anything?": isinstance(cost, float) and cost > 0.01,
            "is it nan?": isinstance(cost, float) and cost != cost,
        }
    return seen
