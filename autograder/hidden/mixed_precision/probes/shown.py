"""What probes of lesson 12 show of the values that come back."""

from typing import Any

import numpy as np
import torch


def plain(value: Any) -> Any:
    """Any 0-d NumPy value is a plain one; what else comes is shown as it is (a tensor is none)."""
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return value.item()
    return value


def array(value: Any) -> Any:
    """A copy of a tensor's numbers; what is no tensor is shown as it is."""
    return value.detach().cpu().numpy().copy() if isinstance(value, torch.Tensor) else value
