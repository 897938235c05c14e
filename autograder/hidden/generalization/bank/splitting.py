"""Mistakes in split: how many rows each part gets, and which."""

from __future__ import annotations

from autograder.api import Bank

KEY = "split"
WHOLE = "sizes = np.floor(shares).astype(int)"
GIVEN = "sizes[first[: n - sizes.sum()]] += 1"
CHECK = "abs(fractions.sum() - 1) > 1e-8"
CUT = "return np.split(rng.permutation(n), np.cumsum(sizes)[:-1])"
ORDER = "rng.permutation(n)"


def declare(bank: Bank) -> None:
    _sizes(bank)
    _rows(bank)
    _chance(bank)
    _sums(bank)


def _sizes(bank: Bank) -> None:
    bank.edit(
        KEY,
        "last_takes_the_rest",
        "Every part is rounded down, and the last one takes all rows that are left. They belong to "
        "the parts with the largest remainders, one row each.",
        (GIVEN, "sizes[-1] += n - sizes.sum()"),
    )
    bank.edit(
        KEY,
        "first_takes_the_rest",
        "Every part is rounded down, and the first one takes all rows that are left. They belong "
        "to the parts with the largest remainders, one row each.",
        (GIVEN, "sizes[0] += n - sizes.sum()"),
    )
    bank.edit(
        KEY,
        "rest_in_order",
        "The rows that are left go to the parts from the first on, one each, whatever they lost. "
        "Look at the remainders: the part that lost most by rounding down comes first.",
        (GIVEN, "sizes[: n - sizes.sum()] += 1"),
        source="torch.utils.data.random_split",
    )
    bank.edit(
        KEY,
        "each_rounded",
        "Each share is rounded by itself, so the sizes need not add up to n, and the last part "
        "gets more or less than its share. Round down, then hand out what is left.",
        (WHOLE, "sizes = np.round(shares).astype(int)"),
        (GIVEN, "sizes[-1] = max(0, n - sizes[:-1].sum())"),
    )
    bank.edit(
        KEY,
        "boundaries_rounded",
        "The places of the cuts are rounded, not the sizes. A part between two rounded cuts can be "
        "off by one from what its own remainder earns: compare the remainders.",
        (CUT, "return np.split(rng.permutation(n), np.round(np.cumsum(shares)[:-1]).astype(int))"),
    )
    bank.edit(
        KEY,
        "boundaries_rounded_down",
        "The cumulative shares are rounded down to find the cuts, so the rows that are left drift "
        "to later parts, whatever the remainders are. Decide the sizes first, by remainder.",
        (CUT, "return np.split(rng.permutation(n), np.cumsum(shares)[:-1].astype(int))"),
    )
    bank.edit(
        KEY,
        "ties_to_the_later",
        "Among equal remainders the later part gets the row. Reversing an ascending sort reverses "
        "the ties as well: sort by the negative remainder, and keep equal ones in order.",
        (
            'np.argsort(-lost, kind="stable")',
            'np.argsort(lost, kind="stable")[::-1]',
        ),
    )
    bank.edit(
        KEY,
        "smallest_remainder_first",
        "The rows that are left go to the parts with the smallest remainders: the sort is "
        "ascending. Who lost most by rounding down comes first.",
        ("np.argsort(-lost,", "np.argsort(lost,"),
    )
    bank.edit(
        KEY,
        "largest_part_first",
        "The rows that are left go to the largest fractions. What decides is the remainder, the "
        "share minus its whole part, not the share itself.",
        ("np.argsort(-lost,", "np.argsort(-fractions,"),
    )
    bank.edit(
        KEY,
        "rest_dropped",
        "Every part is rounded down and the rows that are left belong to none. Each row has to be "
        "in one part: hand them out by largest remainder.",
        (GIVEN, "n = sizes.sum()"),
    )


def _rows(bank: Bank) -> None:
    bank.edit(
        KEY,
        "not_shuffled",
        "The rows are cut in the order of the file. If the file is sorted by class or by date, "
        "each part holds other classes: shuffle all rows before you cut.",
        (ORDER, "np.arange(n)"),
        about="anything",
    )
    bank.edit(
        KEY,
        "shuffled_within_parts",
        "Each part is one stretch of the file, shuffled only inside. Which rows share a part has "
        "to be decided by lot: one permutation of all rows, cut afterwards.",
        (
            CUT,
            CUT.replace("return ", "parts = ").replace(ORDER, "np.arange(n)")
            + "\n    return [rng.permutation(part) for part in parts]",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "sorted_again",
        "The rows are drawn by lot and then sorted within each part, so that a part has the order "
        "of the file again. Leave them in the order of the permutation.",
        (
            CUT,
            CUT.replace("return ", "parts = ") + "\n    return [np.sort(part) for part in parts]",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "with_replacement",
        "Rows are drawn with replacement, so some come twice and others never. A split is a "
        "permutation that is cut, so that each row comes exactly once.",
        (ORDER, "rng.integers(0, max(n, 1), size=n)"),
        about="anything",
    )
    bank.edit(
        KEY,
        "every_part_from_all_rows",
        "Each part is drawn from all rows by a shuffle of its own, so the parts overlap: test rows "
        "are trained on. One shuffle serves all parts.",
        (CUT, "return [rng.permutation(n)[:size] for size in sizes]"),
        about="anything",
    )


def _chance(bank: Bank) -> None:
    bank.edit(
        KEY,
        "own_generator",
        "A generator with a seed of its own is made inside, so the split is the same for every rng "
        "that is handed in. Draw from the rng that you were given.",
        (ORDER, "np.random.default_rng(0).permutation(n)"),
        about="anything",
    )
    bank.edit(
        KEY,
        "global_random_state",
        "The shuffle comes from NumPy's global state, and the rng that was handed in is not used: "
        "the same seed gives another split each time. Call a method of rng.",
        (ORDER, "np.random.permutation(n)"),
        about="anything",
    )


def _sums(bank: Bank) -> None:
    bank.edit(
        KEY,
        "sum_not_checked",
        "Fractions that do not sum to 1 are accepted without a word, and rows go where they should "
        "not. Check the sum first, and raise ValueError.",
        (CHECK, "False"),
        about="anything",
    )
    bank.edit(
        KEY,
        "sum_within_isclose",
        "The sum is compared by np.isclose, which allows a difference of 1e-5 unless told "
        "otherwise. Here it is 1e-8: state the tolerance, or compare the difference yourself.",
        (CHECK, "not np.isclose(fractions.sum(), 1)"),
        source="numpy.isclose (its default rtol)",
        about="anything",
    )
    bank.edit(
        KEY,
        "sum_within_1e_6",
        "A sum that is off by 1e-7 is accepted. The fractions may miss 1 by 1e-8 at most, which is "
        "what rounding can do and no more.",
        (CHECK, "abs(fractions.sum() - 1) > 1e-6"),
        about="anything",
    )
    bank.edit(
        KEY,
        "sum_compared_exactly",
        "The sum has to be exactly 1, so ten fractions of 0.1 are refused: in floats they add up "
        "to a little less. Allow for rounding, up to 1e-8.",
        (CHECK, "fractions.sum() != 1"),
        about="anything",
    )
    bank.edit(
        KEY,
        "sum_checked_from_above_only",
        "Only a sum above 1 is refused. With a sum below 1 some rows would belong to no part: "
        "compare the size of the difference, whatever its sign.",
        (CHECK, "fractions.sum() - 1 > 1e-8"),
        about="anything",
    )
