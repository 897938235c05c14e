"""Mistakes in mse and mae, and in what all four distances do with shapes."""

from autograder.api import Bank

bank = Bank()
mse, mae = bank.exercise("mse"), bank.exercise("mae")

BEGIN = '    """\n'
STRETCHED = "    pred, target = np.broadcast_arrays(pred, target)\n"

for key in ("mse", "mae", "huber", "smooth_l1"):
    # mse shares its cell with two helpers, whose docstrings end in the same way.
    begin = f"half the sum.\n{BEGIN}" if key == "mse" else BEGIN
    for (name, lines), text in {
        ("shapes_not_compared", STRETCHED): (
            "Arrays of different shapes are stretched to one table, so (N, 1) against (N,) "
            "compares every prediction with every target. Compare the shapes first."
        ),
        (
            "first_axis_compared",
            f"    if len(pred) != len(target):\n        raise ValueError\n{STRETCHED}",
        ): (
            "Only the number of rows is compared, and (N, 1) has as many as (N,). The whole shapes "
            "have to be equal."
        ),
        ("sizes_compared", "    pred = np.reshape(pred, np.shape(target))\n"): (
            "Only the number of elements is compared, and (N, 1) is silently reshaped to fit "
            "(N,). The shapes have to be equal: anything else is a ValueError."
        ),
        ("shapes_asserted", "    assert np.shape(pred) == np.shape(target)\n"): (
            "Shapes that differ raise AssertionError. An assert disappears under `python -O`, and "
            "the contract asks for ValueError: raise it where the shapes are compared."
        ),
    }.items():
        bank.exercise(key).edit(name, text, (begin, begin + lines), about="anything")

DIFFERENCE = "residual(pred, target)"
SQUARED, SIZES = f"{DIFFERENCE} ** 2", f"np.abs({DIFFERENCE})"
REDUCED, MEAN = f"reduce_losses({SQUARED}, reduction)", "return np.mean(losses)"
SOURCES = {
    "half_the_square": "Bishop (2006), equation 1.2",
    "half_the_mean": "Ng, Machine Learning (2011), the cost of linear regression",
}
for (name, old, new), text in {
    ("root_taken", REDUCED, f"np.sqrt({REDUCED})"): (
        "The square root is taken at the end: this is the RMSE, in the unit of the target. The MSE "
        "stops one step earlier, at the mean of the squares."
    ),
    ("root_of_the_mean", MEAN, "return np.sqrt(np.mean(losses))"): (
        "The square root of the mean is taken: this is the RMSE, in the unit of the target. The "
        "MSE stops one step earlier, at the mean of the squares."
    ),
    ("half_the_square", "** 2", "** 2 / 2"): (
        "The squares are halved, as some books do to tidy up the derivative. Here there is no "
        "half: a difference of 2 costs 4."
    ),
    ("half_the_mean", MEAN, f"{MEAN} / 2"): (
        "The sum is divided by twice the number of elements, which tidies up the derivative. Here "
        "the mean has no half: differences of 2 cost 4 on average."
    ),
    ("reduced_before_the_square", " ** 2, reduction)", ", reduction) ** 2"): (
        "The differences are reduced first and squared afterwards, so errors of opposite signs "
        "cancel. Each difference is squared on its own."
    ),
    ("absolute_not_squared", SQUARED, SIZES): (
        "Each difference counts with its size, not its square: this is the absolute error, which "
        "comes next. Square the differences."
    ),
}.items():
    mse.edit(name, text, (old, new), source=SOURCES.get(name, ""))

SIGN = (
    "The differences keep their signs, so a guess that is too low makes up for one that is too "
    "high. Each counts with its size: take absolute values."
)
WHOLE = f"reduce_losses({SIZES}, reduction)"
for (name, old, new), text in {
    ("sign_kept", SIZES, DIFFERENCE): SIGN,
    ("sign_kept_the_other_way_round", SIZES, f"-{DIFFERENCE}"): SIGN,
    ("reduced_before_the_size", WHOLE, f"np.abs(reduce_losses({DIFFERENCE}, reduction))"): (
        "The differences are reduced first, and the absolute value is taken of the result: "
        "opposite errors cancel. The absolute value comes first."
    ),
    ("squared", SIZES, SQUARED): (
        "The differences are squared: this is the MSE. Here each counts with its size, once."
    ),
    ("root_of_the_squares", WHOLE, f"np.sqrt({REDUCED})"): (
        "This is the root of the mean squared error, which is in the same unit, and larger unless "
        "all errors are equal. Here the sizes themselves are averaged."
    ),
    ("median_not_mean", WHOLE, f'np.median({SIZES}) if reduction == "mean" else {WHOLE}'): (
        "The median of the absolute errors is taken, not their mean. The best guess under this "
        "loss is a median; the loss itself is a mean."
    ),
}.items():
    mae.edit(name, text, (old, new))

for loss, old, new in (
    (mse, "np.subtract(pred, target, dtype=np.float64)", "np.subtract(pred, target)"),
    (mae, SIZES, f"{SIZES}.astype(np.asarray(pred).dtype)"),
):
    loss.edit(
        "integers_stay_integers",
        "The losses of integers come back as integers. Losses are floats, whatever went in: turn "
        "the difference into floats.",
        (old, new),
        about="anything",
    )
