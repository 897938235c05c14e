"""Misconceptions of lesson 08, and how its probes are observed: never enters a kernel."""

from __future__ import annotations

from autograder.hidden.numpy_trainer.bank import (
    checkpoint,
    epoch,
    evaluation,
    fitting,
    observers,
    passes,
    start,
    training,
)
from autograder.misconception import Bank

bank = Bank("08_numpy_trainer")
for module in (start, observers, passes, epoch, evaluation, checkpoint, fitting, training):
    module.declare(bank)
