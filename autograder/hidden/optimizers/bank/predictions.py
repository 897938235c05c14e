"""What the runs of the lesson's predictions show, and why: said once a letter was chosen."""

from autograder.api import Bank

bank = Bank()

bank.exercise("prediction_rate_cut").shows(
    "With the rate inside, the velocity was built up at the old rate and keeps nine tenths of it: "
    "its next step is 9.1 old rates long. With the rate outside, the new rate scales the whole "
    "step at once: 1 old rate."
)

bank.exercise("prediction_first_average").shows(
    "With beta2 = 0.999, v keeps 0.999 of its zero and takes in 0.001 of the squared gradient. "
    "Adam divides by 1 - beta2**t to undo exactly that."
)

bank.exercise("prediction_uneven_decay").shows(
    "Whatever is added to the gradient is divided by the root of the average squared gradient. "
    "Where gradients are large the decay is divided by about 10, where they are small by about "
    "0.1."
)
