"""Mistakes in stratified_split, and what all right answers share: which rows go where is drawn."""

from functools import partial
from typing import Any

import numpy as np

from autograder.api import EXACT, Bank, equal
from autograder.hidden.generalization.bank import forms
from autograder.hidden.generalization.bank.splitting import ONCE, once

bank = Bank()
stratified = bank.exercise("stratified_split")
mistake = partial(stratified.edit, about="anything")  # not seen in numbers


def distances(parts: Any, labels: Any, fractions: Any) -> Any:
    """By class and part, how far its count is from its share, with its sign."""
    far = []
    for label in np.unique(labels):
        members = set(np.flatnonzero(labels == label).tolist())
        found = [sum(row in members for row in forms.rows_of(part)) for part in parts]
        far.append([n - f * len(members) for n, f in zip(found, fractions, strict=True)])
    return np.array(far)


@forms.features(
    "the distance of a class from its share in a part, where it is more than one row,",
    *ONCE,
    "holding each class to within one row of its share",
)
def shares_of(several: Any, labels: Any, fractions: Any) -> Any:
    """Of splits with some seeds. Where all have the same counts, the distances are shown, for they
    do not depend on a draw."""
    whole = [once(parts, len(labels)) for parts in several]
    far = [distances(parts, labels, fractions) for parts in several]
    off = [np.where(np.abs(one) > 1 + 1e-9, one, 0.0).round(9) for one in far]
    fixed = all(equal(one, far[0], EXACT) for one in far)
    right = not any(one.any() for one in off)
    held, twice, strange = zip(*whole, strict=True)
    return off[0] if fixed or right else None, all(held), any(twice), any(strange), right


@forms.features(
    "putting other rows into a part with another seed",
    "putting the first rows of a class into the first part",
)
def chosen(both: Any) -> Any:
    """Two classes of 60 rows, cut in halves. Which half of a class goes where: one of 1e17 ways."""
    first, other = (sorted(forms.rows_of(parts[0])) for parts in both)
    half = list(range(30))
    return first != other, first[:30] == half or first[30:] == [60 + row for row in half]


stratified.observe("shares", "any_labels", "edges")(forms.by_case(shares_of))
stratified.observe("chance")(forms.drawn(chosen))
stratified.observe("refuses")(
    forms.refusals(lambda right, *case: shares_of([right["parts"]], *case))
)
stratified.observe("pure")(
    forms.kept(lambda parts, *case: shares_of([parts], *case), forms.index_arrays)
)

LABELS = "labels = np.asarray(labels)"
LOOP = "for label in np.unique(labels):"
ROWS = "rows = np.flatnonzero(labels == label)"
CUT = "split(len(rows), fractions, rng)"
END = "rng.permutation(np.concatenate(piece))"


def cut_at(places: str, taken: str = "") -> tuple[tuple[str, str], ...]:
    """The rows of a class cut at places of one's own, sums checked as before."""
    return (
        (CUT, f"np.split(rng.permutation(len(rows)), {places}){taken}"),
        (LABELS, f"{LABELS}\n    split(0, fractions, rng)"),
    )


mistake(
    "classes_ignored",
    "How many rows of a class a part gets is left to chance, as in a plain split, so a rare class "
    "may be missing from one. Split the rows of every class separately, by the labels as they "
    "come.",
    (LABELS, "return split(len(labels), fractions, rng)"),
)
mistake(
    "classes_from_0_on",
    "The classes are taken to be 0, 1, 2 and so on up to their number, so rows with other labels "
    "are in no part. Let np.unique say which labels there are.",
    (LOOP, "for label in range(len(np.unique(labels))):"),
)
mistake(
    "classes_up_to_the_largest",
    "The loop runs over whole numbers up to the largest label: negative labels are left out, and "
    "strings have no largest number. Let np.unique say which labels there are.",
    (LOOP, "for label in range(int(labels.max()) + 1):"),
)
mistake(
    "numbers_within_the_class",
    "The numbers from the inner split are used as row numbers. They count rows within one class: "
    "index the rows of that class with them.",
    ("rows[chosen]", "chosen"),
)
mistake(
    "first_rows_of_each_class",
    "The first rows of every class go to the first part, in the order of the file, whatever the "
    "rng. Shuffle the rows of a class before they are cut.",
    (CUT, f"np.split(np.arange(len(rows)), np.cumsum([len(one) for one in {CUT}])[:-1])"),
    (END, "np.concatenate(piece)"),
)
mistake(
    "last_takes_the_rest",
    "In every class each part is rounded down and the last takes the rest, so the last part is too "
    "large in all of them. Cut each class by largest remainder.",
    *cut_at("np.cumsum([int(f * len(rows)) for f in fractions])[:-1]"),
)
mistake(
    "each_rounded",
    "In every class each part is rounded on its own and the last takes the rest, so the errors add "
    "up in the last part: over one row with four parts. Cut each class by largest remainder.",
    *cut_at("np.cumsum([round(f * len(rows)) for f in fractions])[:-1]"),
)
mistake(
    "rest_dropped",
    "In every class each part is rounded down, and the rows left over are in no part at all. Every "
    "row has a place: hand the rest out by largest remainder.",
    *cut_at("np.cumsum([int(f * len(rows)) for f in fractions])", "[:-1]"),
)
mistake(
    "equal_counts",
    "Every class gives as many rows to a part as every other. Stratified means the same fraction "
    "of each class, so that large classes stay large.",
    (
        ROWS,
        ROWS + "\n        least = min(int(np.sum(labels == one)) for one in np.unique(labels))"
        "\n        pieces[0].append(rows[least:])\n        rows = rows[:least]",
    ),
)
mistake(
    "sum_not_checked",
    "Fractions that do not sum to 1 are accepted: the inner cut gets them rescaled. Check the sum "
    "first, and raise ValueError.",
    (LABELS, f"{LABELS}\n    fractions = [f / sum(fractions) for f in fractions]"),
)
mistake(
    "classes_of_one_left_out",
    "Classes of a single row are skipped, so their rows are in no part. Every row has a place: one "
    "row goes to the part with the largest remainder.",
    (ROWS, ROWS + "\n        if len(rows) < 2:\n            continue"),
)
forms.declare_strangers(mistake, "same_shuffle_in_every_class", "pieces = ")
