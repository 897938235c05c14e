"""Mistakes in split, and what all right answers share: which rows go where is drawn."""

from functools import partial
from typing import Any

import numpy as np

from autograder.api import Bank
from autograder.hidden.generalization.bank import forms

bank = Bank()
split = bank.exercise("split")
mistake = partial(split.edit, about="anything")  # not seen in numbers

ONCE = ("holding every row", "holding a row twice", "holding a number that is no row")


def once(parts: Any, n: int) -> tuple[bool, ...]:
    """Whether the parts hold every one of n rows, and none twice."""
    rows = [row for part in parts for row in forms.rows_of(part)]
    every = set(range(n))
    return every <= set(rows), len(rows) != len(set(rows)), not set(rows) <= every


@forms.features(
    "the distance of a part's size from its share, where that is over one row",
    "the number of parts",
    "the number of rows in all parts",
)
def sizes_of(parts: Any, n: int, fractions: Any) -> Any:
    sizes = np.array([len(forms.rows_of(part)) for part in parts], dtype=float)
    counts = forms.count(len(parts)), forms.count(sizes.sum())
    if len(sizes) != len(fractions):
        return None, *counts
    off = sizes - n * np.asarray(fractions, dtype=float)
    return np.where(np.abs(off) > 1 + 1e-9, off, 0.0).round(9), *counts


@forms.features(*ONCE)
def rows_in(parts: Any, n: int, fractions: Any) -> Any:
    return once(parts, n)


@forms.features(
    "having a part in ascending order",
    "having a part that is one stretch of the file",
    "keeping most rows beside their neighbours",
)
def shuffled(both: Any) -> Any:
    """80 rows in parts of 40, 24 and 16. By chance: 16 rows ascend once in 16! = 2e13; a part of 16
    is one stretch 65 times in 3e16; of 79 pairs, about 2 stay neighbours, and 22 or more less than
    once in 1e15."""
    parts = [forms.rows_of(part) for part in both[0]]
    return (
        any(part == sorted(part) for part in parts),
        any(map(forms.is_run, parts)),
        sum(map(forms.neighbours, parts)) > 21,
    )


split.observe("sizes")(forms.by_case(sizes_of))
split.observe("every_row_once")(forms.by_case(rows_in))
split.observe("edges")(forms.by_case(sizes_of, rows_in))
split.observe("chance")(forms.drawn(shuffled))
split.observe("refuses")(forms.refusals(lambda right, *case: sizes_of(right["parts"], *case)))
split.observe("pure")(forms.kept(sizes_of, rows_in, forms.index_arrays))

WHOLE = "np.floor(shares).astype(int)"
GIVEN = "sizes[first[: n - sizes.sum()]] += 1"
ORDER = "rng.permutation(n)"
EACH_ROUNDED = (
    "Each share is rounded on its own, so the sizes need not add up to n, and the last part gets "
    "more or less than its share. Round down, then hand out what is left."
)
CUT = f"return np.split({ORDER}, np.cumsum(sizes)[:-1])"

split.edit(
    "last_takes_the_rest",
    "Every part is rounded down, and the last one takes all the rows that are left over, which "
    "with many parts is more than one. Hand them out one by one.",
    (GIVEN, "sizes[-1] += n - sizes.sum()"),
)
split.edit(
    "first_takes_the_rest",
    "Every part is rounded down, and the first one takes all the rows that are left over, which "
    "with many parts is more than one. Hand them out one by one.",
    (GIVEN, "sizes[0] += n - sizes.sum()"),
)
for suffix, rounded in (("", "np.round(shares)"), ("_up", "np.ceil(shares.round(9))")):
    split.edit(
        f"each_rounded{suffix}",
        EACH_ROUNDED,
        (WHOLE, f"{rounded}.astype(int)"),
        (GIVEN, "sizes[-1] = max(0, n - sizes[:-1].sum())"),
    )
mistake(
    "each_rounded_alone",
    EACH_ROUNDED,
    (WHOLE, "np.round(shares).astype(int)"),
    (GIVEN, "n = min(n, sizes.sum())"),
)
mistake(
    "rest_dropped",
    "Every part is rounded down, and the rows left over belong to none. Each row has to be in one "
    "part: hand them out one by one.",
    (GIVEN, "n = sizes.sum()"),
)

mistake(
    "not_shuffled",
    "The rows are cut in the order of the file. If the file is sorted by class or by date, the "
    "parts hold different classes: shuffle all rows before you cut.",
    (ORDER, "np.arange(n)"),
)
mistake(
    "shuffled_within_parts",
    "Each part is one stretch of the file, shuffled only inside. Which rows end up together has to "
    "be random too: use one permutation of all rows, cut afterwards.",
    (f"np.split({ORDER},", "(lambda *c: [rng.permutation(p) for p in np.split(*c)])(np.arange(n),"),
)
mistake(
    "sorted_again",
    "The rows are drawn at random and then sorted within each part, so a part is in the order of "
    "the file again. Leave them in the order of the permutation.",
    (CUT, CUT.replace("return ", "return [np.sort(part) for part in ") + "]"),
)
mistake(
    "with_replacement",
    "Rows are drawn with replacement, so some come twice and others never. A split is a "
    "permutation that is cut, so each row comes exactly once.",
    (ORDER, "rng.integers(0, max(n, 1), size=n)"),
)
mistake(
    "every_part_from_all_rows",
    "Each part is drawn from all rows by a shuffle of its own, so the parts overlap: test rows are "
    "trained on. One shuffle serves all parts.",
    (CUT, "return [rng.permutation(n)[:size] for size in sizes]"),
)

forms.declare_strangers(mistake, "own_generator", "fractions = ")

CHECK = "abs(fractions.sum() - 1) > 1e-8"

mistake(
    "sum_not_checked",
    "Fractions that do not sum to 1 are accepted without a word, and rows go where they should "
    "not. Check the sum first, and raise ValueError.",
    (CHECK, "False"),
)
mistake(
    "sum_within_a_hundredth",
    "A sum that is off by 0.002 is accepted. The only error to allow for is the rounding of "
    "floats, which is far smaller: 1e-8 is plenty.",
    (CHECK, "abs(fractions.sum() - 1) > 1e-2"),
)
mistake(
    "sum_compared_exactly",
    "Fractions are refused that add up to 1 but for rounding, as ten of 0.1 do, whose sum is a "
    "little less in floats. Allow for a difference of up to 1e-8.",
    (CHECK, "fractions.sum() != 1"),
)
split.by_exceptions("sum_compared_exactly")
mistake(
    "sum_checked_from_above_only",
    "Only a sum above 1 is refused. With a sum below 1 some rows would belong to no part: compare "
    "the size of the difference, whatever its sign.",
    (CHECK, "fractions.sum() - 1 > 1e-8"),
)
