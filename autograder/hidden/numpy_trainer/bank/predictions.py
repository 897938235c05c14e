"""What the runs of the lesson's predictions show, and why: said once a letter was chosen."""

from autograder.api import Bank

bank = Bank()

bank.exercise("prediction_dropout_curve").shows(
    "The returned training loss is of a network with half of its units missing, averaged while "
    "the weights still change. The validation loss is of the whole network, after the epoch."
)

bank.exercise("prediction_forgotten_velocity").shows(
    "The first resumed step starts from zero velocity, so the parameters differ from there on. "
    "The loss still falls, so only a comparison with the uninterrupted run shows it."
)

bank.exercise("prediction_confused_pair").shows(
    "A T-shirt and a shirt have nearly the same outline at 28 by 28 pixels. The other pairs "
    "differ in the shaft of the boot, or in the gap between the legs."
)
