"""Mistakes in the rules that divide by a root: Adagrad and RMSprop."""

from __future__ import annotations

from autograder.api import Bank

EPS_INSIDE = (
    "eps is added under the root, as some books and TensorFlow's RMSprop do. There an eps of 0.01 "
    "weighs like 0.1. Here it stands outside: first the root, then eps."
)
EPS_LEFT_OUT = (
    "Nothing is added to the root. A weight that never had a gradient divides 0 by 0 and becomes "
    "NaN, and tiny gradients take full steps: look at eps."
)
NO_ROOT = (
    "The step divides by the squares, not by their root. Squares have the unit of a squared "
    "gradient, so that large gradients take the smallest steps: take the root first."
)
OLD_SQUARES = (
    "The step divides by the squares from before this gradient came in: at first by eps alone, "
    "and the step is enormous. Take the new square in first."
)
NOT_RETURNED = (
    "The squares that came in are returned as they were, so that the next step starts from nothing "
    "again. Return those that the step was divided by."
)
IN_PLACE = (
    "The squares that came in are changed in place, and the caller who kept them finds other "
    "numbers. Make a new array: an augmented assignment writes into the old one."
)
UPHILL = (
    "The step is added, so that the loss climbs: the gradient points uphill, and dividing it by a "
    "root does not turn it. Move against it."
)


def declare(bank: Bank) -> None:
    """Those of both, then each one's own."""
    _shared(bank, "adagrad_step", "square_sum", "square_sum = square_sum + grad**2")
    _shared(
        bank,
        "rmsprop_step",
        "square_avg",
        "square_avg = alpha * square_avg + (1 - alpha) * grad**2",
    )
    _adagrad(bank)
    _rmsprop(bank)


def _shared(bank: Bank, key: str, squares: str, made: str) -> None:
    divided, new = f"/ (np.sqrt({squares}) + eps)", f"return param - step, {squares}"
    bank.edit(
        key,
        "eps_inside_root",
        EPS_INSIDE,
        (divided, f"/ np.sqrt({squares} + eps)"),
        source="Dive into Deep Learning, 12.7 and 12.8; tf.keras.optimizers.RMSprop",
    )
    bank.edit(
        key,
        "eps_left_out",
        EPS_LEFT_OUT,
        (divided, f"/ np.sqrt({squares})"),
    )
    bank.edit(key, "root_left_out", NO_ROOT, (divided, f"/ ({squares} + eps)"))
    old = f"old, {squares} = {squares}, {made.split(' = ')[1]}"
    bank.edit(key, "old_squares", OLD_SQUARES, (made, old), (divided, "/ (np.sqrt(old) + eps)"))
    bank.edit(
        key,
        "squares_not_returned",
        NOT_RETURNED,
        (made, old),
        (new, "return param - step, old.copy()"),
    )
    in_place = {
        "square_sum": "square_sum += grad**2",
        "square_avg": "square_avg *= alpha\n    square_avg += (1 - alpha) * grad**2",
    }
    bank.edit(key, "squares_changed_in_place", IN_PLACE, (made, in_place[squares]))
    bank.edit(key, "uphill", UPHILL, (new, f"return param + step, {squares}"))


def _adagrad(bank: Bank) -> None:
    key, made = "adagrad_step", "square_sum = square_sum + grad**2"
    bank.edit(
        key,
        "sum_that_forgets",
        "The squares are averaged with a factor of 0.9, so that old ones fade: that is RMSprop. "
        "Adagrad adds every square, forgets nothing, and its steps only shrink.",
        (made, "square_sum = 0.9 * square_sum + 0.1 * grad**2"),
    )
    bank.edit(
        key,
        "sum_that_fades",
        "The old sum is multiplied by 0.9 before the new square comes in, so that old gradients "
        "fade. Adagrad forgets nothing: the sum only grows.",
        (made, "square_sum = 0.9 * square_sum + grad**2"),
    )
    bank.edit(
        key,
        "sum_of_gradients",
        "The gradients themselves are summed. Positive and negative ones cancel, and below zero "
        "the root is NaN. Sum their squares.",
        (made, "square_sum = square_sum + grad"),
    )
    bank.edit(
        key,
        "sum_of_sizes",
        "The sizes of the gradients are summed, and the step still takes a root of the sum. The "
        "root undoes a square: sum the squares.",
        (made, "square_sum = square_sum + np.abs(grad)"),
    )
    bank.edit(
        key,
        "one_sum_for_all",
        "One sum over the whole array divides every weight's step alike, so that a rare weight "
        "is slowed by the busy ones. Each weight has a sum of its own.",
        (made, "square_sum = square_sum + np.sum(grad**2)"),
        source="Ward, Wu and Bottou (2019)",
    )
    bank.edit(
        key,
        "eps_of_another_rule",
        "The default of eps is 1e-8, as in RMSprop and Adam. Adagrad's is 1e-10 here, as in "
        "PyTorch: with tiny gradients it is eps that sets the step.",
        ("eps=1e-10", "eps=1e-8"),
    )


def _rmsprop(bank: Bank) -> None:
    key = "rmsprop_step"
    made = "square_avg = alpha * square_avg + (1 - alpha) * grad**2"
    bank.edit(
        key,
        "average_that_adds_up",
        "The squares are summed and nothing fades: that is Adagrad, whose steps only shrink. "
        "RMSprop keeps alpha of the old average and takes 1 - alpha of the new square.",
        (made, "square_avg = square_avg + grad**2"),
    )
    bank.edit(
        key,
        "new_square_taken_whole",
        "The new square is added whole, without its factor 1 - alpha. Under a steady gradient "
        "the result grows to a hundred times its square: the two parts have to sum to 1.",
        (made, "square_avg = alpha * square_avg + grad**2"),
    )
    bank.edit(
        key,
        "alpha_swapped",
        "The average keeps 1 - alpha of itself and takes alpha of the new square, so that it "
        "hardly remembers. alpha is the part that stays.",
        (made, "square_avg = (1 - alpha) * square_avg + alpha * grad**2"),
    )
    bank.edit(
        key,
        "average_of_gradients",
        "The gradients themselves are averaged. Positive and negative ones cancel, and below "
        "zero the root is NaN. Average their squares.",
        (made, "square_avg = alpha * square_avg + (1 - alpha) * grad"),
    )
    bank.edit(
        key,
        "average_of_sizes",
        "The sizes of the gradients are averaged, and the step still takes a root of it. The root "
        "undoes a square: average the squares.",
        (made, "square_avg = alpha * square_avg + (1 - alpha) * np.abs(grad)"),
    )
    bank.edit(
        key,
        "alpha_of_another_library",
        "The default of alpha is 0.9, as in Hinton's lecture and Keras. Here it is 0.99, as in "
        "PyTorch, and the average remembers about a hundred gradients.",
        ("alpha=0.99", "alpha=0.9"),
        source="Tieleman and Hinton (2012); tf.keras.optimizers.RMSprop",
    )
