"""What the runs of the lesson's predictions show, and why: said once a letter was chosen."""

from autograder.api import Bank

bank = Bank()

bank.exercise("prediction_first_averages").shows(
    "After 24 steps with decay 0.999 the average is 98 % the network of the beginning, and reads "
    "an image or two in ten: it remembers 1000 steps, and there were 24."
)
bank.exercise("prediction_where_time_goes").shows(
    "Forward and backward are the arithmetic of 128 images, and a CPU is slow at arithmetic. Norm, "
    "clip, AdamW and averages touch each weight a few times, whatever the batch: a few hundredths "
    "of the step. On a GPU that waits for Python it is another matter."
)
bank.exercise("prediction_frozen_or_not").shows(
    "With 10 images of each class both kinds of transfer lead by more than ten points, although "
    "the body never saw a shoe. With 100 the small network learns as much by itself, and the three "
    "are within about a point."
)
