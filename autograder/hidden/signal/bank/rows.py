"""Mistakes in layer norm."""

from autograder.api import Bank
from autograder.hidden.signal.bank.sentences import (
    DGAMMA_FROM_DOUT,
    DGAMMA_WITH_GAMMA,
    EPS_FIXED,
    GUARDS,
    OUTSIDE,
    SHIFT_LEFT_OUT,
    SHIFT_SCALED,
    TURNED,
    VARIANCE,
)

bank = Bank()
norm = bank.exercise("layernorm_forward__layernorm_backward")

DX = "return inv_std * (g - along_mean - along_std)"
MEAN, VAR = "x.mean(axis=-1, keepdims=True)", "x.var(axis=-1, keepdims=True)"
norm.edit(
    "over_the_batch",
    "Mean and variance are taken over the first axis, the batch: that is batch norm. Layer "
    "norm looks at one row at a time, along its last axis.",
    (MEAN, "x.mean(axis=0, keepdims=True)"),
    (VAR, "x.var(axis=0, keepdims=True)"),
    (
        "along_mean = g.mean(axis=-1, keepdims=True)",
        "along_mean = g.mean(axis=0, keepdims=True)",
    ),
    ("(g * xhat).mean(axis=-1, keepdims=True)", "(g * xhat).mean(axis=0, keepdims=True)"),
)
norm.edit(
    "over_all_but_the_batch",
    "Mean and variance are taken over all axes but the first, so all positions of a sentence "
    "share them. Here each position has its own, along the last axis alone.",
    (MEAN, "x.mean(axis=tuple(range(1, x.ndim)), keepdims=True)"),
    (VAR, "x.var(axis=tuple(range(1, x.ndim)), keepdims=True)"),
    (
        "along_mean = g.mean(axis=-1, keepdims=True)",
        "rest = tuple(range(1, g.ndim))\n    along_mean = g.mean(axis=rest, keepdims=True)",
    ),
    ("(g * xhat).mean(axis=-1, keepdims=True)", "(g * xhat).mean(axis=rest, keepdims=True)"),
    source="tf.keras.layers.GroupNormalization",
)
norm.edit(
    "unbiased_variance",
    "The variance is divided by D - 1, as torch.var does unless told otherwise. Layer norm "
    "uses the biased one, divided by D.",
    (VAR, "x.var(axis=-1, keepdims=True, ddof=1)"),
    source="torch.var",
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
)
for eps in GUARDS:
    norm.edit(
        f"eps_fixed_at_{eps.replace('-', '_')}",
        EPS_FIXED,
        ("np.sqrt(var + eps)", f"np.sqrt(var + {eps})"),
    )
norm.edit("shift_left_out", SHIFT_LEFT_OUT, ("gamma * xhat + beta", "gamma * xhat"))
norm.edit(
    "eps_left_out_of_the_backward",
    "The backward pass divides by the root of the variance without eps. The forward divides by the "
    "root of their sum: keep what it used in the cache.",
    ("(xhat, gamma, inv_std)", "(xhat, gamma, 1 / np.sqrt(var))"),
)
norm.edit(
    "summed_along_the_row",
    "dgamma and dbeta are summed along the last axis, over the features. Each feature has its own: "
    "sum over all other axes.",
    ("tuple(range(dout.ndim - 1))", "-1"),
    about="anything",
)
norm.edit(
    "shift_scaled_too",
    SHIFT_SCALED,
    ("gamma * xhat + beta", "gamma * (xhat + beta)"),
)
norm.edit(
    "mean_not_subtracted",
    "The rows are divided by their deviation and keep their mean. That is nearly RMS norm; "
    "layer norm subtracts the mean first.",
    ("xhat = (x - mean) * inv_std", "xhat = x * inv_std"),
)
norm.edit(
    "root_mean_square_norm",
    "The rows are divided by the root of their mean square, and keep their mean: that is RMS "
    "norm. Layer norm subtracts the mean, and then divides by the deviation.",
    ("xhat = (x - mean) * inv_std", "xhat = x * inv_std"),
    (VAR, "(x**2).mean(axis=-1, keepdims=True)"),
    ("(g - along_mean - along_std)", "(g - along_std)"),
    source="Zhang and Sennrich (2019), Root Mean Square Layer Normalization",
)
norm.edit(
    "scale_and_shift_left_out",
    "The output is the normalised x itself: gamma and beta are not used. They give the network "
    "back the scale and the shift that normalising took.",
    ("return gamma * xhat + beta,", "return xhat,"),
)
norm.edit(
    "mean_and_variance_constant",
    "dx is gamma times dout over the deviation, as if mean and variance were fixed numbers. "
    "Every element of a row moves both, and through them the whole row.",
    (DX, "return inv_std * g"),
)
norm.edit(
    "variance_constant",
    "The gradient through the mean is there, and the one through the variance is missing. Moving "
    "one element changes the deviation that its whole row is divided by.",
    (DX, "return inv_std * (g - along_mean)"),
)
norm.edit(
    "mean_constant",
    "The gradient through the variance is there, and the one through the mean is missing. Moving "
    "one element shifts its whole row.",
    (DX, "return inv_std * (g - along_std)"),
)
for name, bracket, text in (
    (
        "sums_for_means",
        "g - x_size * along_mean - x_size * along_std",
        "dx subtracts sums along the row where means belong. The forward divides by D for its mean "
        "and its variance, so both terms are divided by D on the way back.",
    ),
    (
        "not_divided_by_d",
        "x_size * (g - along_mean - along_std)",
        "dx is D times too large: the whole bracket is divided by D at the end. Compare with a "
        "numerical gradient, for rows of two lengths.",
    ),
    (
        "divided_by_the_rows",
        "g - x_size / len(dout) * (along_mean + along_std)",
        "The sums in dx are divided by the number of rows. They run along a row, over its D "
        "features, so D is what they are divided by.",
    ),
    ("variance_term_added", "g - along_mean + along_std", TURNED.format("variance")),
):
    norm.edit(name, text, (DX, f"return inv_std * ({bracket.replace('x_size', 'dout.shape[-1]')})"))
norm.edit(
    "dgamma_with_gamma",
    DGAMMA_WITH_GAMMA,
    ("dgamma = (dout * xhat)", "dgamma = (gamma * dout * xhat)"),
)
norm.edit(
    "not_summed",
    "dgamma and dbeta keep a number for each row, in the shape of x. gamma and beta are used in "
    "every row, so their gradients add up over all leading axes.",
    ("dbeta = dout.sum(axis=leading)", "dbeta = 1 * dout"),
    ("(dout * xhat).sum(axis=leading)", "dout * xhat"),
    about="anything",
)
norm.edit(
    "gamma_after_the_means",
    "gamma multiplies dx at the end, as in batch norm. Here the means run over the features, "
    "whose gammas differ: gamma goes in before the means are taken.",
    ("g = gamma * dout", "g = dout"),
    (DX, "return gamma * inv_std * (g - along_mean - along_std)"),
)
norm.edit(
    "gamma_forgotten_in_dx",
    "dx is made of dout without gamma. The output is gamma times the normalised x plus beta, so "
    "the upstream gradient is multiplied by gamma on its way to x.",
    ("g = gamma * dout", "g = dout"),
)
norm.edit(
    "means_over_the_batch",
    "The two means in dx run over the first axis, as in batch norm. In the forward pass the "
    "statistics run along the last axis, so in the backward pass they do, too.",
    (
        "along_mean = g.mean(axis=-1, keepdims=True)",
        "along_mean = g.mean(axis=0, keepdims=True)",
    ),
    ("(g * xhat).mean(axis=-1, keepdims=True)", "(g * xhat).mean(axis=0, keepdims=True)"),
)
norm.edit(
    "first_axis_only",
    "dgamma and dbeta are summed over the first axis only, so with three axes they keep one "
    "too many. gamma is used at every position: sum over all leading axes.",
    ("tuple(range(dout.ndim - 1))", "0"),
    about="anything",
)
norm.edit(
    "first_two_axes",
    "dgamma and dbeta are summed over the first two axes, which is right only for three. Count "
    "from the end: every axis but the last is summed.",
    ("tuple(range(dout.ndim - 1))", "(0, 1)"),
    about="anything",
)
norm.edit(
    "averaged_over_rows",
    "dgamma and dbeta are means over the rows. gamma and beta are used in every row, so their "
    "gradients add up; the 1/N of a mean loss is already in dout.",
    ("dbeta = dout.sum(", "dbeta = dout.mean("),
    ("dgamma = (dout * xhat).sum(", "dgamma = (dout * xhat).mean("),
)
norm.edit(
    "dgamma_from_dout",
    DGAMMA_FROM_DOUT,
    ("(dout * xhat).sum(axis=leading)", "dout.sum(axis=leading)"),
)
norm.edit(
    "one_cache_for_all",
    "The cache is kept in one place for all calls, so a second forward overwrites the first "
    "one's. Return the cache, and use the one that is passed to the backward.",
    (
        "return gamma * xhat + beta, (xhat, gamma, inv_std)",
        "layernorm_forward.last = xhat, gamma, inv_std\n    return gamma * xhat + beta, None",
    ),
    ("xhat, gamma, inv_std = cache", "xhat, gamma, inv_std = layernorm_forward.last"),
)
norm.edit(
    "second_axis",
    "Mean and variance are taken over axis 1, which is the last one only if there are two. With "
    "three axes that mixes positions: count from the end, with axis -1.",
    (MEAN, "x.mean(axis=1, keepdims=True)"),
    (VAR, "x.var(axis=1, keepdims=True)"),
    ("along_mean = g.mean(axis=-1, keepdims=True)", "along_mean = g.mean(axis=1, keepdims=True)"),
    ("(g * xhat).mean(axis=-1, keepdims=True)", "(g * xhat).mean(axis=1, keepdims=True)"),
)
norm.edit(
    "two_axes_only",
    "A shape is unpacked into two numbers, so three axes raise an error. Nothing here "
    "depends on how many axes there are: the last one is axis -1, the others are summed.",
    (f"mean = {MEAN}", f"n, d = x.shape\n    mean = {MEAN}"),
    about="exceptions",
)
norm.edit(
    "eps_left_out",
    "Nothing is added to the variance, so a constant row is divided by 0. eps goes under the "
    "root, with the variance.",
    ("1 / np.sqrt(var + eps)", "1 / np.sqrt(var)"),
)
norm.edit(
    "dgamma_and_dbeta_swapped",
    "The gradients of gamma and beta come back in the wrong order. It is dx, dgamma, dbeta: "
    "dgamma is the sum of dout times the normalised x.",
    (f"{DX}, dgamma, dbeta", f"{DX}, dbeta, dgamma"),
)
