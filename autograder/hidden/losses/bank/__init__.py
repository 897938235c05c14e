"""Misconceptions of lesson 01: never enters a kernel."""

from __future__ import annotations

from autograder.api import Bank
from autograder.hidden.losses.bank import (
    boxes,
    classes,
    detection,
    distances,
    labels,
    metrics,
    questions,
    regions,
)

bank = Bank("01_losses")
for module in (distances, classes, labels, questions, regions, boxes, detection, metrics):
    module.declare(bank)
