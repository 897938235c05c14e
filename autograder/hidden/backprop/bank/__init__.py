"""Misconceptions of lesson 02: never enters a kernel."""

from __future__ import annotations

from autograder.hidden.backprop.bank import (
    bends,
    errors,
    linear,
    losses,
    network,
    slopes,
    training,
)
from autograder.misconception import Bank

bank = Bank("02_backprop")
for module in (slopes, errors, linear, bends, losses, network, training):
    module.declare(bank)
