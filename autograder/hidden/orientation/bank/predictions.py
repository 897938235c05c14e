"""What the runs of the lesson's predictions show, and why: said once a letter was chosen."""

from autograder.api import Bank

bank = Bank()

bank.exercise("prediction_small_rate").shows(
    "Each step multiplies the distance by 1 - 2 lr, so its logarithm falls by about 2 lr a step. "
    "A tenth of the rate needs about ten times as many steps: 228 instead of 21."
)

bank.exercise("prediction_edge").shows(
    "At lr = 1.0 the factor of a step is 1 - 2 = -1, so each step lands on the other side at the "
    "same distance. Below that rate the path settles, above it the path diverges."
)

bank.exercise("prediction_bowl").shows(
    "Along x_1 the factor is 1 - 0.6 * 2 = -0.2, along x_2 it is 1 - 0.6 * 4 = -1.4. The steeper "
    "direction diverges first, so it alone decides how large the rate may be."
)
