"""What the runs of the lesson's predictions show, and why: said once a letter was chosen."""

from autograder.api import Bank

bank = Bank()

bank.exercise("prediction_step_size").shows(
    "A large eps is off because the function bends; a tiny one is off because two nearly equal "
    "numbers are subtracted, which leaves rounding noise of about 1e-16 / eps. The best value "
    "lies in between."
)

bank.exercise("prediction_duplicated_batch").shows(
    "There are twice as many rows, and the mean gives each of them half the weight. A sum would "
    "have doubled the gradient."
)

bank.exercise("prediction_all_zeros").shows(
    "The hidden units are 0, so the gradient of W2 is 0. W2 is 0, so nothing flows back to W1 and "
    "b1. Only b2 gets a gradient, because one class is more frequent than the other."
)
