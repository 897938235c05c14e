"""What the runs of the lesson's predictions show, and why: said once a letter was chosen."""

from autograder.api import Bank

bank = Bank()

bank.exercise("prediction_coin_flips").shows(
    "Among 3000 columns of noise some agree with 50 coin flips by luck, in the validation folds "
    "too, because they were chosen with those rows in sight. Chosen inside each fold, they score "
    "about 50 %."
)

bank.exercise("prediction_batch_size").shows(
    "In 20 epochs batches of 8 take 760 steps and the full batch takes 20. At the same rate an "
    "exact gradient is worth little if you take so few steps with it."
)

bank.exercise("prediction_too_wide").shows(
    "A wide network can memorize its 300 images, and on the way there it learns. At the turn of "
    "its validation curve it is as good as any; only going on past the turn costs it."
)
