"""Misconceptions of lesson 05, and how its probes are observed: never enters a kernel."""

from __future__ import annotations

from autograder.api import Bank
from autograder.hidden.optimizers.bank import (
    adam_class,
    adam_groups,
    adam_rule,
    adam_state,
    decay,
    divided,
    momentum,
    observers,
    others,
    rectified,
    sgd,
)

bank = Bank("05_optimizers")
for module in (
    observers,
    sgd,
    momentum,
    divided,
    adam_rule,
    decay,
    rectified,
    adam_class,
    adam_groups,
    adam_state,
    others,
):
    module.declare(bank)
