"""What probes of lesson 14 show of the values that come back."""

from typing import Any

import torch


def array(value: Any) -> Any:
    """A copy of a tensor's numbers; what is no tensor is shown as it is."""
    return value.detach().cpu().numpy().copy() if isinstance(value, torch.Tensor) else value


def number(value: Any) -> Any:
    """Any 0-d value as a float; what is none is shown as it is."""
    if isinstance(value, bool | str | list | tuple | dict) or value is None:
        return value
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        return value


def by_rank(results: list[Any]) -> Any:
    return {f"on rank {rank}": result for rank, result in enumerate(results)}
