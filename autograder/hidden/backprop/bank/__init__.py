"""Misconceptions of lesson 02: never enters a kernel."""

from __future__ import annotations

from autograder.api import Bank
from autograder.hidden.backprop.bank import (
    bends,
    errors,
    linear,
    losses,
    network,
    slopes,
    training,
)

bank = Bank("02_backprop")
for module in (slopes, errors, linear, bends, losses, network, training):
    module.declare(bank)
