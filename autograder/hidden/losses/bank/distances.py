"""Mistakes in mse and mae; those in huber and smooth_l1 are beside it."""

from __future__ import annotations

from autograder.api import Bank
from autograder.hidden.losses.bank import rounded
from autograder.hidden.losses.bank.shared import observe_refusals, unknown_reductions


def declare(bank: Bank) -> None:
    """In the order of the lesson."""
    for key in ("mse", "mae", "huber", "smooth_l1"):
        observe_refusals(bank, key, "other_shapes", "unknown_reductions")
        unknown_reductions(bank, key)
    _mse(bank)
    _mae(bank)
    for key in ("mae", "huber", "smooth_l1"):
        _shapes(bank, key)
    rounded.declare(bank)


def _shapes(bank: Bank, key: str) -> None:
    bank.edit(
        key,
        "shapes_not_compared",
        "Arrays of different shapes are stretched to one table, so (N, 1) against (N,) compares "
        "every prediction with every target. Compare the shapes first.",
        ("residual(pred, target)", "residual(*np.broadcast_arrays(pred, target))"),
        about="anything",
    )


def _mse(bank: Bank) -> None:
    bank.edit(
        "mse",
        "shapes_not_compared",
        "Arrays of different shapes are stretched to one table, so (N, 1) against (N,) compares "
        "every prediction with every target. Compare the shapes first.",
        ("if np.shape(pred) != np.shape(target):", "if False:"),
        about="anything",
    )
    bank.edit(
        "mse",
        "first_axis_compared",
        "Only the number of rows is compared, and (N, 1) has as many as (N,). The whole shapes "
        "have to be equal.",
        ("if np.shape(pred) != np.shape(target):", "if len(pred) != len(target):"),
        about="anything",
    )
    bank.edit(
        "mse",
        "sizes_compared",
        "Only the number of elements is compared, and (N, 1) is reshaped to fit (N,) in silence. "
        "The contract asks for equal shapes, and for a ValueError otherwise.",
        ("if np.shape(pred) != np.shape(target):", "if np.size(pred) != np.size(target):"),
        (
            "np.subtract(pred, target, dtype=np.float64)",
            "np.subtract(np.reshape(pred, np.shape(target)), target, dtype=np.float64)",
        ),
        about="anything",
    )
    bank.edit(
        "mse",
        "averaged_over_rows_only",
        "The sum is divided by the number of rows. The mean is over all elements: for a table, "
        "rows times columns.",
        ("return np.mean(losses)", "return np.sum(losses) / len(losses)"),
        source="d2l-ai/d2l-en, pull request 2007",
    )
    bank.edit(
        "mse",
        "averaged_along_the_first_axis",
        "The mean runs along the first axis, so a table leaves one number for each column. "
        "Without an axis, the mean is over all elements.",
        ("return np.mean(losses)", "return np.mean(losses, axis=0)"),
        about="anything",
    )
    bank.edit(
        "mse",
        "integers_stay_integers",
        "The sum of integers comes back as an integer. Losses are floats, whatever went in: make "
        "floats of the difference.",
        ("np.subtract(pred, target, dtype=np.float64)", "np.subtract(pred, target)"),
        about="anything",
    )
    bank.edit(
        "mse",
        "root_taken",
        "The square root is taken at the end: this is the RMSE. It is in the unit of the target, "
        "and is not what is asked for here.",
        (
            "return reduce_losses(residual(pred, target) ** 2, reduction)",
            "return np.sqrt(reduce_losses(residual(pred, target) ** 2, reduction))",
        ),
    )
    bank.edit(
        "mse",
        "half_the_square",
        "The squares are halved, as books do to tidy the derivative. Here there is no half: a "
        "difference of 2 costs 4.",
        ("residual(pred, target) ** 2", "0.5 * residual(pred, target) ** 2"),
        source="Bishop (2006), equation 1.2",
    )
    bank.edit(
        "mse",
        "reduced_before_the_square",
        "The differences are reduced first and squared afterwards, so errors of opposite signs "
        "cancel. Each difference is squared on its own.",
        (
            "return reduce_losses(residual(pred, target) ** 2, reduction)",
            "return reduce_losses(residual(pred, target), reduction) ** 2",
        ),
    )
    bank.edit(
        "mse",
        "absolute_not_squared",
        "The size of each difference is taken, and not its square: this is the absolute error, "
        "which comes next.",
        ("residual(pred, target) ** 2", "np.abs(residual(pred, target))"),
    )
    bank.edit(
        "mse",
        "none_forgotten",
        'The mean comes back for reduction="none" as well. There the losses stay apart: one for '
        "each element, in the shape of pred.",
        ("return losses\n", "return np.mean(losses)\n"),
        about="anything",
    )


def _mae(bank: Bank) -> None:
    whole = "return reduce_losses(np.abs(residual(pred, target)), reduction)"
    bank.edit(
        "mae",
        "sign_kept",
        "The differences keep their signs, so a guess that is too low pays for one that is too "
        "high. Each counts with its size.",
        ("np.abs(residual(pred, target))", "residual(pred, target)"),
    )
    bank.edit(
        "mae",
        "reduced_before_the_size",
        "The differences are reduced first, and the absolute value is taken of the result: "
        "opposite errors cancel. The absolute value comes first.",
        (whole, "return np.abs(reduce_losses(residual(pred, target), reduction))"),
    )
    bank.edit(
        "mae",
        "squared",
        "The differences are squared: this is the MSE. Here each counts with its size, once.",
        ("np.abs(residual(pred, target))", "residual(pred, target) ** 2"),
    )
    bank.edit(
        "mae",
        "root_of_the_squares",
        "This is the root of the mean squared error, which is in the same unit, and larger unless "
        "all errors are equal. Here the sizes themselves are averaged.",
        (whole, "return np.sqrt(reduce_losses(residual(pred, target) ** 2, reduction))"),
    )
    bank.edit(
        "mae",
        "averaged_over_rows_only",
        "The sum is divided by the number of rows. The mean is over all elements: for a table, "
        "rows times columns.",
        (
            whole,
            "losses = np.abs(residual(pred, target))\n"
            '    if reduction == "mean":\n'
            "        return np.sum(losses) / len(losses)\n"
            "    return reduce_losses(losses, reduction)",
        ),
    )
    bank.edit(
        "mae",
        "median_not_mean",
        "The median of the absolute errors is taken, and not their mean. It is the best guess "
        "under this loss that is a median, and not the loss.",
        (
            whole,
            "losses = np.abs(residual(pred, target))\n"
            '    if reduction == "mean":\n'
            "        return np.median(losses)\n"
            "    return reduce_losses(losses, reduction)",
        ),
    )
    bank.edit(
        "mae",
        "integers_stay_integers",
        "The sum of integers comes back as an integer. Losses are floats, whatever went in: make "
        "floats of the difference.",
        (
            "np.abs(residual(pred, target))",
            "np.abs(residual(pred, target)).astype(np.asarray(pred).dtype)",
        ),
        about="anything",
    )
