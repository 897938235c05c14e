"""What the predictions' runs show."""

from autograder.api import Bank

bank = Bank()
bank.exercise("prediction_no_set_epoch").shows("x")
bank.exercise("prediction_unused_parameter").shows("x")
bank.exercise("prediction_ring").shows("x")
