"""Misconceptions of lesson 06, and how its probes are observed: never enters a kernel."""

from __future__ import annotations

from autograder.api import Bank
from autograder.hidden.schedules.bank import (
    climbs,
    cosines,
    cycle,
    decays,
    observers,
    plateau,
    plateau_limits,
    range_test,
    scaling,
)

bank = Bank("06_schedules")
for module in (
    observers,
    decays,
    cosines,
    climbs,
    cycle,
    plateau,
    plateau_limits,
    scaling,
    range_test,
):
    module.declare(bank)
