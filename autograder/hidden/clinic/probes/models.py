"""Networks and batches of the probes of lesson 15, and what is shown of them.

In float64, without kinks and with batches of one size: every right repair agrees to far less than
the tolerance, however it sums.
"""

from typing import Any

import numpy as np
import torch
from torch import nn

from autograder.api import Inputs, Tolerance

# Right answers may sum losses in float32, which is 1e-7 of the value off.
CLOSE = Tolerance(1e-5, 1e-7)
Rng = np.random.Generator


def network(weights: Inputs, dtype: Any = torch.float64) -> nn.Sequential:
    """Three layers with tanh between them. (A plain Sequential can be cut and gone through.)"""
    layers: list[nn.Module] = []
    for w in weights.values():
        outputs, features = w.shape
        layer = nn.Linear(features, outputs, dtype=dtype)
        with torch.no_grad():
            layer.weight.copy_(torch.tensor(w))
            layer.bias.copy_(torch.tensor(w[:, 0] / 2))
        layers += [layer, nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def flat(net: nn.Module) -> Any:
    """All weights in a row: one array is looked at faster than six."""
    return torch.cat([p.detach().flatten() for p in net.parameters()]).numpy().copy()


def some(rng: Rng, count: int = 3, size: int = 5, **more: Any) -> Inputs:
    """Weights of a network of three classes, and batches of one size."""
    shapes = {"first": (4, 3), "middle": (4, 4), "last": (3, 4)}
    weights = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    data = [(rng.normal(size=(size, 3)), rng.integers(3, size=size)) for _ in range(count)]
    return {"weights": weights, "batches": data, **more}


def loaded(inputs: Inputs, dtype: Any = torch.float64) -> list[Any]:
    """The batches as tensors: a list can be gone through as often as anyone likes."""
    return [(torch.tensor(x, dtype=dtype), torch.tensor(y)) for x, y in inputs["batches"]]


def plain(value: Any) -> Any:
    """A number without a shape, of whatever library, as a plain one; lists of them, too."""
    if isinstance(value, torch.Tensor | np.ndarray | np.generic) and np.ndim(value.tolist()) == 0:
        return value.item()
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def array(value: Any) -> Any:
    """A copy of a tensor's numbers; what is no tensor is shown as it is."""
    return value.detach().cpu().numpy().copy() if isinstance(value, torch.Tensor) else value
