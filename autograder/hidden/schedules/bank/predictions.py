"""What the runs of the lesson's predictions show, and why: said once a letter was chosen."""

from autograder.api import Bank

bank = Bank()

bank.exercise("prediction_noise_floor").shows(
    "A step shrinks the distance by a share of the rate and adds noise with the rate squared. The "
    "two balance where the loss is about lr times the noise's variance over 4, which is "
    "proportional to the rate."
)

bank.exercise("prediction_four_times").shows(
    "The variance of a mean falls as 1/B, so its standard deviation falls as 1/sqrt(B): four "
    "times the batch, half the deviation."
)

bank.exercise("prediction_sixty_four").shows(
    "The rule asks for a rate of 3.2, and the curvature of this network does not allow it, with "
    "noise or without. The rule holds only while noise limits the rate."
)
