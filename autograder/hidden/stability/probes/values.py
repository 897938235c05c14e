"""Gradients, models and batches of the probes of lesson 11, and what is shown of them.

All of it is made inside `run` from arrays in the inputs, in float64 and without kinks, so that
every right order of operations agrees to far less than the tolerance.
"""

from typing import Any

import numpy as np
import torch
from torch import nn

from autograder.api import Inputs, Tolerance

CPU = torch.device("cpu")
# Right answers may sum in float32, which is 1e-7 of the value off.
CLOSE = Tolerance(1e-5, 1e-7)
SIDE: Inputs = {"kind": "side", "tolerance": CLOSE}


def number(value: Any) -> Any:
    """The value of whatever has no shape; that it is no tensor, a probe of its own asks."""
    if isinstance(value, torch.Tensor) and value.dim() == 0:
        return float(value.detach())
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return float(value)
    return value


def is_number(value: Any) -> bool:
    """Whether it is a plain number: a float, or anything of NumPy's without a shape."""
    if isinstance(value, bool | torch.Tensor):
        return False
    return isinstance(value, int | float) or (np.ndim(value) == 0 and np.size(value) == 1)


def array(value: Any) -> Any:
    """A copy of a tensor's numbers; what is no tensor is shown as it is."""
    return value.detach().cpu().numpy().copy() if isinstance(value, torch.Tensor) else value


def with_grads(grads: list[Any]) -> list[nn.Parameter]:
    """Parameters with these gradients; None for one that has none."""
    made = []
    for grad in grads:
        shape = (2, 2) if grad is None else np.shape(grad)
        parameter = nn.Parameter(torch.full(shape, 5.0, dtype=torch.float64))
        parameter.grad = None if grad is None else torch.tensor(grad, dtype=torch.float64)
        made.append(parameter)
    return made


def grads_of(parameters: list[nn.Parameter]) -> list[Any]:
    """Their gradients, as arrays."""
    return [array(p.grad) for p in parameters]


class Net(nn.Module):
    """Two layers, between them dropout on request; notes the mode of each forward pass."""

    def __init__(self, weights: Inputs) -> None:
        super().__init__()
        hidden, features = weights["first.weight"].shape
        self.first = nn.Linear(features, hidden)
        self.last = nn.Linear(hidden, len(weights["last.bias"]))
        self.load_state_dict({k: torch.as_tensor(v) for k, v in weights.items()})
        self.to(torch.float64)
        self.modes: list[bool] = []

    def forward(self, x: Any) -> Any:
        self.modes.append(self.training and self.last.training)
        return self.last(torch.tanh(self.first(x)))

    def tensors(self) -> Inputs:
        """Weights by name."""
        return {name: array(p) for name, p in self.named_parameters()}


def some_weights(rng: np.random.Generator, outputs: int = 3) -> Inputs:
    return {
        "first.weight": rng.normal(size=(5, 4)) / 2,
        "first.bias": rng.normal(size=5) / 4,
        "last.weight": rng.normal(size=(outputs, 5)),
        "last.bias": rng.normal(size=outputs) / 4,
    }


def noting(load: Any, loaded_to: list[str]) -> Any:
    """torch.load, and a list of where it would bring what was saved on a GPU."""

    def noted(f: Any, map_location: Any = None, *args: Any, **options: Any) -> Any:
        where = map_location
        if isinstance(where, dict):
            where = next(iter(where.values()), None)
        if callable(where):  # of a storage, which is read to the CPU first, and where it was
            where = getattr(where(torch.zeros(0).untyped_storage(), "cuda:0"), "device", None)
        loaded_to.append("meta" if where is None else torch.device(where).type)
        return load(f, map_location, *args, **options)

    return noted
