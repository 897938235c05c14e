"""Mistakes in the forward pass of batch norm."""

from autograder.api import Bank
from autograder.hidden.signal.bank.sentences import (
    EPS_FIXED,
    GUARDS,
    OUTSIDE,
    SHIFT_LEFT_OUT,
    SHIFT_SCALED,
    VARIANCE,
)

bank = Bank()
norm = bank.exercise("batchnorm_forward__batchnorm_backward")

MEAN = "running_mean = (1 - momentum) * running_mean + momentum * mean"
VAR = "running_var = (1 - momentum) * running_var + momentum * (var * n / (n - 1))"
INV_STD = "inv_std = 1 / np.sqrt(var + eps)"
OLD_BY_DEFAULT = ("momentum=0.1", "momentum=0.9")
norm.edit(
    "normalised_by_unbiased",
    "The batch is normalised with the unbiased variance. That one is for the running average "
    "only: the batch itself is divided by the root of the biased one.",
    (
        "mean, var = x.mean(axis=0), x.var(axis=0)",
        "mean, var = x.mean(axis=0), x.var(axis=0, ddof=1)",
    ),
    ("(var * n / (n - 1))", "var"),
)
norm.edit(
    "eps_outside_the_root",
    OUTSIDE,
    ("1 / np.sqrt(var + eps)", "1 / (np.sqrt(var) + eps)"),
)
norm.edit(
    "eps_outside_the_root_of_the_output",
    OUTSIDE,
    ("(x - mean) * inv_std", "(x - mean) / (np.sqrt(var) + eps)"),
)
norm.edit("divided_by_variance", VARIANCE, ("1 / np.sqrt(var + eps)", "1 / (var + eps)"))
norm.edit(
    "output_divided_by_variance",
    VARIANCE,
    ("(x - mean) * inv_std", "(x - mean) / (var + eps)"),
    (
        "out = gamma * xhat",
        "xhat = xhat if training else (x - mean) * inv_std\n    out = gamma * xhat",
    ),
)
for eps in GUARDS:
    norm.edit(
        f"eps_fixed_at_{eps.replace('-', '_')}",
        EPS_FIXED,
        ("np.sqrt(var + eps)", f"np.sqrt(var + {eps})"),
    )
norm.edit(
    "layer_norm",
    "Mean and variance are taken along each row, over its features: that is layer norm. Batch "
    "norm has one mean for each feature, over the rows.",
    (
        "mean, var = x.mean(axis=0), x.var(axis=0)",
        "mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)",
    ),
    about="anything",
)
norm.edit(
    "running_averages_in_training",
    "The batch is normalised by the running averages while training, too. In training its own "
    "mean and variance count; the running ones are for evaluation.",
    ("    inv_std = 1", "    mean, var = running_mean, running_var\n    inv_std = 1"),
)
norm.edit(
    "running_averages_of_before_in_training",
    "The batch is normalised by the old running averages while training, too. In training its own "
    "mean and variance count; the running ones are for evaluation.",
    (
        "    mean, var = running_mean, running_var\n    if training:",
        "    mean, var = old = running_mean, running_var\n    if training:",
    ),
    ("xhat = (x - mean) * inv_std", "xhat = (x - old[0]) / np.sqrt(old[1] + eps)"),
)
norm.edit(
    "one_mean_for_all",
    "One mean and one variance are taken over all elements of the batch. Each feature has its "
    "own: reduce over the rows only.",
    (
        "mean, var = x.mean(axis=0), x.var(axis=0)",
        "mean, var = np.full(x.shape[1], x.mean()), np.full(x.shape[1], x.var())",
    ),
)
norm.edit(
    "running_variance_biased",
    "The running variance takes in the biased variance of the batch. It estimates the variance of "
    "all data, so it gets the unbiased one, N / (N - 1) times as large.",
    ("(var * n / (n - 1))", "var"),
    source="Stanford CS231n, assignment 2, batchnorm_forward",
)
norm.edit(
    "momentum_reversed",
    "momentum is the weight of the old average here, as in Keras and CS231n. In this course, "
    "as in PyTorch, it is the weight of the new batch.",
    (MEAN, "running_mean = momentum * running_mean + (1 - momentum) * mean"),
    (VAR, "running_var = momentum * running_var + (1 - momentum) * (var * n / (n - 1))"),
    source="tf.keras.layers.BatchNormalization",
)
norm.edit(
    "momentum_reversed_and_biased",
    "momentum is the weight of the old average here, and the biased variance is averaged, as "
    "in CS231n. In this course, as in PyTorch, momentum weighs the new batch, and the variance "
    "is unbiased.",
    (MEAN, "running_mean = momentum * running_mean + (1 - momentum) * mean"),
    (VAR, "running_var = momentum * running_var + (1 - momentum) * var"),
    source="Stanford CS231n, assignment 2, batchnorm_forward",
)
norm.edit(
    "updated_in_evaluation",
    "The running averages take in the batch in evaluation as well, so the test data leak into "
    "the network. In evaluation they come back unchanged.",
    (
        "    mean, var = running_mean, running_var\n    if training:\n        n = len(x)\n"
        "        mean, var = x.mean(axis=0), x.var(axis=0)\n"
        f"        {MEAN}\n        {VAR}\n",
        "    n = len(x)\n    batch_mean, batch_var = x.mean(axis=0), x.var(axis=0)\n"
        "    mean, var = (batch_mean, batch_var) if training else (running_mean, running_var)\n"
        "    running_mean = (1 - momentum) * running_mean + momentum * batch_mean\n"
        "    unbiased = batch_var * n / max(n - 1, 1)\n"
        "    running_var = (1 - momentum) * running_var + momentum * unbiased\n",
    ),
)
norm.edit(
    "evaluation_ignored",
    "Evaluation normalises by the batch's own mean and variance, as training does. A row's "
    "output then depends on its neighbours, and a single row becomes beta.",
    (
        "    inv_std = 1",
        "    if not training:\n        mean, var = x.mean(axis=0), x.var(axis=0)\n    inv_std = 1",
    ),
)
norm.edit(
    "running_sum",
    "The old average keeps its full weight and the batch is added to it, so the average grows "
    "without end. The two weights have to add up to 1.",
    (MEAN, "running_mean = running_mean + momentum * mean"),
    (VAR, "running_var = running_var + momentum * (var * n / (n - 1))"),
)
for name, root in (
    ("running_deviation", "np.sqrt(var * n / (n - 1))"),
    ("running_biased_deviation", "np.sqrt(var)"),
):
    norm.edit(
        name,
        "The running variance takes in a deviation, the root of the batch's variance. Evaluation "
        "takes the root itself: keep the variance.",
        ("(var * n / (n - 1))", root),
    )
for name, last in (("overwritten", "var * n / (n - 1)"), ("overwritten_and_biased", "var")):
    norm.edit(
        f"running_averages_{name}",
        "The batch's mean and variance come back in place of the running averages, so all earlier "
        "batches are forgotten. Weigh old and new: momentum says how much the new batch counts.",
        (MEAN, "running_mean = mean"),
        (VAR, f"running_var = {last}"),
    )
norm.edit(
    "momentum_fixed",
    "The weight of the new batch is always 0.1, and the argument momentum has no effect. Look "
    "at what the caller passes in.",
    (MEAN, "running_mean = 0.9 * running_mean + 0.1 * mean"),
    (VAR, "running_var = 0.9 * running_var + 0.1 * (var * n / (n - 1))"),
)
norm.edit(
    "running_averages_in_place",
    "The numbers are right, but the running averages that were passed in are changed in place. "
    "Return new arrays, and leave the old ones as they were.",
    (
        f"        {MEAN}\n        {VAR}",
        "        running_mean *= 1 - momentum\n        running_mean += momentum * mean\n"
        "        running_var *= 1 - momentum\n"
        "        running_var += momentum * var * n / (n - 1)",
    ),
    about="anything",
)
norm.edit(
    "shift_scaled_too",
    SHIFT_SCALED,
    ("out = gamma * xhat + beta", "out = gamma * (xhat + beta)"),
)
norm.edit(
    "eps_outside_in_evaluation",
    "Evaluation adds eps to the running deviation, after the root; training adds it to the "
    "variance. Both normalise by the same formula: eps goes under the root.",
    (INV_STD, f"{INV_STD} if training else 1 / (np.sqrt(var) + eps)"),
)
norm.edit(
    "eps_left_out",
    "Nothing is added to the variance, so a constant feature is divided by 0. eps goes under the "
    "root, in training and in evaluation.",
    (INV_STD, "inv_std = 1 / np.sqrt(var)"),
)
norm.edit(
    "eps_left_out_in_evaluation",
    "Evaluation adds nothing to the running variance; training adds eps. Both normalise by the "
    "same formula: eps goes under the root.",
    (INV_STD, "inv_std = 1 / np.sqrt(var + eps * training)"),
)
norm.edit(
    "eps_in_the_running_variance",
    "The running variance takes in the variance plus eps. eps only protects the division: it is "
    "added where the root is taken, and never remembered.",
    ("(var * n / (n - 1))", "(var * n / (n - 1) + eps)"),
)
norm.edit("shift_left_out", SHIFT_LEFT_OUT, ("out = gamma * xhat + beta", "out = gamma * xhat"))
norm.edit(
    "evaluation_without_scale_and_shift",
    "Evaluation returns the normalised x without gamma and beta. They belong to the layer in both "
    "modes: only mean and variance come from elsewhere.",
    ("out = gamma * xhat + beta", "out = gamma * xhat + beta if training else xhat"),
)
norm.edit(
    "gamma_and_beta_left_out",
    "The output is the normalised x itself: gamma and beta are not used. They give the network "
    "back the scale and the shift that normalising took.",
    ("out = gamma * xhat + beta", "out = xhat"),
)
norm.edit(
    "momentum_of_the_old",
    "momentum is the weight of the old average, 0.9 by default, as in Keras. In this course, as in "
    "PyTorch, it is the weight of the new batch, and 0.1 by default.",
    OLD_BY_DEFAULT,
    (MEAN, "running_mean = momentum * running_mean + (1 - momentum) * mean"),
    (VAR, "running_var = momentum * running_var + (1 - momentum) * (var * n / (n - 1))"),
    source="tf.keras.layers.BatchNormalization",
)
norm.edit(
    "momentum_of_the_old_and_biased",
    "momentum is the weight of the old average, 0.9 by default, and the biased variance is "
    "averaged, as in CS231n. Here momentum weighs the new batch, 0.1 by default, and the variance "
    "is unbiased.",
    OLD_BY_DEFAULT,
    (MEAN, "running_mean = momentum * running_mean + (1 - momentum) * mean"),
    (VAR, "running_var = momentum * running_var + (1 - momentum) * var"),
    source="Stanford CS231n, assignment 2, batchnorm_forward",
)
