"""Mistakes in the rules that divide by a root: those of both, then Adagrad's, then RMSprop's."""

from autograder.api import Bank

bank = Bank()
adagrad = bank.exercise("adagrad_step")
rmsprop = bank.exercise("rmsprop_step")
SUM = "square_sum = square_sum + grad**2"
AVERAGE = "square_avg = alpha * square_avg + (1 - alpha) * grad**2"
SUM_IN_PLACE = "square_sum += grad**2"
AVERAGE_IN_PLACE = "square_avg *= alpha\n    square_avg += (1 - alpha) * grad**2"

for rule, squares, made, in_place in (
    (adagrad, "square_sum", SUM, SUM_IN_PLACE),
    (rmsprop, "square_avg", AVERAGE, AVERAGE_IN_PLACE),
):
    root, new = f"(np.sqrt({squares}) + eps)", f"return param - step, {squares}"
    old = f"old, {made.replace(' = ', f' = {squares}, ')}"
    rule.edit(
        "eps_inside_root",
        "eps is added under the root, as some books and TensorFlow's RMSprop do. There an eps of "
        "0.01 weighs like 0.1. Here it stands outside: first the root, then eps.",
        (root, f"np.sqrt({squares} + eps)"),
        source="Dive into Deep Learning, 12.7 and 12.8; tf.keras.optimizers.RMSprop",
    )
    rule.edit(
        "eps_left_out",
        "Nothing is added to the root. A weight that never had a gradient divides 0 by 0 and "
        "becomes NaN, and tiny gradients take full steps: look at eps.",
        (root, f"np.sqrt({squares})"),
    )
    rule.edit(
        "eps_written_in",
        "1e-8 is written into the formula, and the eps that came in changes nothing. Whoever asks "
        "for another one does not get it: use the argument.",
        (root, f"(np.sqrt({squares}) + 1e-8)"),
    )
    rule.edit(
        "eps_written_in_root",
        "1e-6 is written under the root, as in Dive into Deep Learning, and the eps that came in "
        "changes nothing. Use the argument, beside the root.",
        (root, f"np.sqrt({squares} + 1e-6)"),
        source="Dive into Deep Learning, 12.7 and 12.8",
    )
    rule.edit(
        "bracket_closed_early",
        "The bracket closes before eps: (lr / sqrt(s) + eps) times the gradient. The root divides "
        "alone, 0 where there never was a gradient. eps belongs beside it, under the fraction.",
        (f"lr * grad / {root}", f"(lr / np.sqrt({squares}) + eps) * grad"),
    )
    rule.edit(
        "bracket_left_out",
        "The brackets around the denominator are missing, so that only the root divides, and eps "
        "is added to the result. A fraction on one line needs them: / (sqrt(s) + eps).",
        (new, f"return param - lr * grad / np.sqrt({squares}) + eps, {squares}"),
    )
    rule.edit(
        "root_left_out",
        "The step divides by the squares, not by their root. Squares have the unit of a squared "
        "gradient, so that large gradients take the smallest steps: take the root first.",
        (root, f"({squares} + eps)"),
    )
    rule.edit(
        "old_squares",
        "The step divides by the squares from before this gradient came in: at first by eps alone, "
        "and the step is enormous. Take the new square in first.",
        (made, old),
        (root, "(np.sqrt(old) + eps)"),
    )
    rule.edit(
        "squares_not_returned",
        "The squares that came in are returned as they were, so that the next step starts from "
        "nothing again. Return those that the step was divided by.",
        (made, old),
        (new, "return param - step, old"),
    )
    rule.edit(
        "squares_changed_in_place",
        "The squares that came in are changed in place, and the caller who kept them finds other "
        "numbers. Make a new array: an augmented assignment writes into the old one.",
        (made, in_place),
    )
    rule.edit(
        "uphill",
        "The step is added, so that the loss climbs: the gradient points uphill, and dividing it "
        "by a root does not turn it. Move against it.",
        (new, f"return param + step, {squares}"),
    )

adagrad.edit(
    "sum_that_forgets",
    "The squares are averaged with a factor of 0.9, so that old ones fade: that is RMSprop. "
    "Adagrad adds every square, forgets nothing, and its steps only shrink.",
    (SUM, "square_sum = 0.9 * square_sum + 0.1 * grad**2"),
)
adagrad.edit(
    "sum_that_fades",
    "The old sum is multiplied by 0.9 before the new square comes in, so that old gradients fade. "
    "Adagrad forgets nothing: the sum only grows.",
    (SUM, "square_sum = 0.9 * square_sum + grad**2"),
)
adagrad.edit(
    "sum_of_gradients",
    "The gradients themselves are summed. Positive and negative ones cancel, and below zero the "
    "root is NaN. Sum their squares.",
    (SUM, "square_sum = square_sum + grad"),
)
adagrad.edit(
    "sum_of_sizes",
    "The sizes of the gradients are summed, and the step still takes a root of the sum. The root "
    "undoes a square: sum the squares.",
    (SUM, "square_sum = square_sum + np.abs(grad)"),
)
adagrad.edit(
    "one_sum_for_all",
    "One sum over the whole array divides every weight's step alike, so that a rare weight is "
    "slowed by the busy ones. Each weight has a sum of its own.",
    (SUM, "square_sum = square_sum + np.sum(grad**2)"),
    source="Ward, Wu and Bottou (2019)",
)
adagrad.edit(
    "eps_of_another_rule",
    "The default of eps is 1e-8, as in RMSprop and Adam. Adagrad's is 1e-10 here, as in PyTorch: "
    "with tiny gradients it is eps that sets the step.",
    ("eps=1e-10", "eps=1e-8"),
)
rmsprop.edit(
    "average_that_adds_up",
    "The squares are summed and nothing fades: that is Adagrad, whose steps only shrink. RMSprop "
    "keeps alpha of the old average and takes 1 - alpha of the new square.",
    (AVERAGE, "square_avg = square_avg + grad**2"),
)
rmsprop.edit(
    "new_square_taken_whole",
    "The new square is added whole, without its factor 1 - alpha. Under a steady gradient the "
    "result grows to a hundred times its square: the two parts have to sum to 1.",
    (AVERAGE, "square_avg = alpha * square_avg + grad**2"),
)
rmsprop.edit(
    "alpha_swapped",
    "The average keeps 1 - alpha of itself and takes alpha of the new square, so that it hardly "
    "remembers. alpha is the part that stays.",
    (AVERAGE, "square_avg = (1 - alpha) * square_avg + alpha * grad**2"),
)
rmsprop.edit(
    "average_of_gradients",
    "The gradients themselves are averaged. Positive and negative ones cancel, and below zero the "
    "root is NaN. Average their squares.",
    (AVERAGE, "square_avg = alpha * square_avg + (1 - alpha) * grad"),
)
rmsprop.edit(
    "average_of_sizes",
    "The sizes of the gradients are averaged, and the step still takes a root of it. The root "
    "undoes a square: average the squares.",
    (AVERAGE, "square_avg = alpha * square_avg + (1 - alpha) * np.abs(grad)"),
)
rmsprop.edit(
    "alpha_of_another_library",
    "The default of alpha is 0.9, as in Hinton's lecture and Keras. Here it is 0.99, as in "
    "PyTorch, and the average remembers about a hundred gradients.",
    ("alpha=0.99", "alpha=0.9"),
    source="Tieleman and Hinton (2012); tf.keras.optimizers.RMSprop",
)
rmsprop.edit(
    "alpha_written_in",
    "0.9 and 0.1 are written into the average, as in many lecture notes, and the alpha that came "
    "in changes nothing: use the argument.",
    (AVERAGE, "square_avg = 0.9 * square_avg + 0.1 * grad**2"),
)
