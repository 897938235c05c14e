"""What the runs of the lesson's predictions show, and why: said once a letter was chosen."""

from autograder.api import Bank

bank = Bank()

bank.exercise("prediction_repeated_row").shows(
    "Broadcasting uses every element of b four times, once in each row. Each use sends back a "
    "gradient of 1, and the gradients of all uses add up to 4."
)

bank.exercise("prediction_doublings").shows(
    "Every number is reached twice from the one above it, so the visits double at each level: "
    "2**21 - 1 in all. A topological order takes each of the 21 numbers once."
)

bank.exercise("prediction_never_cleared").shows(
    "The sum of all gradients so far acts as a velocity: it carries x through the minimum and up "
    "the other side, like a ball without friction."
)
