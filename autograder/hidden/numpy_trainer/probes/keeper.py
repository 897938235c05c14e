"""An optimizer whose state has everything that a state may have, and runs that use it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np

from autograder.api import Inputs, snapshot
from autograder.hidden.numpy_trainer.probes.nets import seeds

SHAPES = {"b2": (2,), "W1": (3, 4), "b1": (4,), "W2": (4, 2)}


def alike(value: Any, model: Any) -> Any:
    """`value` in the form of `model`: lists may be tuples, numbers arrays without a shape.

    Raises:
        ValueError: it has another structure, other names, or other shapes.
    """
    try:
        if isinstance(model, dict):
            if set(value) != set(model):
                raise ValueError(f"the state has {sorted(value)}, not {sorted(model)}")
            return {name: alike(value[name], model[name]) for name in model}
        if isinstance(model, list | tuple):
            pairs = zip(list(value), model, strict=True)
            return type(model)(alike(one, other) for one, other in pairs)
        if isinstance(model, np.ndarray):
            array = np.array(value)
            if (array.shape, array.dtype.kind) != (model.shape, model.dtype.kind):
                raise ValueError(f"{array.dtype} {array.shape}, not {model.dtype} {model.shape}")
            return array  # with the digits that it kept
        return type(model)(np.asarray(value).item())
    except (TypeError, AttributeError, KeyError, IndexError) as error:
        raise ValueError(f"the state does not fit: {error}") from None


class Keeper:
    """Momentum, in two groups, with a state of many kinds; strict about what it loads."""

    def __init__(self, params: Any, lr: float, full: bool = True) -> None:
        names = list(params)
        self.groups: list[dict[str, Any]] = [
            {"params": [params[name] for name in names[1:]], "lr": lr / 3, "betas": (0.9, 0.25)},
            {"params": [params[names[0]]], "lr": lr / 2, "betas": (0.8, 0.5)},
        ]
        sizes = [[np.zeros(array.shape) for array in group["params"]] for group in self.groups]
        self.state: dict[str, Any] = {
            "t": 0,
            "kind": "keeper",
            "scale": np.float64(0.1) / 3,
            "nesterov": False,
            "memory": sizes,
            "counts": np.zeros(3, dtype=np.int64),
            "first": {"mean": (0.0, [0.0, 1]), "steps": [1, 2, 3]},
        }
        if not full:
            self.state |= {"parked": [], "notes": {}, "none": np.zeros((0, 2)), "nested": [[], ()]}

    def step(self, grads: Any) -> None:
        state = self.state
        state["t"] += 1
        state["counts"][state["t"] % 3] += state["t"]
        mean, (low, high) = state["first"]["mean"]
        mean, low = float(0.9 * mean + state["scale"]), float(low - mean / 7)
        state["first"]["mean"] = (mean, [low, high + 1])
        for group, memory, some in zip(self.groups, state["memory"], grads, strict=True):
            slow, quick = group["betas"]
            for array, kept, grad in zip(group["params"], memory, some, strict=True):
                kept *= slow
                kept += grad
                array -= group["lr"] * (kept + quick * mean) * (1 + 0.1 * state["counts"][1])

    def state_dict(self) -> Any:
        rates = [{"lr": group["lr"], "betas": group["betas"]} for group in self.groups]
        return snapshot({**self.state, "groups": rates})

    def load_state_dict(self, state: Any) -> None:
        loaded = alike(state, self.state_dict())
        for group, options in zip(self.groups, loaded.pop("groups"), strict=True):
            group.update(options)
        self.state = loaded


class Plain:
    """Gradient descent, which remembers its count of steps only: no shape of any array."""

    def __init__(self, params: Any, lr: float) -> None:
        self.groups: list[dict[str, Any]] = [{"params": list(params.values()), "lr": lr}]
        self.t = 0

    def step(self, grads: Any) -> None:
        self.t += 1
        for array, grad in zip(self.groups[0]["params"], grads[0], strict=True):
            array -= self.groups[0]["lr"] * grad

    def state_dict(self) -> Any:
        return {"t": self.t, "lr": self.groups[0]["lr"]}

    def load_state_dict(self, state: Any) -> None:
        loaded = alike(state, self.state_dict())
        self.t, self.groups[0]["lr"] = loaded["t"], loaded["lr"]


class Run:
    """Parameters, optimizer and generator, and a walk that needs all three."""

    def __init__(
        self,
        seed: int,
        shapes: Any = SHAPES,
        lr: float = 0.1,
        full: bool = True,
        plain: bool = False,
    ) -> None:
        rng = np.random.default_rng(seed)
        self.params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
        self.arrays = dict(self.params)
        self.optimizer: Any = Plain(self.params, lr) if plain else Keeper(self.params, lr, full)
        self.rng = rng

    def go(self, steps: int) -> Self:
        for _ in range(steps):
            grads = [
                [array / 9 + self.rng.normal(size=array.shape) for array in group["params"]]
                for group in self.optimizer.groups
            ]
            self.optimizer.step(grads)
            self.rng.integers(2**31, dtype=np.int32)  # leaves half of a draw behind
        return self

    def save(self, impl: Any, path: Any, epoch: Any) -> None:
        impl.save_checkpoint(path, self.params, self.optimizer, epoch, self.rng)

    def load(self, impl: Any, path: Any) -> Any:
        return impl.load_checkpoint(path, self.params, self.optimizer, self.rng)

    def state(self) -> Any:
        """Everything, as plain data."""
        generator = self.rng.bit_generator.state
        inner = {key: str(value) for key, value in generator["state"].items()}
        return snapshot(
            {
                "parameters": self.arrays,
                "optimizer": self.optimizer.state_dict(),
                "generator": {**generator, "state": inner},
            }
        )


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
    """Seeds of runs, and an epoch."""
    return seeds(rng, epoch=int(rng.integers(2, 99)))
