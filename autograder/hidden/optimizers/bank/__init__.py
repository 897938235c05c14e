"""Misconceptions of lesson 05, and how its probes are observed: never enters a kernel."""

from __future__ import annotations

from autograder.hidden.optimizers.bank import (
    adam_rule,
    decay,
    divided,
    observers,
    others,
    plain,
    rectified,
)
from autograder.misconception import Bank

bank = Bank("05_optimizers")
for module in (observers, plain, divided, adam_rule, decay, rectified, others):
    module.declare(bank)
