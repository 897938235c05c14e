"""What all right answers share where rows are cut by lot: split and stratified_split.

Every feature that could differ by chance does so less than once in 1e9 draws.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, Bank
from autograder.hidden.generalization.bank.forms import (
    DRAWS,
    count,
    draws,
    is_index_array,
    is_run,
    neighbours,
    rows_of,
    said,
    told,
)


def declare(bank: Bank) -> None:
    bank.observe("split", "sizes")(sizes)
    bank.observe("split", "every_row_once")(every_row_once)
    bank.observe("split", "chance")(shuffled)
    bank.observe("split", "edges")(edges)
    bank.observe("stratified_split", "shares")(shares)
    bank.observe("stratified_split", "any_labels")(shares)
    bank.observe("stratified_split", "chance")(chosen_within_classes)
    bank.observe("stratified_split", "edges")(stratified_edges)


SIZES = ("the number of parts", "part sizes")


def part_sizes(parts: Any) -> dict[str, Any]:
    return {
        "the number of parts": count(len(parts)),
        "part sizes": [count(len(rows_of(part))) for part in parts],
    }


ONCE = ("holding every row", "holding a row twice", "holding a number that is no row")


def parts_once(parts: Any, n: int) -> dict[str, Any]:
    """Whether the parts hold every one of n rows, and none twice."""
    rows = [row for part in parts for row in rows_of(part)]
    answers = (
        set(range(n)) <= set(rows),
        len(rows) != len(set(rows)),
        not set(rows) <= set(range(n)),
    )
    return dict(zip(ONCE, answers, strict=True))


FORM = "consisting of 1-D integer arrays"

# split


def sizes(raw: Any, inputs: Any, secrets: Any) -> Any:
    return {where: told(parts, part_sizes, SIZES) for where, parts in raw.items()}


def every_row_once(raw: Any, inputs: Any, secrets: Any) -> Any:
    def find(n: int) -> Any:
        return lambda parts: parts_once(parts, n)

    return {
        where: told(parts, find(inputs["cases"][where][0]), ONCE) for where, parts in raw.items()
    }


SHUFFLED = (
    "having a part in ascending order",
    "having a part that is one stretch of the file",
    "keeping most rows beside their neighbours",
)


def shuffled(raw: Any, inputs: Any, secrets: Any) -> Any:
    """80 rows in parts of 40, 24 and 16. By chance: 16 rows ascend once in 16! = 2e13; a part of 16
    is one stretch 65 times in 3e16; of 79 pairs, about 2 stay neighbours, and 22 or more less than
    once in 1e15."""

    def find(first: Any) -> dict[str, Any]:
        parts = [rows_of(part) for part in first]
        answers = (
            any(part == sorted(part) for part in parts),
            any(map(is_run, parts)),
            sum(map(neighbours, parts)) > 21,
        )
        return {**draws(raw), **dict(zip(SHUFFLED, answers, strict=True))}

    return told(raw["first"], find, (*DRAWS, *SHUFFLED))


def sums(raw: Any) -> dict[str, Any]:
    return {
        f"the answer to fractions that sum to {total}": said(answer)
        for kind in ("refused", "accepted")
        for total, answer in raw[kind].items()
    }


def edges(raw: Any, inputs: Any, secrets: Any) -> Any:
    def find(n: int) -> Any:
        return lambda parts: {
            **part_sizes(parts),
            **parts_once(parts, n),
            FORM: all(map(is_index_array, parts)),
        }

    cases = {
        where: told(parts, find(inputs["cases"][where][0]), (*SIZES, *ONCE, FORM))
        for where, parts in raw["parts"].items()
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


SHARES = (
    *ONCE,
    "holding each class to within one row of its share",
    "holding each class to within three rows of its share",
)


def shares(raw: Any, inputs: Any, secrets: Any) -> Any:
    def find(labels: Any, fractions: Any) -> Any:
        def features(parts: Any) -> dict[str, Any]:
            far = distances(parts, labels, fractions)
            answers = (
                *parts_once(parts, len(labels)).values(),
                bool((far <= 1 + 1e-9).all()),
                bool((far <= 3).all()),
            )
            return dict(zip(SHARES, answers, strict=True))

        return features

    return {
        where: told(parts, find(*inputs["labels"][where]), SHARES) for where, parts in raw.items()
    }


CHOSEN = (
    "putting other rows into a part with another seed",
    "putting the first rows of a class into the first part",
)


def chosen_within_classes(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Two classes of 60 rows, cut in halves. Which half of a class goes where: one of 1e17 ways."""

    def find(first: Any) -> dict[str, Any]:
        one, other = sorted(rows_of(first[0])), sorted(rows_of(raw["other"][0]))
        half = list(range(30))
        early = one[:30] == half or one[30:] == [60 + row for row in half]
        return {**draws(raw), **dict(zip(CHOSEN, (one != other, early), strict=True))}

    return told(raw["first"], find, (*DRAWS, *CHOSEN))


def stratified_edges(raw: Any, inputs: Any, secrets: Any) -> Any:
    cases = shares(raw["parts"], inputs, secrets)
    for where, parts in raw["parts"].items():
        cases[where][FORM] = isinstance(parts, list | tuple) and all(map(is_index_array, parts))
    return {**cases, **sums(raw), AFTERWARDS: raw[AFTERWARDS]}
