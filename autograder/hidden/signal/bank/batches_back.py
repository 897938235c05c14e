"""Mistakes in the backward pass of batch norm, and in what the forward keeps for it."""

from autograder.api import Bank
from autograder.hidden.signal.bank.sentences import DGAMMA_FROM_DOUT, DGAMMA_WITH_GAMMA, TURNED

bank = Bank()
norm = bank.exercise("batchnorm_forward__batchnorm_backward")

ROAD = "own_road = dout - dbeta / n - xhat * (dgamma / n)"
DX = "return gamma * inv_std * own_road"
norm.edit(
    "mean_and_variance_constant",
    "dx is dout times gamma over the deviation, as if mean and variance were fixed numbers. "
    "Every x moves them both, and through them every row's output.",
    (ROAD, "own_road = dout"),
)
norm.edit(
    "variance_constant",
    "The gradient through the mean is there, and the one through the variance is missing. Moving "
    "one x changes the deviation that all rows are divided by.",
    (ROAD, "own_road = dout - dbeta / n"),
)
norm.edit(
    "mean_constant",
    "The gradient through the variance is there, and the one through the mean is missing. Moving "
    "one x shifts all rows of its feature.",
    (ROAD, "own_road = dout - xhat * (dgamma / n)"),
)
for name, road, text in (
    (
        "sums_for_means",
        "dout - dbeta - xhat * dgamma",
        "dx subtracts sums over the batch where means belong. The forward divides by N for its "
        "mean and its variance, so both terms are divided by N on the way back.",
    ),
    (
        "not_divided_by_n",
        "n * dout - dbeta - xhat * dgamma",
        "dx is N times too large: the whole bracket is divided by N at the end. Compare with a "
        "numerical gradient, for batches of two sizes.",
    ),
    ("variance_term_added", "dout - dbeta / n + xhat * (dgamma / n)", TURNED.format("variance")),
    ("mean_term_added", "dout + dbeta / n - xhat * (dgamma / n)", TURNED.format("mean")),
    (
        "power_of_the_deviation",
        "dout - dbeta / n - xhat * (dgamma / n) / inv_std",
        "The gradient of the variance has one division by the deviation too few. The derivative of "
        "1 / sqrt(v) is -1/2 times v to the power -3/2: the deviation cubed.",
    ),
    (
        "cube_of_the_variance",
        "dout - dbeta / n - xhat * (dgamma / n) * inv_std",
        "The gradient of the variance has one division by the deviation too many. The derivative "
        "of 1 / sqrt(v) is -1/2 times v to the power -3/2: the deviation cubed.",
    ),
):
    norm.edit(name, text, (ROAD, f"own_road = {road}"))
norm.edit(
    "sums_of_dout_without_gamma",
    "dx subtracts means of dout, which lack the factor gamma, from gamma times dout. All three "
    "terms carry gamma: multiply dout by it first, then take the means.",
    (DX, "return inv_std * (gamma * dout - dbeta / n - xhat * (dgamma / n))"),
)
norm.edit(
    "dgamma_from_dout",
    DGAMMA_FROM_DOUT,
    (f"{DX}, dgamma, dbeta", f"{DX}, dbeta.copy(), dbeta"),
)
norm.edit(
    "dgamma_with_gamma",
    DGAMMA_WITH_GAMMA,
    (f"{DX}, dgamma, dbeta", f"{DX}, gamma * dgamma, dbeta"),
)
norm.edit(
    "eps_left_out_of_the_backward",
    "The backward pass divides by the root of the variance without eps. The forward divides by the "
    "root of their sum: keep what it used in the cache.",
    ("(xhat, gamma, inv_std), running_mean", "(xhat, gamma, 1 / np.sqrt(var)), running_mean"),
)
norm.edit(
    "gamma_forgotten_in_dx",
    "dx lacks the factor gamma. The output is gamma times the normalised x plus beta, so the "
    "upstream gradient is multiplied by gamma on its way to x.",
    (DX, "return inv_std * own_road"),
)
norm.edit(
    "deviation_forgotten_in_dx",
    "dx lacks the division by the deviation. x is divided by it on the way forward, so by the "
    "chain rule its gradient is, too.",
    (DX, "return gamma * own_road"),
)
norm.edit(
    "dgamma_from_x",
    "dgamma is the sum of dout times x. gamma multiplies the normalised x, so that is what the "
    "upstream gradient has to be multiplied by.",
    (
        "return out, (xhat, gamma, inv_std), running_mean",
        "return out, (xhat, gamma, inv_std, x), running_mean",
    ),
    ("xhat, gamma, inv_std = cache", "xhat, gamma, inv_std, x = cache"),
    (ROAD, f"{ROAD}\n    dgamma = (dout * x).sum(axis=0)"),
)
norm.edit(
    "averaged_over_rows",
    "dgamma and dbeta are means over the rows. gamma and beta are used in every row, so their "
    "gradients add up; the 1/N of a mean loss is already in dout.",
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
    "one's. Return the cache, and use the one that is passed to the backward.",
    (
        "return out, (xhat, gamma, inv_std), running_mean",
        "batchnorm_forward.last = xhat, gamma, inv_std\n    return out, None, running_mean",
    ),
    ("xhat, gamma, inv_std = cache", "xhat, gamma, inv_std = batchnorm_forward.last"),
)
norm.edit(
    "dgamma_and_dbeta_swapped",
    "The gradients of gamma and beta come back in the wrong order. It is dx, dgamma, dbeta: "
    "dgamma is the sum of dout times the normalised x.",
    (f"{DX}, dgamma, dbeta", f"{DX}, dbeta, dgamma"),
)
