"""Misconceptions of lesson 03: never enters a kernel."""

from __future__ import annotations

from autograder.api import Bank
from autograder.hidden.autograd.bank import (
    arithmetic,
    broadcast,
    functions,
    observers,
    orders,
    tapes,
    walk,
)

bank = Bank("03_autograd")
for module in (observers, broadcast, orders, walk, arithmetic, functions, tapes):
    module.declare(bank)
