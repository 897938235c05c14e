"""Mistakes in distinct_units."""

from typing import Any

import numpy as np

from autograder.api import Bank

bank = Bank()
units = bank.exercise("distinct_units")

NEW = "np.max(np.abs(column - other)) > tol"
units.edit(
    "rows_counted",
    "The rows of W are compared. A row is an input's weights to all units; a unit is a column, "
    "its weights from all inputs.",
    ("in W.T:", "in W:"),
)


@units.wrong(
    "Each column is compared only with the one before it, so two equal columns with another in "
    "between count twice. Compare with every column seen so far.",
)
def neighbours_only(W: Any, tol: float = 1e-12) -> int:
    changes = np.abs(np.diff(W, axis=1)).max(axis=0) > tol
    return 1 + int(changes.sum())


@units.wrong(
    "This counts the columns that have no twin at all. A group of equal columns is one unit, "
    "not none: each group counts once.",
)
def only_those_without_a_twin(W: Any, tol: float = 1e-12) -> int:
    gaps = np.abs(W[:, :, None] - W[:, None, :]).max(axis=0)
    return int(((gaps <= tol).sum(axis=0) == 1).sum())


units.edit(
    "equal_to_the_bit",
    "Columns count as equal only if they are equal to the last bit, and rounding alone can break "
    "that. tol says how far apart two equal columns may be.",
    (NEW, "np.max(np.abs(column - other)) > 0"),
    source="numpy.unique",
)
units.edit(
    "fixed_tolerance",
    "The tolerance is always 1e-12, and the argument tol has no effect. Look at what the "
    "largest difference is compared with.",
    (NEW, "np.max(np.abs(column - other)) > 1e-12"),
)
units.edit(
    "relative_tolerance",
    "np.allclose allows a hundred-thousandth of the column's size on top of tol, unless it is "
    "told otherwise. Here tol is absolute, and nothing is added to it.",
    (NEW, "not np.allclose(column, other, atol=tol)"),
    source="numpy.allclose",
)
units.edit(
    "strictly_below",
    "Columns exactly tol apart count as different, and with tol = 0 a column does not even "
    "equal its copy. Equal means at most tol.",
    (NEW, "np.max(np.abs(column - other)) >= tol"),
)
units.edit(
    "signed_difference",
    "The largest difference is taken with its sign, so a column that is smaller everywhere "
    "counts as equal. Take the absolute value first.",
    (NEW, "np.max(column - other) > tol"),
)
units.edit(
    "any_element_equal",
    "Two columns count as equal as soon as a single element agrees. All of them have to: the "
    "largest difference decides.",
    (NEW, "np.min(np.abs(column - other)) > tol"),
)
units.edit(
    "length_of_the_difference",
    "The length of the difference, the root of its sum of squares, is compared with tol. It "
    "grows with the number of rows; the largest element does not.",
    (NEW, "np.linalg.norm(column - other) > tol"),
)
units.edit(
    "mean_difference",
    "The mean absolute difference is compared with tol, so one element that differs drowns "
    "among many that do not. The largest one decides.",
    (NEW, "np.mean(np.abs(column - other)) > tol"),
)
units.edit(
    "sums_compared",
    "Columns count as equal when their sums are. Different columns can have equal sums: "
    "compare element by element.",
    (NEW, "abs(column.sum() - other.sum()) > tol"),
)


@units.wrong(
    "Every element is rounded to a multiple of tol before columns are compared. Two numbers "
    "closer than tol can round to different multiples: compare the difference itself.",
    source="numpy.round",
)
def rounded_to_a_grid(W: Any, tol: float = 1e-12) -> int:
    grid = np.round(W / tol) if tol > 0 else W
    return int(np.unique(grid, axis=1).shape[1])


@units.wrong(
    "Every element is rounded to 12 decimals before columns are compared, and the argument tol has "
    "no effect. Look at how far apart the caller lets equal columns be.",
    source="numpy.round",
)
def rounded_to_twelve_decimals(W: Any, tol: float = 1e-12) -> int:
    return int(np.unique(np.round(W, 12), axis=1).shape[1])


units.edit(
    "rank",
    "This is the rank of W, the number of linearly independent columns. Twice a column is another "
    "unit all the same: compare columns with each other.",
    ("found = []", "return int(np.linalg.matrix_rank(W, tol=tol))\n    found = []"),
)
