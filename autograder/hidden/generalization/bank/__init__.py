"""Misconceptions of lesson 07: never enters a kernel."""

from __future__ import annotations

from autograder.api import Bank
from autograder.hidden.generalization.bank import (
    batches,
    counting,
    dropping,
    folding,
    keeping,
    observers,
    observers_of_folds,
    observers_of_parts,
    scaling,
    splitting,
    stopping,
    stratifying,
)

bank = Bank("07_generalization")
for module in (observers_of_parts, observers_of_folds, observers, splitting, stratifying):
    module.declare(bank)
for module in (folding, scaling, batches, dropping, stopping, keeping, counting):
    module.declare(bank)
