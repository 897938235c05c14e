"""Mistakes in linear_scaling."""

from autograder.api import Bank
from autograder.hidden.schedules.bank.rows import Rows, table

SOURCES = {
    "square_root": "Krizhevsky 2014, One Weird Trick for Parallelizing Convolutional Networks"
}
bank = Bank()
scaling = bank.exercise("linear_scaling")

for (name, rate), text in {
    ("ratio_upside_down", "base_lr * base_batch / batch"): (
        "The rate is multiplied by base_batch / batch, so that a larger batch gets a lower rate. A "
        "larger batch is less noisy, and takes a higher one."
    ),
    ("whole_ratio", "base_lr * (batch // base_batch)"): (
        "The ratio of the batch sizes is rounded down to a whole number, so that a smaller batch "
        "gets the rate 0. Divide with / and not with //."
    ),
    ("rounded_ratio", "base_lr * round(batch / base_batch)"): (
        "The ratio of the batch sizes is rounded to a whole number, so that half as much again "
        "counts as twice as much. Any ratio will do: use it as it is."
    ),
    ("rounded_down_at_the_end", "base_lr * batch // base_batch"): (
        "The rate itself is rounded down, and most rates are below 1. Divide with / and not //."
    ),
    ("never_lower", "base_lr * max(1.0, batch / base_batch)"): (
        "The rate is never lowered, so smaller batches keep it. The rule holds in both directions."
    ),
    ("never_higher", "base_lr * min(1.0, batch / base_batch)"): (
        "The rate is never raised, so larger batches keep it. The rule holds in both directions."
    ),
    ("times_the_batch", "base_lr * batch"): (
        "The rate is multiplied by the batch size, and base_batch has no effect. What counts is "
        "how many times larger the batch has become."
    ),
    ("divided_by_the_first_batch", "base_lr / base_batch"): (
        "The rate is divided by base_batch, and the new batch size has no effect. That is the rate "
        "for a single example: multiply it by batch."
    ),
    ("added", "base_lr + batch / base_batch"): (
        "The ratio is added to the rate. Twice the batch is twice the rate: the ratio is a factor."
    ),
    ("one_more_for_each", "base_lr * (1 + batch / base_batch)"): (
        "The rate grows by the ratio on top of what it was, so that the same batch size gets twice "
        "the rate. With a ratio of 1 nothing changes."
    ),
    ("only_the_growth", "base_lr * (batch - base_batch) / base_batch"): (
        "The rate is multiplied by what the batch has grown by, so that the same batch size gets "
        "the rate 0. With a ratio of 1 nothing changes: use the ratio itself."
    ),
    ("doublings_added", "base_lr * (1 + np.log2(batch / base_batch))"): (
        "Each doubling of the batch adds the base rate once more. The rule is no logarithm: four "
        "times the batch takes four times the rate."
    ),
    ("square_of_the_ratio", "base_lr * (batch / base_batch) ** 2"): (
        "The rate grows with the square of the ratio. Twice the batch takes twice the rate only."
    ),
}.items():
    scaling.edit(name, text, ("float(base_lr * batch / base_batch)", f"float({rate})"))

RULES: Rows = {
    ("square_root", ("base_lr * batch / base_batch)", "base_lr * (batch / base_batch) ** 0.5)")): (
        "The rate grows with the root of the ratio, which keeps the noise of a step the same, and "
        "is often used with Adam. The linear rule takes the ratio itself."
    ),
}
table(scaling, RULES, SOURCES)
