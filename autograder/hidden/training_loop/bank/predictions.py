"""What the runs of the lesson's predictions show, and why: said once a letter was chosen."""

from autograder.api import Bank

bank = Bank()

bank.exercise("prediction_forgotten_zero").shows(
    "The gradients add up, which is momentum without friction: for 30 steps the loss falls faster "
    "than it should, then it overshoots more and more."
)

bank.exercise("prediction_stuck_in_eval").shows(
    "In evaluation mode no unit is dropped, so the same weights give a lower training loss from "
    "one epoch to the next. It looks like progress, and dropout has stopped working."
)

bank.exercise("prediction_one_more_draw").shows(
    "The loader draws each epoch's order from torch's global generator. The first epoch comes "
    "before the extra draw; after it, that generator is in another state for good."
)
