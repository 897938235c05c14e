"""Runs that are saved and loaded: all the parts that a run may have, and folders for files."""

import hashlib
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

from autograder.api import Inputs, snapshot

from .values import array

# Weights drawn in float32 differ in their last bit from processor to processor.
F64: dict[str, Any] = {"dtype": torch.float64}


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
    torch.default_generator.manual_seed(seed)


def draws() -> Inputs:
    """The next numbers of each global generator, halves of a draw left behind included."""
    numpy = np.random  # the global one, on purpose
    return {
        "from Python's random": [random.gauss(0, 1), random.random(), random.randrange(1000)],
        "from NumPy": [float(numpy.normal()), float(numpy.rand()), int(numpy.randint(1000))],
        "from torch": torch.cat([torch.randn(3), torch.rand(2)]).tolist(),
    }


def random_state() -> list[Any]:
    """The state of each global generator."""
    _, words, *rest = np.random.get_state()  # noqa: NPY002
    python = hash(random.getstate())  # of numbers: the same in every process
    return [python, np.array(words), rest, torch.get_rng_state().numpy()]


class Run:
    """A model with dropout and batch norm, Adam, a schedule that starts low, and a scaler.

    Small, for where only files are looked at: one layer, and momentum.
    """

    def __init__(
        self,
        seed: int,
        hidden: int = 4,
        width: int = 0,
        scaler: Any = None,
        lr: float = 0.05,
        small: bool = False,
    ) -> None:
        drawn = torch.get_rng_state()  # making a run draws nothing
        torch.default_generator.manual_seed(seed)
        self.model = nn.Sequential(nn.Linear(3, hidden, **F64)) if small else layers(hidden)
        # What an optimizer of another width steps is no part of the model.
        extra = [nn.Parameter(torch.randn(width, dtype=torch.float64))] if width else []
        self.extra = extra
        torch.set_rng_state(drawn)
        first, *others = self.model.parameters()
        last = extra or others
        self.optimizer: Any
        if small:
            groups: Any = [{"params": [first]}, {"params": last, "lr": lr / 5}]
            self.optimizer = torch.optim.SGD(groups, lr=lr, momentum=0.9)
        else:
            groups = [{"params": [first]}, {"params": last, "lr": lr / 5, "betas": (0.8, 0.9)}]
            self.optimizer = torch.optim.Adam(groups, lr=lr)
        self.scheduler = torch.optim.lr_scheduler.LinearLR(self.optimizer, 0.1, total_iters=12)
        self.scaler = Scaler() if scaler is None else scaler

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
        loss = (self.model(x) - x.sum(1, keepdim=True).sin()).square().mean()
        (loss + sum(p.sin().sum() for p in self.extra)).backward()
        self.optimizer.step()
        self.scheduler.step()
        self.scaler.update()

    def weights(self) -> Inputs:
        """Weights and buffers by name."""
        return {name: array(tensor) for name, tensor in self.model.state_dict().items()}

    def rates(self) -> list[float]:
        return [group["lr"] for group in self.optimizer.param_groups]

    def everything(self) -> Any:
        """All that a load could change, as plain data, random state apart."""
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
                "betas": [list(group.get("betas", ())) for group in memory["param_groups"]],
            },
            "scheduler": [self.scheduler.last_epoch, *map(float, self.scheduler.get_last_lr())],
            "scaler": snapshot(self.scaler.state_dict()),
        }

    def marks(self) -> dict[str, str]:
        """A digest of each of these, and of the random state: equal only if nothing has changed."""
        return {
            **{k: digest(v) for k, v in self.everything().items()},
            "random state": digest(random_state()),
        }


def layers(hidden: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(3, hidden, **F64),
        nn.BatchNorm1d(hidden, **F64),
        nn.Dropout(0.3),
        nn.Linear(hidden, 1, **F64),
    )


def digest(value: Any) -> str:
    """A digest of nested data, arrays by their bytes."""
    found = hashlib.sha256()

    def add(part: Any) -> None:
        if isinstance(part, dict):
            for key, item in part.items():
                found.update(str(key).encode())
                add(item)
        elif isinstance(part, list | tuple):
            for item in part:
                add(item)
        else:
            found.update(part.tobytes() if isinstance(part, np.ndarray) else repr(part).encode())

    add(value)
    return found.hexdigest()


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


def returned(back: Any) -> Any:
    """What a load returns, by its two names; anything that has others as it is."""
    if isinstance(back, dict):
        return {name: back[name] for name in ("epoch", "best") if name in back}
    return {"the result": back}
