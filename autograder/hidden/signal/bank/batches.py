"""Mistakes in batch norm."""

from autograder.api import Bank

bank = Bank()
norm = bank.exercise("batchnorm_forward__batchnorm_backward")

MEAN = "running_mean = (1 - momentum) * running_mean + momentum * mean"
VAR = "running_var = (1 - momentum) * running_var + momentum * (var * n / (n - 1))"
ROAD = "own_road = dout - dbeta / n - xhat * (dgamma / n)"
INV_STD = "inv_std = 1 / np.sqrt(var + eps)"
DX = "return gamma * inv_std * own_road"
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
    "eps is added to the deviation, after the root. It belongs inside, with the variance; with "
    "a large eps the two are far apart.",
    ("1 / np.sqrt(var + eps)", "1 / (np.sqrt(var) + eps)"),
)
norm.edit(
    "divided_by_variance",
    "The distances from the mean are divided by the variance. That does not give variance 1: "
    "divide by the deviation, its root.",
    ("1 / np.sqrt(var + eps)", "1 / (var + eps)"),
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
    "The running variance takes in the biased variance of the batch. It stands for all data, "
    "so it gets the unbiased one: N / (N - 1) times as much.",
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
    "The old average is kept whole and the batch is added to it, so the memory grows for ever. "
    "The two weights add up to 1.",
    (MEAN, "running_mean = running_mean + momentum * mean"),
    (VAR, "running_var = running_var + momentum * (var * n / (n - 1))"),
)
norm.edit(
    "running_deviation",
    "The running variance takes in a deviation, the root of the batch's variance. Evaluation "
    "takes the root itself: keep the variance.",
    ("(var * n / (n - 1))", "np.sqrt(var * n / (n - 1))"),
)
norm.edit(
    "momentum_fixed",
    "The weight of the new batch is always 0.1, and the argument momentum has no effect. Look "
    "at what the caller asked for.",
    (MEAN, "running_mean = 0.9 * running_mean + 0.1 * mean"),
    (VAR, "running_var = 0.9 * running_var + 0.1 * (var * n / (n - 1))"),
)
norm.edit(
    "running_averages_in_place",
    "The numbers are right, but the running averages that were handed in are changed in place. "
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
    "mean_and_variance_constant",
    "dx is dout times gamma over the deviation, as if mean and variance were fixed numbers. "
    "Every x moves them both, and through them every row's output.",
    (ROAD, "own_road = dout"),
)
norm.edit(
    "variance_constant",
    "The road through the mean is there, and the one through the variance is missing. Moving "
    "one x changes the deviation by which all rows are divided.",
    (ROAD, "own_road = dout - dbeta / n"),
)
norm.edit(
    "mean_constant",
    "The road through the variance is there, and the one through the mean is missing. Moving "
    "one x shifts all rows of its feature.",
    (ROAD, "own_road = dout - xhat * (dgamma / n)"),
)
norm.edit(
    "gamma_forgotten_in_dx",
    "dx lacks the factor gamma. The output is gamma times the normalised x plus beta, so all "
    "blame passes gamma on its way to x.",
    (DX, "return inv_std * own_road"),
)
norm.edit(
    "deviation_forgotten_in_dx",
    "dx lacks the division by the deviation. x was divided by it on the way forward, so its "
    "blame is, too.",
    (DX, "return gamma * own_road"),
)
norm.edit(
    "dgamma_from_x",
    "dgamma is the sum of dout times x. gamma multiplies the normalised x, so that is what its "
    "blame is multiplied with.",
    (
        "return out, (xhat, gamma, inv_std), running_mean",
        "return out, (xhat, gamma, inv_std, x), running_mean",
    ),
    ("xhat, gamma, inv_std = cache", "xhat, gamma, inv_std, x = cache"),
    (ROAD, f"{ROAD}\n    dgamma = (dout * x).sum(axis=0)"),
)
norm.edit(
    "averaged_over_rows",
    "dgamma and dbeta are means over the rows. gamma and beta serve every row, so the blame of "
    "the rows adds up; the 1/N of a loss is already in dout.",
    (f"{DX}, dgamma, dbeta", f"{DX}, dgamma / n, dbeta / n"),
)
norm.edit(
    "one_row_less",
    "dx divides the two sums by N - 1. The forward used the mean and the biased variance, both "
    "divided by N: only the running variance knows N - 1.",
    (ROAD, "own_road = dout - dbeta / (n - 1) - xhat * (dgamma / (n - 1))"),
)
norm.edit(
    "one_cache_for_all",
    "The cache is kept in one place for all calls, so a second forward overwrites the first "
    "one's. Hand the cache out, and use the one that comes back.",
    (
        "return out, (xhat, gamma, inv_std), running_mean",
        "batchnorm_forward.last = xhat, gamma, inv_std\n    return out, None, running_mean",
    ),
    ("xhat, gamma, inv_std = cache", "xhat, gamma, inv_std = batchnorm_forward.last"),
)
norm.edit(
    "eps_outside_in_evaluation",
    "Evaluation adds eps to the running deviation, after the root; training adds it to the "
    "variance. Both normalise by the same formula: eps goes under the root.",
    (INV_STD, f"{INV_STD} if training else 1 / (np.sqrt(var) + eps)"),
)
norm.edit(
    "eps_left_out",
    "Nothing is added to the variance, so a constant feature is divided by 0. eps stands under the "
    "root, in training and in evaluation.",
    (INV_STD, "inv_std = 1 / np.sqrt(var)"),
)
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
    "dgamma_and_dbeta_swapped",
    "The gradients of gamma and beta come back in each other's places. The order is dx, dgamma, "
    "dbeta: dgamma is the one that multiplies dout with the normalised x.",
    (f"{DX}, dgamma, dbeta", f"{DX}, dbeta, dgamma"),
)
OLD_BY_DEFAULT = ("momentum=0.1", "momentum=0.9")
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
