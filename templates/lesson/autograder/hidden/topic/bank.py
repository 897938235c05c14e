"""Misconceptions of lesson 99: never enters a kernel."""

from autograder.api import Bank

bank = Bank()
smooth = bank.exercise("smooth")

bank.exercise("prediction_first_value").shows(
    "The average starts at 0 and takes in a share of 1 - beta of the first value, which is a tenth."
)

smooth.edit(
    "weights_swapped",
    "The new value gets the weight beta and the old average the rest, so a larger beta follows the noise "
    "more closely. Beta is the part of the old average that stays.",
    ("beta * average + (1 - beta) * value", "(1 - beta) * average + beta * value"),
)

smooth.edit(
    "starts_at_first_value",
    "The average starts at the first value, and the contract starts it at 0. Look at what it is before "
    "anything has been seen, and at the prediction.",
    ("average = 0.0", "average = values[0]"),
)

smooth.edit(
    "divided_by_its_weight",
    "Each average is divided by 1 - beta**t, which removes the pull of the start. That is the experiment "
    "which follows; this exercise asks for the raw average.",
    ("smoothed[t] = average", "smoothed[t] = average / (1 - beta ** (t + 1))"),
)
