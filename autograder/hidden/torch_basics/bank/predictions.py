"""What the runs of the lesson's predictions show, and why: said once a letter was chosen."""

from autograder.api import Bank

bank = Bank()

bank.exercise("prediction_kink").shows(
    "At 0, relu says 0, clamp says 1 and maximum says 1/2: a kink has no derivative, so each "
    "function chooses a number between both slopes, and they chose differently."
)

bank.exercise("prediction_frozen_norm").shows(
    "The running mean and variance are buffers: forward itself moves them in training mode, and "
    "asks no gradient and no optimizer. Only evaluation mode keeps them still."
)

bank.exercise("prediction_plain_list").shows(
    "The optimizer never sees the hidden layers, but they still compute: random features, on "
    "which the last layer alone gets most photographs right. Nothing complains."
)
