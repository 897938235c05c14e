"""The probe of a real task: digits that nobody can look up."""

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import nn

from autograder.api import Given, Probes, data_file

from .shown import Batches, Config, array, trained

probes = Probes()
fit = probes.exercise("fit")
HELD_OUT, VALIDATE = 400, 97


@lru_cache(maxsize=1)
def digits() -> tuple[Any, Any]:
    """Images float64 (1797, 8, 8) in [0, 1], and their digits."""
    with np.load(data_file("digits.npz"), allow_pickle=False) as file:
        return file["x"].reshape(-1, 8, 8) / 16.0, file["y"]


def shifted(images: Any, rng: np.random.Generator) -> Any:
    """Each image moved by one pixel to one of four sides, or not at all."""
    moved = np.zeros((len(images), 10, 10))
    moved[:, 1:9, 1:9] = images
    steps = np.array([[0, 0], [0, 1], [1, 0], [0, -1], [-1, 0]])[rng.integers(5, size=len(images))]
    cut = [m[1 + i : 9 + i, 1 + j : 9 + j] for m, (i, j) in zip(moved, steps, strict=True)]
    return np.array(cut)


def fresh_split(rng: np.random.Generator) -> Given:
    """A training, a validating and a held-out set, shifted, with classes renamed."""
    x, y = digits()
    order, classes = rng.permutation(len(x)), rng.permutation(10)
    x, y = 2 * shifted(x[order], rng)[:, None] - 0.6, classes[y[order]]
    cut = HELD_OUT + VALIDATE
    weights = {
        "1.weight": rng.normal(size=(48, 64)) / 6,
        "1.bias": np.zeros(48),
        "3.weight": rng.normal(size=(10, 48)) / 5,
        "3.bias": np.zeros(10),
    }
    inputs = {
        "train": (x[cut:], y[cut:]),
        "validate": (x[HELD_OUT:cut], y[HELD_OUT:cut]),
        "weights": weights,
    }
    return Given(inputs, {"images": x[:HELD_OUT], "labels": y[:HELD_OUT]})


@fit.probe(
    "images of digits that it was not trained on",
    points=0.75,
    inputs=fresh_split,
    kind="side",  # it says how well a run learns: a thought shows itself in the others
    seconds=30.0,
    experiment="train on the digits without 400 of them, and evaluate those.",
)
def predicts(impl: Any, inputs: Any) -> Any:
    """The trained weights. The judge looks at held-out images with them: where the learner's code
    runs are neither these nor their labels."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 48), nn.ReLU(), nn.Linear(48, 10))
    model.load_state_dict({k: torch.tensor(v).float() for k, v in inputs["weights"].items()})
    (x, y), validate = inputs["train"], inputs["validate"]
    sizes = [128] * (len(x) // 128)
    train = Batches(x, y, *sizes, dtype=torch.float32)
    held = Batches(*validate, len(validate[0]), dtype=torch.float32)
    settings = {"schedule": "warmup_cosine", "warmup_steps": 2, "max_grad_norm": 1.0}
    config = Config(epochs=2, optimizer="adamw", lr=0.05, weight_decay=0.01, **settings)  # type: ignore[arg-type]
    trained(impl, model, train, held, config)
    return {name: array(p) for name, p in model.named_parameters()}
