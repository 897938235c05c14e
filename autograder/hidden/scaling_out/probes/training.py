"""Probes of training on several ranks."""

import os
import tempfile
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import nn
from torch.utils.data import TensorDataset

from autograder.api import Inputs, Probes, Tolerance

from .processes import apart, together
from .shown import array, by_rank, number

probes = Probes()
# float32, ten steps; the nearest mistake is off by a thousandth.
train = probes.exercise("train_distributed", tolerance=Tolerance(1e-4, 1e-5))
Rng = np.random.Generator
LOSSES, WEIGHTS = "the losses", "the weights"


def some(rng: Rng, n: int, ranks: int, **options: Any) -> Inputs:
    """Samples in three classes, and weights for each rank: only rank 0's count."""
    return {
        "x": rng.normal(size=(n, 3)),
        "y": rng.integers(3, size=n),
        "starts": [[rng.normal(size=s) / 2 for s in ((4, 3), (4,), (3, 4), (3,))]
                   for _ in range(ranks)],
        "options": {"epochs": 2, "lr": 0.3, "seed": int(rng.integers(1, 1000)), **options},
    }  # fmt: skip


class Watched(nn.Sequential):
    """Two layers that remember in which mode they were called."""

    def __init__(self, start: Any) -> None:
        super().__init__(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 3))
        for p, value in zip(self.parameters(), start, strict=True):
            p.data = torch.tensor(value).float()
        self.modes = set[bool]()

    def forward(self, x: Any) -> Any:
        self.modes.add(self.training)
        return super().forward(x)  # type: ignore[no-untyped-call]


def losses_of(came: Any) -> Any:
    return [number(x) for x in came] if isinstance(came, list | tuple | np.ndarray) else came


def trained(impl: Any, inputs: Inputs, rank: int, **more: Any) -> Inputs:
    """What one rank has in the end."""
    model = Watched(inputs["starts"][rank])
    dataset = TensorDataset(torch.tensor(inputs["x"]).float(), torch.tensor(inputs["y"]))
    came = impl.train_distributed(model, dataset, **inputs["options"], **more)
    weights = torch.cat([p.detach().flatten() for p in model.parameters()])
    return {LOSSES: losses_of(came), WEIGHTS: array(weights)}


def on_all(impl: Any, inputs: Inputs) -> Any:
    size = len(inputs["starts"])
    return by_rank(together(lambda rank: trained(impl, inputs, rank), size)[0])


train.probe(
    "one rank alone, groups of two batches and of one",
    points=0.75,
    inputs=lambda rng: some(rng, 3, 1, batch_size=1, accumulation_steps=2),
    name="alone",
    experiment="call it in a group of one rank, and do the same steps by hand beside it.",
)(on_all)
train.probe(
    "two ranks, a sample that is padded, a last batch that is short",
    points=1.25,
    inputs=lambda rng: some(rng, 5, 2, batch_size=2),
    name="two_ranks",
    experiment="print on each rank which samples it visits, its losses, and a sum of its weights.",
)(on_all)
train.probe(
    "three ranks for three epochs",
    points=0.75,
    inputs=lambda rng: some(rng, 6, 3, batch_size=2, epochs=3),
    name="three_ranks",
    experiment="print the weights on each rank before the first step, and the samples of each "
    "epoch.",
)(on_all)


def grouped(rng: Rng) -> Inputs:
    """Five samples a rank in batches of 2, 2, 1: one group of three, and of two and one."""
    return {
        "by three": some(rng, 10, 2, batch_size=2, accumulation_steps=3, epochs=1),
        "by two": some(rng, 9, 2, batch_size=2, accumulation_steps=2, epochs=1),
    }


@train.probe(
    "accumulation over groups that are uneven",
    points=1.0,
    inputs=grouped,
    experiment="compare two batches of 2 and 1 in a group with one batch of 3.",
)
def accumulated(impl: Any, inputs: Inputs) -> Any:
    return {f"grouped {name}": on_all(impl, one) for name, one in inputs.items()}


def has_state(held: Any, names: set[str]) -> Any:
    """The state of a plain model, wherever it lies in what was saved."""
    if isinstance(held, dict):
        if names == set(held):
            return held
        for value in held.values():
            if (found := has_state(value, names)) is not None:
                return found
    return None


@train.probe(
    "the checkpoint",
    points=0.75,
    inputs=lambda rng: some(rng, 3, 2, batch_size=2, epochs=1),
    kind="side",
)
def saved(impl: Any, inputs: Inputs) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        ours = os.path.join(folder, "rank0.pt")  # noqa: PTH118 (paths of learners are strings)

        def job(rank: int) -> Any:
            own = os.path.join(folder, f"rank{rank}.pt")  # noqa: PTH118
            seen = trained(impl, inputs, rank, checkpoint_path=own)
            return {**seen, "is rank 0's file there when it returns?": os.path.exists(ours)}  # noqa: PTH110

        seen = by_rank(together(job, 2)[0])
        files = sorted(name for name in os.listdir(folder) if name.startswith("rank"))  # noqa: PTH208
        held = torch.load(ours, weights_only=False) if "rank0.pt" in files else None
    names = set(Watched(inputs["starts"][0]).state_dict())
    state = has_state(held, names)
    return {
        **seen,
        "does rank 0 save?": "rank0.pt" in files,
        "does rank 1 save?": "rank1.pt" in files,
        "is it the model itself?": isinstance(held, nn.Module),
        "is a plain model's state in it?": state is not None,
        'is there a "model" in it?': isinstance(held, dict) and "model" in held,
        "the weights in it": None if state is None else [array(v) for v in state.values()],
    }


@train.probe(
    "gradients that are exchanged once a step",
    points=0.5,
    inputs=lambda rng: some(rng, 8, 2, batch_size=1, accumulation_steps=4, epochs=1),
    kind="side",
    experiment="count the exchanges: only the last backward pass of a group needs one.",
)
def traffic(impl: Any, inputs: Inputs) -> Any:
    """One step of four batches: a model of 31 numbers is sent once, and a handful for the loss."""
    results, sent = together(lambda rank: trained(impl, inputs, rank), 2)
    return {**by_rank(results), "times that the gradients were sent in the one step": sent[0] // 31}


@train.probe(
    "training mode, nothing that is saved unasked, a group that stays",
    points=0.5,
    inputs=lambda rng: some(rng, 4, 2, batch_size=2, epochs=1),
    kind="side",
)
def in_training_mode(impl: Any, inputs: Inputs) -> Any:
    def job(rank: int) -> Any:
        model = Watched(inputs["starts"][rank]).eval()
        data = TensorDataset(torch.tensor(inputs["x"]).float(), torch.tensor(inputs["y"]))
        torch.manual_seed(3)
        options = inputs["options"]
        came = impl.train_distributed(model=model, dataset=data, **options, checkpoint_path=None)
        return {
            "is it a list?": isinstance(came, list),
            LOSSES: losses_of(came),
            "modes of the forward passes": sorted(model.modes),
            "is the process group still there?": dist.is_initialized(),
        }

    return by_rank(together(job, 2)[0])


@train.probe(
    "two processes, with gloo",
    points=0.5,
    inputs=lambda rng: some(rng, 8, 2, batch_size=2, accumulation_steps=2, epochs=1),
    kind="side",
    seconds=25.0,
)
def in_two_processes(impl: Any, inputs: Inputs) -> Any:
    """What holds in threads, in processes: they take as long as all else together.

    It holds if two ranks do what one does with twice the batch, and leave their group alone: where
    one process has left it, the other may wait for good.
    """
    left = []

    def here(rank: int) -> Inputs:
        came = trained(impl, inputs, rank)
        left.append(not dist.is_initialized())
        return came

    both = together(here, 2)[0]
    twice = {**inputs["options"], "batch_size": 2 * inputs["options"]["batch_size"]}
    (one,) = together(lambda rank: trained(impl, {**inputs, "options": twice}, rank), 1)[0]
    agree = all(np.allclose(one[WEIGHTS], ours[WEIGHTS], atol=1e-4) for ours in both)
    if agree and not any(left):
        both = apart(lambda rank: trained(impl, inputs, rank), 2)
    return by_rank(both)
