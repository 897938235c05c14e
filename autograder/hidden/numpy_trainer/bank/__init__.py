"""Misconceptions of lesson 08, and how its probes are observed: never enters a kernel."""

from __future__ import annotations

from autograder.api import Bank
from autograder.hidden.numpy_trainer.bank import (
    backwards,
    checkpoint,
    epoch,
    evaluation,
    fitting,
    observers,
    passes,
    refusals,
    settings,
    start,
    training,
)

bank = Bank("08_numpy_trainer")
for module in (
    start,
    observers,
    passes,
    backwards,
    epoch,
    evaluation,
    checkpoint,
    refusals,
    fitting,
    training,
    settings,
):
    module.declare(bank)
