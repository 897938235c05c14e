"""Mistakes in the two losses."""

from autograder.api import Bank

bank = Bank()
softmax = bank.exercise("softmax_cross_entropy")
mse = bank.exercise("mse_backward")

softmax.edit(
    "one_hot_not_subtracted",
    "dlogits holds the probabilities alone, so each row sums to a positive number and every logit "
    "is pressed down. The gradient is what was said minus what is true.",
    ("dlogits[rows, targets] -= 1", "pass"),
)
softmax.edit(
    "one_hot_not_divided",
    "The probabilities are divided by N before 1 is taken away at the targets, so that 1 stays "
    "undivided. The whole difference is divided.",
    ("dlogits[rows, targets] -= 1", "pass"),
    ("dlogits /= len(targets)", "dlogits /= len(targets)\n    dlogits[rows, targets] -= 1"),
)
UNDIVIDED = ("dlogits /= len(targets)", "pass")
softmax.edit(
    "gradient_not_divided_by_rows",
    "The loss is a mean over the rows, and its gradient is that of their sum: the division by N "
    "is missing in dlogits. Each row owns 1/N of the loss.",
    UNDIVIDED,
)
softmax.edit(
    "summed_loss",
    "Loss and gradient are sums over the rows. Here the mean over the batch is asked for: "
    "duplicate every row, and neither the loss nor a weight's gradient may grow.",
    (".mean()", ".sum()"),
    UNDIVIDED,
    source="d2l-ai/d2l-en, pull request 2007",
)
for name, what, (old, new) in (
    ("loss_summed_gradient_averaged", "not divided at all", (".mean()", ".sum()")),
    (
        "loss_divided_by_classes_too",
        "divided by rows times classes",
        (".mean()", ".sum() / logits.size"),
    ),
):
    softmax.edit(
        name,
        f"The loss is {what}, and its gradient by the rows: the two do not belong together. Each "
        "row has one term, that of its target, and the loss is their mean.",
        (old, new),
    )
softmax.edit(
    "divided_by_classes_too",
    "The gradient is divided by the number of all logits. The loss has one term for each row, so "
    "it is divided by the number of rows.",
    ("dlogits /= len(targets)", "dlogits /= dlogits.size"),
)
softmax.edit(
    "sign_flipped",
    "dlogits is what is true minus what was said: the direction of a step, and not the gradient, "
    "which points uphill. The step's minus sign comes later, in the update.",
    ("dlogits /= len(targets)", "dlogits /= -len(targets)"),
)
softmax.edit(
    "loss_sign_flipped",
    "The loss is the mean of the log-probabilities, which is negative, without the minus sign in "
    "front. A loss is 0 where the network is sure and right, and grows from there.",
    ("loss = -log_probs", "loss = log_probs"),
)
softmax.edit(
    "softmax_over_the_batch",
    "The exponentials are normalised over the rows of the batch. A row's probabilities add up to "
    "1 over its classes: the last axis.",
    ("logits.max(axis=1", "logits.max(axis=0"),
    ("np.exp(shifted).sum(axis=1", "np.exp(shifted).sum(axis=0"),
    about="anything",
)
softmax.edit(
    "axis_not_kept",
    "The sums over the classes lose their axis, so their shape (N,) does not stand against (N, "
    "C): it fails, or divides columns. Keep the axis.",
    ("logits.max(axis=1, keepdims=True)", "logits.max(axis=1)"),
    ("np.exp(shifted).sum(axis=1, keepdims=True)", "np.exp(shifted).sum(axis=1)"),
    about="anything",
)

OVERFLOW = (
    "The logits are exponentiated as they are, and exp(1e4) is inf. Subtract each row's maximum "
    "first: the probabilities stay the same."
)
SHIFT = "logits - logits.max(axis=1, keepdims=True)"
LOG_SUM_EXP = "shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))"
RATIO = "np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)"
AT_TARGET = "-log_probs[rows, targets]"
for name, edits in {
    "no_maximum_subtracted": [(SHIFT, "1.0 * logits")],
    "no_maximum_in_the_ratio": [
        (SHIFT, "1.0 * logits"),
        (LOG_SUM_EXP, f"np.log({RATIO})"),
        ("np.exp(log_probs)", RATIO),
    ],
    "no_maximum_either_way": [(SHIFT, "1.0 * logits"), ("np.exp(log_probs)", RATIO)],
    "no_maximum_in_the_loss": [
        (AT_TARGET, "(np.log(np.exp(logits).sum(axis=1)) - logits[rows, targets])")
    ],
}.items():
    softmax.edit(name, OVERFLOW, *edits, about="anything")
for name, whose, maximum in (
    ("maximum_of_the_batch", "the whole batch", "logits.max()"),
    ("maximum_of_each_column", "each column", "logits.max(axis=0, keepdims=True)"),
):
    softmax.edit(
        name,
        f"The maximum of {whose} is subtracted, so a row far below it becomes all zeros, and the "
        "logarithm of 0 is -inf. Each row needs its own maximum.",
        ("logits.max(axis=1, keepdims=True)", maximum),
        about="anything",
    )
softmax.edit(
    "log_of_softmax",
    "The logarithm is taken of a probability that has rounded to 0, and is -inf. By algebra it is "
    "the shifted logit minus a logarithm of a sum, and stays finite.",
    (LOG_SUM_EXP, f"np.log({RATIO})"),
    about="anything",
)
for eps in ("1e-12", "1e-15", "1e-10", "1e-9", "1e-8", "1e-7"):
    softmax.edit(
        "log_of_softmax_plus_eps" + ("" if eps == "1e-12" else f"_{eps.replace('-', '_')}"),
        "A small number is added to the probability before its logarithm, so the loss stays below "
        "about 35, however wrong the logits are. Take the logarithm by algebra.",
        (AT_TARGET, f"-np.log(np.exp(log_probs[rows, targets]) + {eps})"),
    )
for eps in ("1e-6", "1e-8"):
    softmax.edit(
        f"denominator_plus_{eps.replace('-', '_')}",
        "A small number is added to the sum of the exponentials, so no row of probabilities adds "
        "up to 1. With the maximum subtracted that sum is at least 1, and needs no help.",
        ("np.log(np.exp(shifted)", f"np.log({eps} + np.exp(shifted)"),
    )
softmax.edit(
    "gradient_of_the_probabilities",
    "This is the gradient with respect to the probabilities, -1/p at the target. The logits lie "
    "one step further back, behind the softmax: multiply by its derivative.",
    (
        "dlogits = np.exp(log_probs)\n    dlogits[rows, targets] -= 1",
        "dlogits = np.zeros(logits.shape)\n"
        "    dlogits[rows, targets] = "
        "-1 / np.maximum(np.exp(log_probs[rows, targets]), 1e-300)",
    ),
)
softmax.edit(
    "logits_overwritten",
    "The numbers are right, but the maximum is subtracted from the caller's logits in place. Make "
    "a new array of the shifted logits.",
    (
        "shifted = logits - logits.max(axis=1, keepdims=True)",
        "logits -= logits.max(axis=1, keepdims=True)\n    shifted = logits",
    ),
    about="anything",
)

mse.edit(
    "factor_two_missing",
    "The factor 2 from the square is missing: this is the gradient of half the squared error, "
    "which other books use. Here the loss has no half.",
    ("return 2 * ", "return "),
    source="Bishop (2006), equation 3.12",
)
for name, divided, size in (
    ("divided_by_rows_only", "divided by the number of rows", "len(pred)"),
    ("divided_by_columns_only", "divided by the number of columns", "pred.shape[-1]"),
    ("not_divided", "not divided", "1"),
):
    mse.edit(
        name,
        f"The gradient of the sum of squares is {divided}. The mean is over all elements, for a "
        "table rows times columns: stack the data on itself, and the loss must not change.",
        ("pred.size", size),
    )
mse.edit(
    "sign_flipped",
    "The difference is target minus prediction: the direction of a step. The gradient points "
    "uphill, away from the target.",
    ("(pred - target)", "(target - pred)"),
)
mse.edit(
    "sign_of_the_difference",
    "Only the sign of the difference is left, which is the gradient of the absolute error. The "
    "slope of a square grows with the difference.",
    ("2 * (pred - target)", "np.sign(pred - target)"),
)
mse.edit(
    "averaged_to_a_number",
    "The result is one number, the mean of all slopes. Each prediction has a slope of its own: a "
    "gradient has the shape of what it is the gradient of.",
    ("2 * (pred - target) / pred.size", "np.mean(2 * (pred - target))"),
    about="anything",
)
mse.edit(
    "pred_overwritten",
    "The numbers are right, but the target is subtracted from the caller's predictions in place. "
    "Make a new array of the differences.",
    ("return 2 * (pred - target)", "pred -= target\n    return 2 * pred"),
    about="anything",
)
