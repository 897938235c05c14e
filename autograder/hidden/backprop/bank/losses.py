"""Mistakes in the two losses."""

from autograder.api import Bank

bank = Bank()
softmax = bank.exercise("softmax_cross_entropy")
mse = bank.exercise("mse_backward")

ONE_AT_TARGET = "dlogits[rows, targets] -= 1"
softmax.edit(
    "one_hot_not_subtracted",
    "dlogits holds the probabilities alone, so each row sums to a positive number and every logit "
    "is pressed down. The gradient is what was said minus what is true.",
    (ONE_AT_TARGET, "pass"),
)
BY_ROWS = "dlogits /= len(targets)"
SUM, UNDIVIDED = (".mean()", ".sum()"), (BY_ROWS, "pass")
ONE_LATER = [(ONE_AT_TARGET, "pass"), (BY_ROWS, f"{BY_ROWS}\n    {ONE_AT_TARGET}")]
ALL, ALL_TOO = (".mean()", ".sum() / logits.size"), (BY_ROWS, "dlogits /= dlogits.size")
for name, what, edits in (
    ("summed_loss", "Loss and gradient are sums over the rows", [SUM, UNDIVIDED]),
    ("loss_summed_gradient_averaged", "The loss is a sum over the rows", [SUM]),
    ("gradient_not_divided_by_rows", "The gradient is that of a sum over the rows", [UNDIVIDED]),
    ("one_hot_not_divided", "The 1 of the target is not divided", ONE_LATER),
    ("divided_by_classes_too", "The gradient is divided by the classes too", [ALL_TOO]),
    ("loss_divided_by_classes_too", "The loss is divided by the classes too", [ALL]),
):
    softmax.edit(
        name,
        f"{what}. There is one term for each row, and the loss is their mean, so each row owns "
        "1/N of it: stack the batch on itself, and the loss may not change.",
        *edits,
    )
softmax.edit(
    "sign_flipped",
    "dlogits is what is true minus what was said: the direction of a step, and not the gradient, "
    "which points uphill. The step's minus sign comes later, in the update.",
    ("return loss, dlogits", "return loss, -dlogits"),
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

LOG_SUM_EXP = "shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))"
RATIO = "np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)"
AT_TARGET = "-log_probs[rows, targets]"
UNSHIFTED = ("logits - logits.max(axis=1, keepdims=True)", "1.0 * logits")
LOG_OF_RATIO, RATIO_AGAIN = (LOG_SUM_EXP, f"np.log({RATIO})"), ("np.exp(log_probs)", RATIO)
IN_THE_LOSS = (AT_TARGET, "(np.log(np.exp(logits).sum(axis=1)) - logits[rows, targets])")
for name, edits in (
    ("no_maximum_subtracted", [UNSHIFTED]),
    ("no_maximum_in_the_ratio", [UNSHIFTED, LOG_OF_RATIO, RATIO_AGAIN]),
    ("no_maximum_either_way", [UNSHIFTED, RATIO_AGAIN]),
    ("no_maximum_in_the_loss", [IN_THE_LOSS]),
):
    softmax.edit(
        name,
        "The logits are exponentiated as they are, and exp(1e4) is inf. Subtract each row's "
        "maximum first: the probabilities stay the same.",
        *edits,
        about="anything",
    )
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
    LOG_OF_RATIO,
    about="anything",
)
KEPT_FROM_ZERO = (
    "A small number keeps the probability away from 0 before its logarithm, so the loss stays "
    "below about 35, however wrong the logits are. Take the logarithm by algebra."
)
for eps in ("1e-12", "1e-15", "1e-10", "1e-9", "1e-8", "1e-7"):
    suffix = f"_{eps.replace('-', '_')}"
    softmax.edit(
        "log_of_softmax_plus_eps" + ("" if eps == "1e-12" else suffix),
        KEPT_FROM_ZERO,
        (AT_TARGET, f"-np.log(np.exp(log_probs[rows, targets]) + {eps})"),
    )
    if float(eps) > 1e-12:  # below, no logits of the probes tell it from the sum
        softmax.edit(
            f"clipped_at{suffix}",
            KEPT_FROM_ZERO,
            (LOG_SUM_EXP, f"np.log(np.clip({RATIO}, {eps}, 1 - {eps}))"),
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
    ("dlogits = np.exp(log_probs)", "dlogits = 0 * log_probs"),
    (ONE_AT_TARGET, "dlogits[rows, targets] = -np.exp(-log_probs[rows, targets].clip(-600))"),
)
softmax.edit(
    "logits_overwritten",
    "The numbers are right, but the maximum is subtracted from the caller's logits in place. Make "
    "a new array of the shifted logits.",
    ("shifted = logits - ", "shifted = logits\n    shifted -= "),
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
