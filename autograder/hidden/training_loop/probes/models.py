"""Models and batches of the probes of lesson 10, and what is shown of them.

Models are built inside `run` from arrays in the inputs, in float64 and without kinks, so that every
right order of operations agrees to far less than the tolerance.
"""

import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.data import TensorDataset

from autograder.api import Inputs, Tolerance

CPU = torch.device("cpu")
# Right answers may sum in float32, which is 1e-7 of the value off.
CLOSE = Tolerance(1e-5, 1e-7)
SIDE: Inputs = {"kind": "side", "tolerance": CLOSE}


class Net(nn.Module):
    """Two layers, between them batch norm or dropout on request; notes each forward pass.

    Of a sequence of inputs it takes the mean, so that nobody else may flatten it.
    """

    def __init__(self, weights: Inputs, norm: bool = False, dropout: float = 0.0) -> None:
        super().__init__()
        hidden, features = weights["first.weight"].shape
        self.first = nn.Linear(features, hidden, dtype=torch.float64)
        self.norm = nn.BatchNorm1d(hidden, dtype=torch.float64) if norm else nn.Identity()
        self.dropout = nn.Sequential(nn.Dropout(dropout))  # a level deeper than the others
        self.last = nn.Linear(hidden, len(weights["last.bias"]), dtype=torch.float64)
        with torch.no_grad():
            for name, value in weights.items():
                self.get_parameter(name).copy_(torch.as_tensor(value))
        passes = self.passes = list[Any]()  # a copy of the model notes it here too
        self.register_forward_hook(
            lambda net, _, out: passes.append((net.training, out.requires_grad, net.norm.training))
        )

    def forward(self, x: Any) -> Any:
        x = x.mean(dim=1) if x.dim() > 2 else x
        return self.last(self.dropout(torch.tanh(self.norm(self.first(x)))))

    def tensors(self) -> Inputs:
        """Weights and buffers by name."""
        return {n: array(t) for n, t in (*self.named_parameters(), *self.named_buffers())}

    def modes(self) -> Inputs:
        parts = {"model": self, "batch norm": self.norm, "dropout": self.dropout[0]}
        return {f"is the {name} in training mode?": part.training for name, part in parts.items()}


def with_norm(weights: Inputs, frozen: bool = False, dropout: float = 0.0) -> Net:
    """A model whose batch norm has seen data; where it is frozen, nothing about it may move."""
    model = Net(weights, norm=True, dropout=dropout)
    norm: Any = model.norm
    norm.running_mean.add_(0.3)
    norm.running_var.mul_(1.7)
    norm.train(not frozen).requires_grad_(not frozen)
    return model


def sgd(model: nn.Module, lr: float) -> torch.optim.Optimizer:
    return torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)


def lopsided(outputs: Any, targets: Any) -> Any:
    """A batch mean that tells outputs from targets."""
    return ((outputs - targets) ** 2 * (2 + torch.sin(targets))).mean()


class Batches:
    """Batches of a data set in its order, as a DataLoader gives them and many times as fast."""

    def __init__(self, size: int, x: Any, y: Any) -> None:
        self.dataset = TensorDataset(torch.as_tensor(x), torch.as_tensor(y))
        self.batch_size = size

    def __len__(self) -> int:
        return -(-len(self.dataset) // self.batch_size)

    def __iter__(self) -> Iterator[list[Any]]:
        for start in range(0, len(self.dataset), self.batch_size):
            yield [part.clone() for part in self.dataset[start : start + self.batch_size]]


def loaded(inputs: Inputs) -> Batches:
    """Batches of the first one's size, but for the last."""
    return Batches(inputs["sizes"][0], inputs["x"], inputs["y"])


def plain(value: Any) -> Any:
    """Any 0-d NumPy value is a float; what else comes is shown as it is (a tensor is no float)."""
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return float(value)
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def array(value: Any) -> Any:
    """A copy of a tensor's numbers; what is no tensor is shown as it is."""
    return value.detach().cpu().numpy().copy() if isinstance(value, torch.Tensor) else value


def arrays(batches: list[Any]) -> list[Any]:
    return [(array(x), array(y)) for x, y in batches]


def where_batches_go(inputs: Inputs, call: Callable[[Any, Any, Any, torch.device], Any]) -> Inputs:
    """Where `call(model, loader, criterion, device)` puts batches for a model on "meta".

    Tensors there have no numbers, so a right answer may well stop at its first `.item()`: what
    counts is what was noted before.
    """
    arrived, apart = list[str](), list[bool]()
    model = nn.Linear(inputs["x"].shape[1], 3, device="meta")
    model.register_forward_pre_hook(lambda _, args: arrived.append(args[0].device.type))

    def criterion(outputs: Any, targets: Any) -> Any:
        apart.append(outputs.device != targets.device)
        return torch.tensor(0.5, requires_grad=True)

    loader = Batches(inputs["sizes"][0], inputs["x"].astype(np.float32), inputs["y"])
    try:
        call(model, loader, criterion, torch.device("meta"))
    except Exception as error:
        if "is not written yet" in str(error):
            raise
        apart.append("expected device" in str(error) or "same device" in str(error))
    return {
        "the device of the inputs": max(arrived, key="meta".__ne__, default="none"),
        "are outputs and targets on different devices?": any(apart),
    }


class Graphs:
    """A criterion that counts, at each call, how many graphs of earlier calls are still there."""

    def __init__(self, criterion: Any) -> None:
        self.criterion, self.marks, self.alive = criterion, list[Any](), list[int]()

    def __call__(self, outputs: Any, targets: Any) -> Any:
        self.alive.append(sum(mark() is not None for mark in self.marks))
        loss = self.criterion(outputs, targets)
        if loss.requires_grad:
            hook = lambda gradient: None  # it lives as long as the graph that it hangs on
            loss.register_hook(hook)
            self.marks.append(weakref.ref(hook))
        return loss
