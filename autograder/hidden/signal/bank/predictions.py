"""What the runs of the lesson's predictions show, and why: said once a letter was chosen."""

from autograder.api import Bank

bank = Bank()

bank.exercise("prediction_equal_start").shows(
    "The gradient of a unit depends on its weights and on its entry of v. Where these are equal "
    "the steps are equal too, so the eight units stay one unit, eight times."
)

bank.exercise("prediction_ten_percent").shows(
    "The factors multiply: 1.1 to the power of 50 is 117. A small excess per layer is a large one "
    "after fifty of them."
)

bank.exercise("prediction_scaled_weights").shows(
    "With 100 W the standard deviation is a hundred times as large, and batch norm divides by it. "
    "On the way back the gradient is divided by that same deviation and multiplied by 100 W: the "
    "two cancel."
)
