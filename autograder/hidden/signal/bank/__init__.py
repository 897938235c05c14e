"""Misconceptions of lesson 04, and how its probes are observed: never enters a kernel."""

from __future__ import annotations

from autograder.api import Bank
from autograder.hidden.signal.bank import batches, chains, draws, features, rows, units

bank = Bank("04_signal")
for module in (features, units, chains, draws, batches, rows):
    module.declare(bank)
