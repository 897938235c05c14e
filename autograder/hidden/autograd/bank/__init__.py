"""Misconceptions of lesson 03: never enters a kernel."""

from __future__ import annotations

from autograder.hidden.autograd.bank import (
    arithmetic,
    broadcast,
    functions,
    observers,
    orders,
    tapes,
    walk,
)
from autograder.misconception import Bank

bank = Bank("03_autograd")
for module in (observers, broadcast, orders, walk, arithmetic, functions, tapes):
    module.declare(bank)
