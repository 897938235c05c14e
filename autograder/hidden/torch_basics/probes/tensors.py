"""What the probes of lesson 09 share: leaves, plain copies, parameters told apart by size."""

from typing import Any

import torch

from autograder.api import Inputs

SIZES = "how many numbers each parameter holds"


def leaf(values: Any) -> Any:
    """A new leaf that wants gradients."""
    return torch.tensor(values).requires_grad_()


def array(value: Any) -> Any:
    """A copy of a tensor's numbers; what is no tensor is shown as it is."""
    return value.detach().cpu().numpy().copy() if isinstance(value, torch.Tensor) else value


def fill(model: Any, maps: list[tuple[Any, Any]]) -> list[Any]:
    """Write weights (in, out) and biases into a model's parameters, which their sizes tell apart.

    Returns:
        For each of them in turn, the parameter and whether it holds the weight transposed; an empty
        list where the parameters are not those of such maps.
    """
    wanted = [values for pair in maps for values in pair]
    by_size = {p.numel(): p for p in model.parameters()}
    if len(list(model.parameters())) != len(wanted) or {v.size for v in wanted} != set(by_size):
        return []
    slots = []
    for values in wanted:
        p = by_size[values.size]
        turned = values.ndim == 2 and tuple(p.shape) == values.shape[::-1]
        with torch.no_grad():
            p.copy_(torch.tensor(values.T if turned else values.reshape(tuple(p.shape))))
        slots.append((p, turned))
    return slots


def sizes_of(model: Any) -> Inputs:
    return {SIZES: sorted(p.numel() for p in model.parameters())}


def grad_names(maps: list[tuple[Any, Any]]) -> list[str]:
    """What the gradients of weights and biases are called, in turn."""
    layers = range(1, len(maps) + 1)
    return [f"the gradient of {what} {i}" for i in layers for what in ("weight", "bias")]


def gradients(slots: list[Any], maps: list[tuple[Any, Any]]) -> Inputs:
    """The gradients by name, weights as (in, out), whatever their layout."""
    seen = {}
    for place, (name, (p, turned)) in enumerate(zip(grad_names(maps), slots, strict=True)):
        grad = array(p.grad)
        shape = maps[place // 2][place % 2].shape
        seen[name] = grad if grad is None else grad.T if turned else grad.reshape(shape)
    return seen
