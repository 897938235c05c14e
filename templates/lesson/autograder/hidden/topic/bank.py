"""Misconceptions of lesson 99: never enters a kernel."""

from __future__ import annotations

from autograder.api import Bank

bank = Bank("99_topic")

bank.edit(
    "smooth",
    "weights_swapped",
    "The new value gets the weight beta and the old average the rest, so a larger beta follows the noise "
    "more closely. Beta is the part of the old average that stays.",
    ("beta * average + (1 - beta) * value", "(1 - beta) * average + beta * value"),
)

bank.edit(
    "smooth",
    "starts_at_first_value",
    "The average starts at the first value, and the contract starts it at 0. Look at what it is before "
    "anything has been seen, and at the prediction.",
    ("average = 0.0", "average = values[0]"),
)

bank.edit(
    "smooth",
    "divided_by_its_weight",
    "Each average is divided by 1 - beta**t, which removes the pull of the start. That is the experiment "
    "which follows; this exercise asks for the raw average.",
    ("smoothed[t] = average", "smoothed[t] = average / (1 - beta ** (t + 1))"),
)
