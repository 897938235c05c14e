"""What all right answers of k_fold share.

Every feature that could differ by chance does so less than once in 1e9 draws.
"""

from __future__ import annotations

from typing import Any

from autograder.api import Bank
from autograder.hidden.generalization.bank.forms import (
    DRAWS,
    count,
    draws,
    is_index_array,
    is_run,
    rows_of,
    told,
)
from autograder.hidden.generalization.bank.observers_of_parts import FORM


def declare(bank: Bank) -> None:
    bank.observe("k_fold", "sizes")(fold_sizes)
    bank.observe("k_fold", "disjoint")(fold_rows)
    bank.observe("k_fold", "chance")(shuffled_folds)
    bank.observe("k_fold", "edges")(fold_edges)


FOLDS = ("the number of folds", "validation sizes in ascending order")


def sizes_of_folds(folds: Any) -> dict[str, Any]:
    vals = sorted(len(rows_of(val)) for _, val in folds)
    return dict(zip(FOLDS, (count(len(folds)), list(map(count, vals))), strict=True))


def fold_sizes(raw: Any, inputs: Any, secrets: Any) -> Any:
    return {where: told(folds, sizes_of_folds, FOLDS) for where, folds in raw.items()}


ROWS = (
    "validating on every row",
    "validating on a row twice",
    "training on rows of the validation fold",
    "training on all rows outside the fold",
    "training on a row twice",
    "training sizes in ascending order",
    "using a number that is no row",
)


def rows_in_folds(folds: Any, n: int) -> dict[str, Any]:
    pairs = [(rows_of(train), rows_of(val)) for train, val in folds]
    validated = [row for _, val in pairs for row in val]
    every = set(range(n))
    answers = (
        set(validated) >= every,
        len(validated) != len(set(validated)),
        any(set(t) & set(v) for t, v in pairs),
        all(set(t) >= every - set(v) for t, v in pairs),
        any(len(t) != len(set(t)) for t, _ in pairs),
        [count(size) for size in sorted(len(train) for train, _ in pairs)],
        not all(set(t) | set(v) <= every for t, v in pairs),
    )
    return dict(zip(ROWS, answers, strict=True))


def fold_rows(raw: Any, inputs: Any, secrets: Any) -> Any:
    def find(n: int) -> Any:
        return lambda folds: rows_in_folds(folds, n)

    return {
        where: told(folds, find(inputs["cases"][where][0]), ROWS) for where, folds in raw.items()
    }


SHARED = (
    "sharing out the rows otherwise with another seed",
    "having a fold that is one stretch of the file",
    "having a fold of every third row",
)


def shuffled_folds(raw: Any, inputs: Any, secrets: Any) -> Any:
    """60 rows in folds of 20. By chance: a fold is one stretch 41 times in 4e15, every third row 3
    times in 4e15."""

    def find(first: Any) -> dict[str, Any]:
        vals = [rows_of(val) for _, val in first]
        other = [rows_of(val) for _, val in raw["other"]]
        strided = [set(range(start, 60, 3)) for start in range(3)]
        answers = (
            sorted(map(sorted, vals)) != sorted(map(sorted, other)),
            any(map(is_run, vals)),
            any(set(val) in strided for val in vals),
        )
        return {**draws(raw), **dict(zip(SHARED, answers, strict=True))}

    return told(raw["first"], find, (*DRAWS, *SHARED))


def fold_edges(raw: Any, inputs: Any, secrets: Any) -> Any:
    first, second = fold_sizes(raw, inputs, secrets), fold_rows(raw, inputs, secrets)
    return {
        where: {**first[where], **second[where], FORM: are_arrays(folds)}
        for where, folds in raw.items()
    }


def are_arrays(folds: Any) -> bool:
    """Pairs of index arrays."""
    pairs = isinstance(folds, list | tuple) and all(isinstance(f, list | tuple) for f in folds)
    return pairs and all(is_index_array(array) for fold in folds for array in fold)
