"""Configs, batches and small networks of the probes of lesson 13, and what is shown of them."""

import random
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from torch import nn
from torch.utils.data import TensorDataset

from autograder.api import Inputs, Tolerance

Rng = np.random.Generator
CPU = torch.device("cpu")
# Right answers may add 1e-6 to a norm before they divide by it, or not: 5e-6 of a weight.
CLOSE = Tolerance(1e-4, 1e-6)
SIDE: Inputs = {"kind": "side", "tolerance": CLOSE}


@dataclass
class Config:
    """A TrainConfig of the probes' own: what an answer to one exercise does with its config doesn't
    depend on its answer to another. The contract's fields and order; other defaults, so that
    nothing happens that a probe does not ask for."""

    epochs: int = 2
    batch_size: int = 4
    optimizer: str = "sgd"
    lr: float = 0.1
    momentum: float = 0.5
    weight_decay: float = 0.0
    schedule: str = "constant"
    warmup_steps: int = 0
    min_lr: float = 0.0
    max_grad_norm: float | None = None
    accumulation_steps: int = 1
    precision: str = "float32"
    label_smoothing: float = 0.0
    ema_decay: float | None = None
    patience: int | None = None
    channels_last: bool = False
    compile: bool = False
    num_workers: int = 0
    seed: int = 0
    checkpoint_path: Any = None
    log_dir: Any = None
    progress: bool = False
    capture: bool = False


class Batches:
    """Batches of a data set in its order, as a DataLoader gives them and many times as fast."""

    def __init__(self, x: Any, y: Any, *sizes: int, dtype: torch.dtype = torch.float64) -> None:
        self.dataset = TensorDataset(torch.as_tensor(x, dtype=dtype), torch.as_tensor(y))
        self.sizes, self.batch_size = sizes, sizes[0]

    def __len__(self) -> int:
        return len(self.sizes)

    def __iter__(self) -> Iterator[list[Any]]:
        start = 0
        for size in self.sizes:
            yield [part.clone() for part in self.dataset[start : start + size]]
            start += size


class Net(nn.Module):
    """Two layers behind a flattened image, between them dropout on request."""

    def __init__(self, weights: Inputs, dropout: float = 0.0) -> None:
        super().__init__()
        hidden, features = weights["first.weight"].shape
        self.first = nn.Linear(features, hidden, dtype=torch.float64)
        self.dropout = nn.Dropout(dropout)
        self.last = nn.Linear(hidden, len(weights["last.bias"]), dtype=torch.float64)
        with torch.no_grad():
            for name, value in weights.items():
                self.get_parameter(name).copy_(torch.as_tensor(value))

    def forward(self, x: Any) -> Any:
        return self.last(self.dropout(torch.tanh(self.first(x.flatten(1)))))

    def tensors(self) -> Inputs:
        """Weights by name."""
        return {name: array(p) for name, p in self.named_parameters()}


class Norms:
    """The norms of a model's gradients at each backward, before anything is done to them."""

    def __init__(self, model: nn.Module) -> None:
        self.squares, self.parameters = list[float](), 0
        parameters: Any = model.parameters()
        for p in parameters:
            p.register_post_accumulate_grad_hook(self.note)
            self.parameters += 1

    def note(self, p: Any) -> None:
        self.squares.append(float(p.grad.square().sum()))

    def each(self) -> Any:
        """One for each backward."""
        return np.sqrt(np.reshape(self.squares, (-1, self.parameters)).sum(axis=1))


def some_weights(rng: Rng, features: int = 8) -> Inputs:
    return {
        "first.weight": rng.normal(size=(5, features)) / 2,
        "first.bias": rng.normal(size=5) / 4,
        "last.weight": rng.normal(size=(3, 5)),
        "last.bias": rng.normal(size=3) / 4,
    }


def flat_start(weights: Inputs) -> Inputs:
    """The same, with logits of 0: whatever is learned first makes wrong labels worse."""
    return {k: np.zeros_like(v) if k.startswith("last") else v for k, v in weights.items()}


def images(rng: Rng, n: int) -> Any:
    """Images (n, 2, 2, 2) of a rule that can be learned, and their labels."""
    x = rng.normal(size=(n, 2, 2, 2)) * np.linspace(0.5, 2.5, n)[:, None, None, None]
    rule = np.random.default_rng(13).normal(size=(8, 3))
    return x, (x.reshape(n, 8) @ rule).argmax(axis=1)


def two_sets(train: int, validate: int) -> Any:
    """Inputs: weights, and images to train and to validate on."""

    def made(rng: Rng) -> Inputs:
        return {
            "weights": some_weights(rng),
            "train": images(rng, train),
            "validate": images(rng, validate),
            "seed": int(rng.integers(2**31)),
        }

    return made


def columns(history: Any, *names: str) -> Any:
    """The lists of a history that are asked for; without a dict, whatever came."""
    if not isinstance(history, dict):
        return history
    return {name: plain(history.get(name)) for name in names}


def plain(value: Any) -> Any:
    """Numbers as floats, of whatever kind; that they are no tensors, a probe of its own asks."""
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, torch.Tensor) and value.dim() == 0:
        return float(value.detach())
    if isinstance(value, np.generic | int) and not isinstance(value, bool):
        return float(value)
    return value


def array(value: Any) -> Any:
    """A copy of a tensor's numbers; what is no tensor is shown as it is."""
    return value.detach().cpu().numpy().copy() if isinstance(value, torch.Tensor) else value


def stir(seed: int) -> None:
    """Put every global generator somewhere else; the runner puts them back after a probe."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    torch.default_generator.manual_seed(seed)


def trained(impl: Any, model: Any, train: Any, validate: Any, config: Config, **more: Any) -> Any:
    """What `fit` returns. `torch.manual_seed` notes for each kind of device that isn't there who
    asked, all the way up the stack, which takes longer than some steps of training: here it
    doesn't."""
    kinds = (getattr(torch, name) for name in ("cuda", "xpu", "mtia"))
    with ExitStack() as stack:
        for devices in kinds:
            if not devices.is_available():
                stack.enter_context(patch.object(devices, "manual_seed_all", lambda seed: None))
        return impl.fit(model, train, validate, config, **more)
