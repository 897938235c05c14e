"""What the runs of the lesson's predictions show, and why: said once a letter was chosen."""

from autograder.api import Bank

bank = Bank()

bank.exercise("prediction_rate_to_zero").shows(
    "PyTorch multiplies the velocity by the rate when it moves the weight, so a rate of 0 stops it "
    "at once. Keras multiplied each gradient when it entered the velocity, which then dies out "
    "slowly."
)

bank.exercise("prediction_no_flag").shows(
    "Outside training mode batch norm divides by moving averages that never move. Training and "
    "test see the same network without normalization: slower, and consistent with itself."
)
