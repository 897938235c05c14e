"""Misconceptions of lesson 05, and how its probes are observed: never enters a kernel."""

from __future__ import annotations

from autograder.hidden.optimizers.bank import observers
from autograder.misconception import Bank

bank = Bank("05_optimizers")
observers.declare(bank)
