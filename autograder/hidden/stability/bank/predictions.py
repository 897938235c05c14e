"""What the runs of the lesson's predictions show, and why: said once a letter was chosen."""

from autograder.api import Bank

bank = Bank()

bank.exercise("prediction_first_steps").shows(
    "On all three seeds the loss leaves for infinity. One to four steps make W large enough for "
    "the gradient to grow at every character, and the next step is as long as that gradient."
)

bank.exercise("prediction_direction").shows(
    "A spike is turned by about 70 degrees. To bring its length down to 1, v has to be so small "
    "that nearly every element is cut to plus or minus v: what is left is a vector of signs."
)

bank.exercise("prediction_forgotten_parts").shows(
    "None or one of the seven shows in the loss, and all seven end with other weights. A forgotten "
    "part makes another run, seldom a visibly worse one: only a comparison bit for bit finds it."
)
