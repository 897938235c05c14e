"""What all right answers share where rows are cut by lot: split, stratified_split, k_fold.

Every feature that could differ by chance does so less than once in 1e9 draws.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.compare import equal
from autograder.misconception import Bank
from autograder.observation import Number
from autograder.probe import EXACT
from autograder.toolbox import AFTERWARDS


def declare(bank: Bank) -> None:
    bank.observe("split", "sizes")(sizes)
    bank.observe("split", "every_row_once")(every_row_once)
    bank.observe("split", "chance")(shuffled)
    bank.observe("split", "edges")(edges)
    bank.observe("stratified_split", "shares")(shares)
    bank.observe("stratified_split", "any_labels")(shares)
    bank.observe("stratified_split", "chance")(chosen_within_classes)
    bank.observe("stratified_split", "edges")(stratified_edges)
    bank.observe("k_fold", "sizes")(fold_sizes)
    bank.observe("k_fold", "disjoint")(fold_rows)
    bank.observe("k_fold", "chance")(shuffled_folds)
    bank.observe("k_fold", "edges")(fold_edges)


def count(number: Any) -> Number:
    """A whole number as an observation."""
    return Number(int(number), "int64")


def rows_of(part: Any) -> list[int]:
    """The row numbers in a part, whatever holds them."""
    flat = part.ravel().tolist() if isinstance(part, np.ndarray) else [x.value for x in part]
    return [int(x) for x in flat]


def is_index_array(part: Any) -> bool:
    return isinstance(part, np.ndarray) and part.ndim == 1 and part.dtype.kind in "iu"


def parts_once(parts: Any, n: int) -> dict[str, Any]:
    """Whether the parts hold every one of n rows, and none twice."""
    rows = [row for part in parts for row in rows_of(part)]
    return {
        "holding every row": set(range(n)) <= set(rows),
        "holding a row twice": len(rows) != len(set(rows)),
        "holding a number that is no row": not set(rows) <= set(range(n)),
    }


def draws(raw: Any) -> dict[str, bool]:
    """What a function that takes an rng depends on (see `probes.chance.Draws`)."""
    before, after = raw["global state"]
    return {
        "having the same result with the same seed": equal(raw["first"], raw["again"], EXACT),
        "having another result with another seed": not equal(raw["first"], raw["other"], EXACT),
        "having another result at the next call with one rng": not equal(
            raw["first"], raw["second"], EXACT
        ),
        "leaving the global random state alone": equal(before, after, EXACT),
    }


def neighbours(rows: list[int]) -> int:
    """How many rows stand beside the one that they stood beside before."""
    return int(np.sum(np.abs(np.diff(rows)) == 1))


def is_run(rows: list[int]) -> bool:
    """Rows that were one stretch of the file."""
    return max(rows) - min(rows) + 1 == len(set(rows))


# split


def sizes(raw: Any, inputs: Any, secrets: Any) -> Any:
    return {
        where: {"part sizes": [count(len(rows_of(part))) for part in parts]}
        for where, parts in raw.items()
    }


def every_row_once(raw: Any, inputs: Any, secrets: Any) -> Any:
    return {
        where: parts_once(parts, inputs["cases"][where][0])
        | {"consisting of 1-D integer arrays": all(map(is_index_array, parts))}
        for where, parts in raw.items()
    }


def shuffled(raw: Any, inputs: Any, secrets: Any) -> Any:
    """80 rows in parts of 40, 24 and 16. By chance: 16 rows ascend once in 16! = 2e13; a part of 16
    is one stretch 65 times in 3e16; of 79 pairs, about 2 stay neighbours, and 22 or more less than
    once in 1e15."""
    parts = [rows_of(part) for part in raw["first"]]
    return {
        **draws(raw),
        "having a part in ascending order": any(part == sorted(part) for part in parts),
        "having a part that is one stretch of the file": any(map(is_run, parts)),
        "keeping most rows beside their neighbours": sum(map(neighbours, parts)) > 21,
    }


def said(answer: Any) -> str:
    """What became of a call: accepted, or the kind of its error."""
    if isinstance(answer, dict) and "raised" in answer:
        classes = list(answer["raised"])
        return "ValueError" if "ValueError" in classes else str(classes[0])
    return "accepted"


def sums(raw: Any) -> dict[str, Any]:
    return {
        f"the answer to fractions that sum to {total}": said(answer)
        for kind in ("refused", "accepted")
        for total, answer in raw[kind].items()
    }


def edges(raw: Any, inputs: Any, secrets: Any) -> Any:
    cases: dict[str, Any] = {}
    for where, parts in raw["parts"].items():
        cases[where] = {
            "part sizes": [count(len(rows_of(part))) for part in parts],
            **parts_once(parts, inputs["cases"][where][0]),
            "consisting of 1-D integer arrays": all(map(is_index_array, parts)),
        }
    return {**cases, **sums(raw), AFTERWARDS: raw[AFTERWARDS]}


# stratified_split


def distances(parts: Any, labels: Any, fractions: Any) -> Any:
    """For every class and part, how far its count is from its share."""
    far = []
    for label in np.unique(labels):
        members = set(np.flatnonzero(labels == label).tolist())
        for part, fraction in zip(parts, fractions, strict=True):
            found = sum(row in members for row in rows_of(part))
            far.append(abs(found - fraction * len(members)))
    return np.array(far)


def shares(raw: Any, inputs: Any, secrets: Any) -> Any:
    seen: dict[str, Any] = {}
    for where, parts in raw.items():
        labels, fractions = inputs["labels"][where]
        if len(parts) != len(fractions):
            seen[where] = {"the number of parts": count(len(parts))}
            continue
        far = distances(parts, labels, fractions)
        seen[where] = {
            **parts_once(parts, len(labels)),
            "holding each class to within one row of its share": bool((far <= 1 + 1e-9).all()),
            "holding each class to within three rows of its share": bool((far <= 3).all()),
        }
    return seen


def chosen_within_classes(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Two classes of 60 rows, cut in halves. Which half of a class goes where: one of 1e17 ways."""
    first, other = (sorted(rows_of(raw[name][0])) for name in ("first", "other"))
    half = list(range(30))
    return {
        **draws(raw),
        "putting other rows into a part with another seed": first != other,
        "putting the first rows of a class into the first part": first[:30] == half
        or first[30:] == [60 + row for row in half],
    }


def stratified_edges(raw: Any, inputs: Any, secrets: Any) -> Any:
    seen = shares(raw["parts"], inputs, secrets)
    for where, parts in raw["parts"].items():
        seen[where]["consisting of 1-D integer arrays"] = all(map(is_index_array, parts))
    return {**seen, **sums(raw), AFTERWARDS: raw[AFTERWARDS]}


# k_fold


def vals_of(folds: Any) -> list[list[int]]:
    return [rows_of(val) for _, val in folds]


def fold_sizes(raw: Any, inputs: Any, secrets: Any) -> Any:
    return {
        where: {
            "the number of folds": count(len(folds)),
            "the sizes of the validation folds, sorted": [
                count(size) for size in sorted(map(len, vals_of(folds)))
            ],
        }
        for where, folds in raw.items()
    }


def rows_in_folds(folds: Any, n: int) -> dict[str, Any]:
    pairs = [(rows_of(train), rows_of(val)) for train, val in folds]
    validated = [row for _, val in pairs for row in val]
    every = set(range(n))
    return {
        "validating on every row": set(validated) >= every,
        "validating on a row twice": len(validated) != len(set(validated)),
        "training on rows of the validation fold": any(set(t) & set(v) for t, v in pairs),
        "training on all rows outside the fold": all(set(t) >= every - set(v) for t, v in pairs),
        "training on a row twice": any(len(t) != len(set(t)) for t, _ in pairs),
        "the sizes of the training sets, sorted": [
            count(size) for size in sorted(len(train) for train, _ in pairs)
        ],
        "using a number that is no row": not all(set(t) | set(v) <= every for t, v in pairs),
    }


def fold_rows(raw: Any, inputs: Any, secrets: Any) -> Any:
    return {
        where: rows_in_folds(folds, inputs["cases"][where][0])
        | {"consisting of 1-D integer arrays": all(is_index_array(a) for f in folds for a in f)}
        for where, folds in raw.items()
    }


def shuffled_folds(raw: Any, inputs: Any, secrets: Any) -> Any:
    """60 rows in folds of 20. By chance: a fold is one stretch 41 times in 4e15, every third row 3
    times in 4e15."""
    vals = vals_of(raw["first"])
    other = vals_of(raw["other"])
    strided = [set(range(start, 60, 3)) for start in range(3)]
    return {
        **draws(raw),
        "sharing out the rows otherwise with another seed": sorted(map(sorted, vals))
        != sorted(map(sorted, other)),
        "having a fold that is one stretch of the file": any(map(is_run, vals)),
        "having a fold of every third row": any(set(val) in strided for val in vals),
    }


def fold_edges(raw: Any, inputs: Any, secrets: Any) -> Any:
    first, second = fold_sizes(raw, inputs, secrets), fold_rows(raw, inputs, secrets)
    return {where: {**first[where], **second[where]} for where in raw}
