"""What the runs of the lesson's predictions show, and why: said once a letter was chosen."""

from autograder.api import Bank

bank = Bank()

bank.exercise("prediction_forgotten_zero").shows(
    "The gradients add up, which is momentum without friction: for 30 steps the loss falls faster "
    "than it should, then it overshoots more and more."
)

bank.exercise("prediction_uneven_batches").shows(
    "Only the last 4 of 100 samples have a loss of 10, which makes 40 / 100. The mean of the four "
    "batch means is 2.5, because it counts those 4 samples as much as 32."
)

bank.exercise("prediction_stuck_in_eval").shows(
    "In evaluation mode no unit is dropped, so the same weights give a lower training loss from "
    "one epoch to the next. It looks like progress, and dropout has stopped working."
)
