"""Random states that a rank has to itself, though all ranks share one process."""

import copy
import random
from typing import Any

import numpy as np
import torch


class Chance:
    """The random states of PyTorch, NumPy and Python, as they are when it is made.

    NumPy's generator is put in whole, not copied: that is a hundred times as fast.
    """

    def __init__(self) -> None:
        self._numpy: Any = np.random.get_bit_generator()  # type: ignore[attr-defined]
        self.take()

    def of_its_own(self) -> "Chance":
        """The same, from now on with a generator of NumPy's that nobody else draws from."""
        self._numpy = copy.deepcopy(self._numpy)
        return self

    def take(self) -> None:
        """Note how far whoever works now has come."""
        self._torch, self._python = torch.get_rng_state(), random.getstate()

    def put(self) -> None:
        """From here on it is the owner of these states who draws."""
        torch.set_rng_state(self._torch)
        random.setstate(self._python)
        np.random.set_bit_generator(self._numpy)  # type: ignore[attr-defined]
