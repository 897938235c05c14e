"""Mistakes in `combined_loss`."""

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
loss = bank.exercise("combined_loss")

SUM = "(error**2).mean() + mae_weight * error.abs().mean()"
ROWS = "(error**2 + mae_weight * error.abs()).sum(-1).mean()"
SQUARED, ABSOLUTE = "(error**2).mean()", "mae_weight * error.abs().mean()"

LOSS: Mistakes = {
    ("sums_for_means", (SUM, SUM.replace("mean", "sum"))): (
        "Both parts are summed, so the loss grows with the number of elements, and with it the "
        "best rate. Take means over all elements."
    ),
    ("absolute_sum", (ABSOLUTE, "mae_weight * error.abs().sum()")): (
        "The squared part is a mean and the absolute part a sum: their balance shifts with the "
        "batch size. Both are means over all elements."
    ),
    ("weight_on_the_square", (SUM, "mae_weight * (error**2).mean() + error.abs().mean()")): (
        "The weight is on the squared error. It belongs to the absolute one; the squared error "
        "counts in full."
    ),
    ("shares_of_one", (SQUARED, "(1 - mae_weight) * (error**2).mean()")): (
        "The squared error is weighed with what is left of 1. It counts in full: the weight says "
        "how much of the absolute error is added to it."
    ),
    ("weight_left_out", (ABSOLUTE, "error.abs().mean()")): (
        "The absolute error is added in full, whatever the weight is. Multiply it by the argument."
    ),
    ("weight_fixed", (ABSOLUTE, "0.1 * error.abs().mean()")): (
        "The weight is always 0.1, which is only the default. Whoever passes another one is not "
        "heard: use the argument."
    ),
    ("half_the_square", (SQUARED, "(error**2).mean() / 2")): (
        "The squared error is halved, as in Huber's loss. Here it is the plain mean of squares."
    ),
    ("absolute_error_left_out", (SUM, SQUARED)): (
        "Only the squared error comes out. The weighted mean of absolute errors is added to it."
    ),
    ("a_product", (SUM, "(error**2).mean() * (mae_weight * error.abs().mean())")): (
        "The two parts are multiplied. They are added: the loss is one mean plus a share of the "
        "other."
    ),
    ("weight_on_both", (SUM, "mae_weight * ((error**2).mean() + error.abs().mean())")): (
        "The weight is on both parts. It belongs to the absolute error; the squared one counts in "
        "full."
    ),
    ("length_of_the_error", (ABSOLUTE, "mae_weight * error.norm()")): (
        "The length of the error vector is added, the root of a sum of squares. Asked for is the "
        "mean of absolute values: abs, then mean."
    ),
    ("rows_added_up", (SUM, ROWS)): (
        "Each row's errors are summed, and then the rows averaged: right for one column, and "
        "larger with each more. Both means are over all elements."
    ),
    ("root_of_the_mean", (SQUARED, "(error**2).mean().sqrt()")): (
        "The root of the mean squared error is taken. It is the mean of squares that is asked for."
    ),
    ("absolute_value_forgotten", (ABSOLUTE, "mae_weight * error.mean()")): (
        "The mean of the errors is added with their signs, so that errors in both directions "
        "cancel. Take absolute values first."
    ),
    ("absolute_of_the_mean", (ABSOLUTE, "mae_weight * error.mean().abs()")): (
        "The mean is taken before the absolute value: errors in both directions cancel. First the "
        "absolute value of each, then the mean."
    ),
    ("square_of_the_mean", (SQUARED, "error.mean() ** 2")): (
        "The mean error is squared, in which errors of both signs cancel. First the square of "
        "each, then the mean."
    ),
    ("absolute_error_without_gradient", (ABSOLUTE, "mae_weight * error.detach().abs().mean()")): (
        "The value is right, but the absolute part is outside of the graph: small errors do not "
        "pull. Leave out `.detach()`, `.item()` and `.data`."
    ),
}
for (name, *edits), text in LOSS.items():
    loss.edit(name, text, *edits)

LOSS_ANYTHING: Mistakes = {
    ("a_number", (SUM, f"({SUM}).item()")): (
        "A Python number comes back: the graph is gone, and backward impossible. A loss stays a "
        "tensor until its gradient is taken."
    ),
    ("not_reduced", (SUM, "error**2 + mae_weight * error.abs()")): (
        "A loss for each element comes back. Backward needs one number: the means are missing."
    ),
    ("one_for_each_row", (SUM, "(error**2).mean(-1) + mae_weight * error.abs().mean(-1)")): (
        "One loss for each row comes back. Backward needs one number: the mean over all elements."
    ),
    ("outside_of_the_graph", (SUM, f"({SUM}).detach()")): (
        "The loss comes back outside of the graph: its number is right, and backward raises. Leave "
        "out `.detach()`, `.data` and NumPy."
    ),
}
for (name, *edits), text in LOSS_ANYTHING.items():
    loss.edit(name, text, *edits, about="anything")
loss.by_exceptions("a_number", "outside_of_the_graph")

ROOT = (
    "The absolute value is the root of a square. The root's slope at 0 is infinite, and times 0 it "
    "is nan: one exact prediction spoils every gradient. Use abs."
)
OF_SQUARE = "mae_weight * (error**2).sqrt().mean()"
loss.edit("root_at_zero", ROOT, (ABSOLUTE, OF_SQUARE), about="anything")
loss.edit(
    "power_of_one_half",
    ROOT,
    (ABSOLUTE, "mae_weight * ((error**2) ** 0.5).mean()"),
    about="anything",
    equivalent_to="root_at_zero",
)
