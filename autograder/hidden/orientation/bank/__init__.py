"""Misconceptions of lesson 00: never enters a kernel."""

from __future__ import annotations

from autograder.api import Bank
from autograder.hidden.orientation.bank import path, rate, step

bank = Bank("00_orientation")
for module in (step, path, rate):
    module.declare(bank)
