"""Mistakes in layer norm."""

from __future__ import annotations

from autograder.api import Bank

KEY = "layernorm_forward__layernorm_backward"
DX = "return inv_std * (g - along_mean - along_std)"
MEAN, VAR = "x.mean(axis=-1, keepdims=True)", "x.var(axis=-1, keepdims=True)"


def declare(bank: Bank) -> None:
    """Forward, then back."""
    _forward(bank)
    _backward(bank)


def _forward(bank: Bank) -> None:
    bank.edit(
        KEY,
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
    bank.edit(
        KEY,
        "over_all_but_the_batch",
        "Mean and variance are taken over all axes but the first, so the positions of a sentence "
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
    bank.edit(
        KEY,
        "unbiased_variance",
        "The variance is divided by D - 1, as torch.var does unless told otherwise. Layer norm "
        "uses the biased one, divided by D.",
        (VAR, "x.var(axis=-1, keepdims=True) * x.shape[-1] / max(x.shape[-1] - 1, 1)"),
        source="torch.var",
    )
    bank.edit(
        KEY,
        "eps_outside_the_root",
        "eps is added to the deviation, after the root. It belongs inside, with the variance; with "
        "a large eps the two are far apart.",
        ("1 / np.sqrt(var + eps)", "1 / (np.sqrt(var) + eps)"),
    )
    bank.edit(
        KEY,
        "mean_not_subtracted",
        "The rows are divided by their deviation and keep their mean. That is nearly RMS norm; "
        "layer norm subtracts the mean first.",
        ("xhat = (x - mean) * inv_std", "xhat = x * inv_std"),
    )
    bank.edit(
        KEY,
        "root_mean_square_norm",
        "The rows are divided by the root of their mean square, and keep their mean: that is RMS "
        "norm. Layer norm subtracts the mean, and then divides by the deviation.",
        ("xhat = (x - mean) * inv_std", "xhat = x * inv_std"),
        (VAR, "(x**2).mean(axis=-1, keepdims=True)"),
        ("(g - along_mean - along_std)", "(g - along_std)"),
        source="Zhang and Sennrich (2019), Root Mean Square Layer Normalization",
    )
    bank.edit(
        KEY,
        "scale_and_shift_left_out",
        "The output is the normalised x itself: gamma and beta are not used. They give the network "
        "back the scale and the shift that normalising took.",
        ("return gamma * xhat + beta,", "return xhat,"),
    )


def _backward(bank: Bank) -> None:
    bank.edit(
        KEY,
        "mean_and_variance_constant",
        "dx is gamma times dout over the deviation, as if mean and variance were fixed numbers. "
        "Every element of a row moves both, and through them the whole row.",
        (DX, "return inv_std * g"),
    )
    bank.edit(
        KEY,
        "variance_constant",
        "The road through the mean is there, and the one through the variance is missing. Moving "
        "one element changes the deviation by which its whole row is divided.",
        (DX, "return inv_std * (g - along_mean)"),
    )
    bank.edit(
        KEY,
        "mean_constant",
        "The road through the variance is there, and the one through the mean is missing. Moving "
        "one element shifts its whole row.",
        (DX, "return inv_std * (g - along_std)"),
    )
    bank.edit(
        KEY,
        "gamma_after_the_means",
        "gamma multiplies dx at the end, as in batch norm. Here the means run over the features, "
        "whose gammas differ: gamma goes in before the means are taken.",
        ("g = gamma * dout", "g = dout"),
        (DX, "return gamma * inv_std * (g - along_mean - along_std)"),
    )
    bank.edit(
        KEY,
        "gamma_forgotten_in_dx",
        "dx is made of dout without gamma. The output is gamma times the normalised x plus beta, "
        "so all blame passes gamma on its way to x.",
        ("g = gamma * dout", "g = dout"),
    )
    bank.edit(
        KEY,
        "means_over_the_batch",
        "The two means in dx run over the first axis, as in batch norm. Forward, the statistics "
        "run along the last axis, so the roads back do as well.",
        (
            "along_mean = g.mean(axis=-1, keepdims=True)",
            "along_mean = g.mean(axis=0, keepdims=True)",
        ),
        ("(g * xhat).mean(axis=-1, keepdims=True)", "(g * xhat).mean(axis=0, keepdims=True)"),
    )
    bank.edit(
        KEY,
        "first_axis_only",
        "dgamma and dbeta are summed over the first axis only, so with three axes they keep one "
        "too many. gamma serves every position: add up all leading axes.",
        ("tuple(range(dout.ndim - 1))", "0"),
        about="anything",
    )
    bank.edit(
        KEY,
        "averaged_over_rows",
        "dgamma and dbeta are means over the rows. gamma and beta serve every row, so the blame of "
        "the rows adds up; the 1/N of a loss is already in dout.",
        ("dbeta = dout.sum(", "dbeta = dout.mean("),
        ("dgamma = (dout * xhat).sum(", "dgamma = (dout * xhat).mean("),
    )
    bank.edit(
        KEY,
        "dgamma_from_dout",
        "dgamma is the sum of dout, which is dbeta. gamma multiplies the normalised x, so its "
        "blame is dout times that.",
        ("(dout * xhat).sum(axis=leading)", "dout.sum(axis=leading)"),
    )
    bank.edit(
        KEY,
        "one_cache_for_all",
        "The cache is kept in one place for all calls, so a second forward overwrites the first "
        "one's. Hand the cache out, and use the one that comes back.",
        (
            "return gamma * xhat + beta, (xhat, gamma, inv_std)",
            "layernorm_forward.last = xhat, gamma, inv_std\n    return gamma * xhat + beta, None",
        ),
        ("xhat, gamma, inv_std = cache", "xhat, gamma, inv_std = layernorm_forward.last"),
    )
