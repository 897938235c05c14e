"""Probes of the precision of `fit`: what runs in 16 bits, and what a skipped step leaves alone.

The model is made so that each step of SGD moves its weights by the rate times a constant: what the
weights show is the sum of the rates of the steps that were taken.
"""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from autograder.api import Inputs, Probes

from .shown import CLOSE, Batches, Config, columns, plain, trained

probes = Probes()
fit = probes.exercise("fit", tolerance=CLOSE)
FAINT = 3e-4
NOTED = 2  # images in a batch to train on, where it is looked at in which precision it runs


class Drift(nn.Module):
    """Logits (N, 2) so small that the gradient of the weights is -+ x / 2, times a faint factor
    twice: in float16 it is 0 unless the loss is scaled."""

    def __init__(self, faint: float = 1.0) -> None:
        super().__init__()
        self.weight, self.faint = nn.Parameter(torch.zeros(2, 1)), faint
        self.formats = list[str]()

    def forward(self, x: Any) -> Any:
        on = torch.is_autocast_enabled("cpu")
        if len(x) == NOTED:
            self.formats.append(str(torch.get_autocast_dtype("cpu")) if on else "none")
        logits = nn.functional.linear(x.flatten(1), self.weight)
        return logits * self.faint * self.faint if self.faint != 1 else logits


def one_class(*sizes: int, x: float, poisoned: tuple[int, ...] = ()) -> Batches:
    """Batches of one number and of class 0; some of them may hold what no 16 bits can."""
    values = [np.full((n, 1, 1, 1), x) for n in sizes]
    for which in poisoned:
        values[which][0] = 1e30
    rows = np.concatenate(values)
    return Batches(rows, np.zeros(len(rows), dtype=np.int64), *sizes, dtype=torch.float32)


def drifts(rng: np.random.Generator) -> Inputs:
    return {"poisoned": int(rng.integers(3))}


def poisoned(inputs: Inputs, count: int) -> tuple[int, ...]:
    """So many of three batches, in each epoch."""
    return tuple((inputs["poisoned"] + i) % 3 for i in range(count))


def drifted(impl: Any, inputs: Inputs, bad: int, faint: float, **changes: Any) -> Inputs:
    """How far the weights went, in units of what the first step of a warm-up of 12 makes."""
    model, x = Drift(faint), 0.1 if faint != 1 else 0.01
    gradient = 0.5 * x * faint**2
    lr = 0.24 / gradient
    train = one_class(4, 4, 4, x=x, poisoned=poisoned(inputs, bad))
    settings: Inputs = {"schedule": "warmup_cosine", "warmup_steps": 12, "momentum": 0.0, "lr": lr}
    config = Config(**{"precision": "float16", "epochs": 2, **settings, **changes})
    history = trained(impl, model, train, one_class(4, x=2.0), config)
    unit = config.lr / 12 * gradient
    # Which weights a model has after a run with averages, another probe asks.
    more = ["grad_norm"] if config.ema_decay else []
    way = [] if config.ema_decay else [float(model.weight.detach()[0]) / unit]
    return {
        "weights": way,
        "unit": unit,
        "faint": faint,
        **columns(history, "skipped_steps", "val_loss", *more),
    }


@fit.probe(
    "float16, with gradients that need a scaler, and steps that are skipped",
    points=0.375,
    inputs=drifts,
    experiment="put 1e30 into one batch, and print rate, scale and weights after each step.",
)
def skips(impl: Any, inputs: Inputs) -> Any:
    return {
        "for small gradients and a bad batch": drifted(impl, inputs, 1, FAINT),
        "for two bad batches": drifted(impl, inputs, 2, 1.0),
    }


@fit.probe(
    "float16, clipped",
    points=0.125,
    inputs=drifts,
    experiment="print the norm before you clip: if it is in the hundreds, it is still scaled.",
)
def clipped_in_half(impl: Any, inputs: Inputs) -> Any:
    # The gradient is (-0.005, 0.005): a norm of 0.00707, clipped to half of it.
    settings: Inputs = {"max_grad_norm": 0.0035355, "epochs": 1}
    return {"when clipped to half": drifted(impl, inputs, 0, 1.0, **settings)}


@fit.probe(
    "float16, skipped steps and averages",
    points=0.1875,
    inputs=drifts,
    experiment="let a step be skipped, and compare the averages before and after it.",
)
def skips_and_averages(impl: Any, inputs: Inputs) -> Any:
    return {"with ema_decay=0.5": drifted(impl, inputs, 1, 1.0, ema_decay=0.5)}


@fit.probe(
    "float16, stopped and resumed",
    points=0.125,
    inputs=lambda rng: {"x": float(rng.uniform(5.6, 6.4))},
    experiment="print the scale after each epoch, and again at the first step after a resume.",
)
def scale_resumed(impl: Any, inputs: Inputs) -> Any:
    """The first scale is too large for these gradients, and the next one as well: two steps are
    skipped before the scale fits. A resumed run that begins with a new scale skips them again."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.pt"
        config = Config(epochs=2, precision="float16", momentum=0.0, lr=1e-3)
        config.checkpoint_path = path
        loaders = one_class(2, 2, 2, x=inputs["x"]), one_class(2, x=1.0)
        trained(impl, Drift(), *loaders, config, callbacks=[lambda history: True])
        history = trained(impl, Drift(), *loaders, config, resume=path)
    return columns(history, "skipped_steps")


@fit.probe(
    "what runs in which precision",
    points=0.125,
    inputs=lambda rng: {},
    experiment="print torch.is_autocast_enabled('cpu') in the forward pass of your model.",
)
def formats(impl: Any, inputs: Inputs) -> Any:
    seen: Inputs = {}
    for precision in ("float32", "bfloat16", "float16", "auto"):
        model = Drift()
        train, validate = one_class(NOTED, x=0.1), one_class(3, x=0.1)
        trained(impl, model, train, validate, Config(epochs=1, precision=precision))
        seen[f"for {precision}"] = {
            "autocast in training": sorted(set(model.formats)),
            "the weights are kept in": str(model.weight.dtype),
            "did they move?": bool(plain(model.weight.abs().sum()) > 0),
        }
    return seen
