"""What the runs of the lesson's predictions show, and why: said once a letter was chosen."""

from autograder.api import Bank

bank = Bank()

bank.exercise("prediction_outlier").shows(
    "The squared error is smallest at the mean, 20, and the absolute error at the median, 3. One "
    "far point moves a mean as far as it likes; a median only asks on which side it lies."
)

bank.exercise("prediction_double_softmax").shows(
    "A probability is at most 1, so as a logit it leads the other nine by 1 at most. The loss "
    "can't fall below log(e + 9) - 1, about 1.46, and nothing raises an error."
)
