"""Mistakes in linear_scaling."""

from __future__ import annotations

from autograder.api import Bank

KEY = "linear_scaling"
RULE = "float(base_lr * batch / base_batch)"


def declare(bank: Bank) -> None:
    bank.edit(
        KEY,
        "ratio_upside_down",
        "The rate is multiplied by base_batch / batch, so that a larger batch gets a lower rate. A "
        "larger batch is less noisy, and takes a higher one.",
        (RULE, "float(base_lr * base_batch / batch)"),
    )
    bank.edit(
        KEY,
        "square_root",
        "The rate grows with the root of the ratio, which keeps the noise of a step the same, and "
        "is often used with Adam. The linear rule takes the ratio itself.",
        (RULE, "float(base_lr * (batch / base_batch) ** 0.5)"),
        source="Krizhevsky 2014, One Weird Trick for Parallelizing Convolutional Neural Networks",
    )
    bank.edit(
        KEY,
        "whole_ratio",
        "The ratio of the batch sizes is rounded down to a whole number, so that a smaller batch "
        "gets the rate 0. Divide with / and not with //.",
        (RULE, "float(base_lr * (batch // base_batch))"),
    )
    bank.edit(
        KEY,
        "never_lower",
        "The rate is never lowered: for batches smaller than base_batch it stays as it was. The "
        "rule holds in both directions.",
        (RULE, "float(base_lr * max(1.0, batch / base_batch))"),
    )
    bank.edit(
        KEY,
        "never_higher",
        "The rate is never raised: for batches larger than base_batch it stays as it was. The rule "
        "holds in both directions.",
        (RULE, "float(base_lr * min(1.0, batch / base_batch))"),
    )
    bank.edit(
        KEY,
        "times_the_batch",
        "The rate is multiplied by the batch size, and base_batch has no effect. What counts is "
        "how many times larger the batch has become.",
        (RULE, "float(base_lr * batch)"),
    )
    bank.edit(
        KEY,
        "added",
        "The ratio is added to the rate. Twice the batch is twice the rate: the ratio is a factor.",
        (RULE, "float(base_lr + batch / base_batch)"),
    )
    bank.edit(
        KEY,
        "one_more_for_each",
        "The rate grows by the ratio on top of what it was, so that the same batch size gets twice "
        "the rate. With a ratio of 1 nothing changes.",
        (RULE, "float(base_lr * (1 + batch / base_batch))"),
    )
    bank.edit(
        KEY,
        "square_of_the_ratio",
        "The rate grows with the square of the ratio. Twice the batch does the work of two steps, "
        "and takes twice the rate.",
        (RULE, "float(base_lr * (batch / base_batch) ** 2)"),
    )
