"""Runs that are saved and loaded: all the parts that a run may have, and folders for files."""

import copy
import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from autograder.api import Inputs, snapshot

from .values import array


class Scaler:
    """A loss scale that grows, with the interface of lesson 12's."""

    def __init__(self, scale: float = 1024.0) -> None:
        self._scale, self._good = scale, 0

    def update(self) -> float:
        self._good += 1
        if self._good % 3 == 0:
            self._scale *= 2
        return self._scale

    def state_dict(self) -> Any:
        return {"scale": self._scale, "good_steps": self._good}

    def load_state_dict(self, state: Any) -> None:
        self._scale, self._good = float(state["scale"]), int(state["good_steps"])


class Strict(Scaler):
    """A scaler that refuses whatever it is given."""

    def load_state_dict(self, state: Any) -> None:
        if state.get("scale") != self._scale:
            raise KeyError("growth_factor")


def seed_everything(seed: int) -> None:
    """Seed the global generators; the runner restores them after a probe."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 (what learners use)
    torch.manual_seed(seed)


def draws() -> Inputs:
    """The next numbers of each global generator, halves of a draw that were left behind included."""
    numpy = np.random  # the global one, on purpose
    return {
        "from Python's random": [random.gauss(0, 1), random.random(), random.randrange(1000)],
        "from NumPy": [float(numpy.normal()), float(numpy.rand()), int(numpy.randint(1000))],  # noqa: NPY002
        "from torch": torch.cat([torch.randn(3), torch.rand(2)]).tolist(),
    }


def random_state() -> list[Any]:
    """The state of each global generator, as arrays."""
    _, words, place, has, cached = np.random.get_state()  # noqa: NPY002
    inner, extra = random.getstate()[1:]
    return [
        np.array([*map(int, inner)], dtype=np.int64),
        "none" if extra is None else extra,
        np.array(words, dtype=np.int64),
        [int(place), int(has), float(cached)],
        torch.get_rng_state().numpy().copy(),
    ]


class Run:
    """A model with dropout and batch norm, Adam, a schedule that starts low, and a scaler."""

    def __init__(
        self, seed: int, hidden: int = 4, width: int = 0, scaler: Any = None, lr: float = 0.05
    ) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.model = nn.Sequential(
                *(nn.Linear(3, hidden), nn.BatchNorm1d(hidden), nn.Dropout(0.3)),
                nn.Linear(hidden, 1),
            ).double()
            # What an optimizer of another width steps is no part of the model.
            extra = [nn.Parameter(torch.randn(width, dtype=torch.float64))] if width else []
        last = [*self.model[3].parameters()]
        groups = [
            {"params": [*self.model[0].parameters(), *self.model[1].parameters()], "lr": lr},
            {"params": extra or last, "lr": lr / 5, "betas": (0.8, 0.9)},
        ]
        self.optimizer = torch.optim.Adam(groups, lr=lr, amsgrad=True)
        schedules = torch.optim.lr_scheduler
        self.scheduler = schedules.SequentialLR(
            self.optimizer,
            [
                schedules.LinearLR(self.optimizer, 0.1, total_iters=3),
                schedules.CosineAnnealingLR(self.optimizer, 9),
            ],
            [3],
        )
        self.scaler = Scaler() if scaler is None else scaler
        self.generator = torch.Generator().manual_seed(seed)

    def parts(self, *names: str) -> Any:
        """The parts with these names, as arguments; all four without a name."""
        names = names or ("model", "optimizer", "scheduler", "scaler")
        return {name: getattr(self, name) for name in names}

    def go(self, steps: int) -> Self:
        """Steps that draw from every generator."""
        self.model.train()
        for _ in range(steps):
            noise = random.gauss(0, 1) + float(np.random.normal())  # noqa: NPY002
            x = torch.randn(6, 3, dtype=torch.float64) + noise / 5
            self.step(x)
        return self

    def step(self, x: Any) -> None:
        self.optimizer.zero_grad()
        F.mse_loss(self.model(x), x.sum(1, keepdim=True).sin()).backward()
        self.optimizer.step()
        self.scheduler.step()
        self.scaler.update()

    def weights(self) -> Inputs:
        """Weights and buffers by name."""
        return {name: array(tensor) for name, tensor in self.model.state_dict().items()}

    def rates(self) -> list[float]:
        return [group["lr"] for group in self.optimizer.param_groups]

    def everything(self) -> Any:
        """All that a load could change, as plain data."""
        memory = self.optimizer.state_dict()
        return {
            "weights": self.weights(),
            "optimizer": {
                "averages": {
                    f"{i}.{name}": array(value)
                    for i, state in memory["state"].items()
                    for name, value in state.items()
                },
                "rates": self.rates(),
                "betas": [list(group["betas"]) for group in memory["param_groups"]],
            },
            "scheduler": [self.scheduler.last_epoch, *map(float, self.scheduler.get_last_lr())],
            "scaler": snapshot(self.scaler.state_dict()),
            "random state": random_state(),
        }


def saved(impl: Any, run: Run, path: Any, *names: str, epoch: int = 3, best: Any = None) -> None:
    impl.save_checkpoint(path, **run.parts(*names), epoch=epoch, best=best)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder of its own, made and removed; in memory where that is possible."""
    memory = "/dev/shm"
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


def names_in(folder: Path) -> list[str]:
    """The files of a folder."""
    return sorted(os.listdir(folder))  # noqa: PTH208 (names, and nothing of pathlib that may be patched)


def run_seeds(rng: np.random.Generator) -> Inputs:
    """Seeds of runs and of generators, and an epoch."""
    seeds = [int(seed) for seed in rng.choice(10**6, size=4, replace=False)]
    return {"seeds": seeds, "epoch": int(rng.integers(2, 99))}


def copied(value: Any) -> Any:
    return copy.deepcopy(value)
