"""Probes of what draws depend on: the global generators, and the order of a loader."""

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch.utils.data import TensorDataset

from autograder.api import Inputs, Probes

from .models import arrays

probes = Probes()
seed_everything, make_loader = probes.exercise("seed_everything"), probes.exercise("make_loader")


def reseeded(impl: Any, inputs: Inputs, *, draw: Callable[[], list[float]]) -> list[Any]:
    """Draws of one generator: after a small seed, a large one, the first again, and 0."""
    drawn = []
    for seed in (*inputs["seeds"], inputs["seeds"][0], 0):
        impl.seed_everything(seed)
        drawn.append(draw())
        for _ in range(seed % 3):
            draw()
    return drawn


def two_seeds(rng: np.random.Generator) -> Inputs:
    return {"seeds": [int(rng.integers(1, 2**31)), int(rng.integers(2**31, 2**32))]}


for name, topic, points, draw in (
    ("python_draws", "Python's random", 0.25, lambda: [random.random() for _ in range(4)]),
    ("numpy_draws", "NumPy's global generator", 0.25, lambda: np.random.rand(4).tolist()),  # noqa: NPY002
    ("torch_draws", "torch's generator", 0.5, lambda: torch.rand(4).tolist()),
):
    declare = seed_everything.probe(topic, points=points, inputs=two_seeds, name=name)
    declare(partial(reseeded, draw=draw))

SAMPLES, BATCH = 13, 4


def numbered(n: int) -> Any:
    """Pairs that say which sample they are."""
    index = torch.arange(n)
    return TensorDataset(torch.stack([index.float(), torch.full((n,), 0.5)], dim=1), 2 * index + 1)


def one_epoch(loader: Any) -> list[Any]:
    """Which samples came, batch by batch."""
    return [[int(sample) for sample in batch[0][:, 0]] for batch in loader]


def loader_seeds(rng: np.random.Generator) -> Inputs:
    seed = int(rng.integers(1, 2**31))
    return {"seed": seed, "other": seed + int(rng.integers(1, 1000)), "noise": seed % 97}


def disturb(noise: int) -> None:
    """What else may draw random numbers in a run."""
    for generator in (random.seed, np.random.seed, torch.manual_seed):
        generator(noise)
    torch.rand(noise % 5 + 1)


@make_loader.probe(
    "the same order again, whatever else draws random numbers",
    points=0.75,
    inputs=loader_seeds,
    experiment="make two loaders with one seed, go through them in turn, and compare their epochs.",
)
def same_order_again(impl: Any, inputs: Inputs) -> Any:
    seed, noise = inputs["seed"], inputs["noise"]
    alone = impl.make_loader(numbered(SAMPLES), BATCH, seed)
    seen: Inputs = {"alone": [one_epoch(alone) for _ in range(2)]}
    for where in ("after other draws", "after the same draws again"):
        disturb(noise)
        loader, seen[where] = impl.make_loader(numbered(SAMPLES), BATCH, seed), []
        for epoch in range(2):
            disturb(noise + 7 * epoch)
            seen[where].append(one_epoch(loader))
    one = impl.make_loader(numbered(SAMPLES), BATCH, seed)
    others = [impl.make_loader(numbered(9), 5, s) for s in (seed, inputs["other"])]
    rounds = [[one_epoch(loader) for loader in (one, *others)] for _ in range(2)]
    return {**seen, "beside other loaders": [epochs[0] for epochs in rounds]}


@make_loader.probe("another order in each epoch and for each seed", points=0.5, inputs=loader_seeds)
def orders_differ(impl: Any, inputs: Inputs) -> Any:
    one, other = (
        impl.make_loader(numbered(SAMPLES), BATCH, inputs[which]) for which in ("seed", "other")
    )
    return {"one": [one_epoch(one) for _ in range(3)], "other": [one_epoch(other)]}


@make_loader.probe(
    "every sample once, inputs with their targets, the partial last batch kept",
    points=0.5,
    inputs=loader_seeds,
)
def every_sample_once(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    for n, size in ((SAMPLES, BATCH), (2, 5), (8, 4), (3, 1)):
        pairs = [(torch.tensor([i, 0.5]), 2 * i + 1) for i in range(n)]
        loader = impl.make_loader(pairs, size, inputs["seed"])
        seen[f"for {n} samples in batches of {size}"] = arrays(loader)
    return seen


@make_loader.probe("the order of the data set without shuffle", points=0.25, inputs=loader_seeds)
def order_kept(impl: Any, inputs: Inputs) -> Any:
    loader = impl.make_loader(numbered(SAMPLES), BATCH, inputs["seed"], shuffle=False)
    return {f"in epoch {epoch}": {"the order": one_epoch(loader)} for epoch in (1, 2)}
