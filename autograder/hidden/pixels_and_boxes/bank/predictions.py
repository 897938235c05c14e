"""What the runs of the lesson's predictions show, and why: said once a letter was chosen."""

from autograder.api import Bank

bank = Bank()

bank.exercise("prediction_few_pixels").shows(
    "Cross-entropy asks for probabilities, and in this noise few pixels are more likely bright "
    "than not: about a fifth of the true number passes one half. Dice asks for overlap, and lifts "
    "all that is worth marking: 0.6 to 1.3 times the true number."
)

bank.exercise("prediction_disjoint").shows(
    "Where boxes don't meet, a small move of a corner leaves the IoU at 0, so all four slopes are "
    "exactly zero, and after 300 steps it is where it was. Growing would help only once it touches."
)

bank.exercise("prediction_temperature").shows(
    "Cosines lie between -1 and 1. Without a small temperature, the softmax over 128 rows is "
    "nearly flat however good they are, so the loss has a high floor; its gradient still pulls "
    "partners together, and half of them are found in the best five of 200."
)
