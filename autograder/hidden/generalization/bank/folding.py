"""Mistakes in k_fold, and what all right answers share: which rows share a fold is drawn."""

from functools import partial
from typing import Any

from autograder.api import Bank
from autograder.hidden.generalization.bank import forms

bank = Bank()
k_fold = bank.exercise("k_fold")
mistake = partial(k_fold.edit, about="anything")  # not seen in numbers


@forms.features("the number of folds", "validation sizes in ascending order")
def sizes_of(folds: Any, n: int, k: int) -> Any:
    vals = sorted(len(forms.rows_of(val)) for _, val in folds)
    return forms.count(len(folds)), list(map(forms.count, vals))


@forms.features(
    "validating on every row",
    "validating on a row twice",
    "training on rows of the validation fold",
    "training on all rows outside the fold",
    "training on a row twice",
    "training sizes in ascending order",
    "using a number that is no row",
)
def rows_in(folds: Any, n: int, k: int) -> Any:
    pairs = [(forms.rows_of(train), forms.rows_of(val)) for train, val in folds]
    validated = [row for _, val in pairs for row in val]
    every = set(range(n))
    return (
        set(validated) >= every,
        len(validated) != len(set(validated)),
        any(set(t) & set(v) for t, v in pairs),
        all(set(t) >= every - set(v) for t, v in pairs),
        any(len(t) != len(set(t)) for t, _ in pairs),
        [forms.count(size) for size in sorted(len(train) for train, _ in pairs)],
        not all(set(t) | set(v) <= every for t, v in pairs),
    )


@forms.features(
    "sharing out the rows otherwise with another seed",
    "having a fold that is one stretch of the file",
    "having a fold of every third row",
)
def shuffled(both: Any) -> Any:
    """60 rows in folds of 20. By chance: a fold is one stretch 41 times in 4e15, every third row 3
    times in 4e15."""
    vals, other = ([sorted(forms.rows_of(val)) for _, val in folds] for folds in both)
    strided = [list(range(start, 60, 3)) for start in range(3)]
    return (
        sorted(vals) != sorted(other),
        any(map(forms.is_run, vals)),
        any(v in strided for v in vals),
    )


k_fold.observe("sizes")(forms.by_case(sizes_of))
k_fold.observe("disjoint")(forms.by_case(rows_in))
k_fold.observe("edges")(forms.by_case(sizes_of, rows_in))
k_fold.observe("chance")(forms.drawn(shuffled))
k_fold.observe("pure")(forms.kept(sizes_of, rows_in, forms.index_arrays))

TRAIN = "np.concatenate(folds[:i] + folds[i + 1 :])"
VAL = ", folds[i]) for"

mistake(
    "shuffled_for_every_fold",
    "Every fold comes from a shuffle of its own, so the validation folds overlap and some rows are "
    "never validated on. Shuffle once, then cut into k folds.",
    (
        f"return [({TRAIN}{VAL} i in range(k)]",
        "orders = [rng.permutation(n) for _ in range(k)]\n"
        "    return [(o[len(f) :], o[: len(f)]) for o, f in zip(orders, folds)]",
    ),
    source="scikit-learn, ShuffleSplit",
)
mistake(
    "trained_on_all_rows",
    "Every training set holds all rows, those of its validation fold too, so each model has seen "
    "what it is measured on. Leave the fold out.",
    (TRAIN, "np.concatenate(folds)"),
)
mistake(
    "train_and_val_swapped",
    "The pairs are the wrong way round: the model trains on one fold and is validated on all "
    "others. The large array comes first, the fold second.",
    ("return [(", "return [(val, train) for train, val in [("),
    (" in range(k)]", " in range(k)]]"),
)
mistake(
    "trained_on_earlier_folds",
    "Training uses only the folds before the one for validation, as for a series in time. In "
    "k-fold all other folds train, those after it too.",
    (TRAIN, "np.concatenate(folds[:i] or folds[1:])"),
    source="scikit-learn, TimeSeriesSplit",
)
mistake(
    "trained_on_the_next_fold",
    "Each model trains on a single other fold, and most rows are left unused. All folds but the "
    "one for validation train: concatenate them.",
    (TRAIN, "folds[(i + 1) % k].copy()"),
)
mistake(
    "rows_taken_for_positions",
    "The fold is removed from the shuffled rows by position, but a fold holds row numbers: other "
    "rows go, and rows of the fold stay in training. Compare values, or join the other folds.",
    (TRAIN, "np.delete(np.concatenate(folds), folds[i])"),
)

DRAW, CUT = "rng.permutation", "), k)"

k_fold.edit(
    "rest_dropped",
    "All folds have n // k rows, and the rows left over are never validated on. Sizes may differ "
    "by one, so that every row has a fold.",
    (CUT, ")[: n // k * k], k)"),
)
k_fold.edit(
    "last_fold_takes_the_rest",
    "All folds have n // k rows but the last, which takes everything left over, up to k - 1 rows "
    "more. Spread the rest: sizes differ by at most one.",
    (CUT, "), [i * (n // k) for i in range(1, k)])"),
)
k_fold.edit(
    "sizes_rounded_up",
    "Every fold has n / k rows, rounded up, until none are left, so the last one is short or even "
    "empty. Spread the rest: sizes differ by at most one.",
    (CUT, "), [i * -(-n // k) for i in range(1, k)])"),
)
k_fold.edit(
    "rest_always_in_training",
    "The rows that do not fit into k equal folds train every time and validate never. Every row is "
    "validated on once: some folds have one row more.",
    (CUT, ")[: n // k * k], k)"),
    (TRAIN, "np.setdiff1d(np.arange(n), folds[i])"),
    source="d2l-en, kaggle-house-price.md, k_fold_data",
)
mistake(
    "folds_of_size_k",
    "The rows are cut into folds of k rows. k is the number of folds, and a fold has about n / k "
    "rows.",
    (CUT, "), range(k, n, k))"),
    (TRAIN, "np.setdiff1d(np.arange(n), folds[i])"),
    ("range(k)", "range(len(folds))"),
)
k_fold.edit(
    "one_fold_missing",
    "One of the k folds never validates: the loop ends one fold early, and its rows only train. "
    "There are k pairs, one for each fold.",
    ("range(k)", "range(k - 1)"),
)

mistake(
    "not_shuffled",
    "Each fold is one stretch of the file. Where the file is sorted by class, a fold holds classes "
    "that its training rows lack: shuffle before you cut.",
    (DRAW, "np.arange"),
    source="scikit-learn, KFold (shuffle=False by default)",
)
mistake(
    "every_kth_row",
    "Fold i holds the rows i, i + k, i + 2k and so on, the same for every rng. A pattern in the "
    "file is a pattern in the folds: shuffle the rows first.",
    ("np.array_split(rng.permutation(n), k)", "[np.arange(i, n, k) for i in range(0, k)]"),
)
mistake(
    "shuffled_within_folds",
    "Each fold is one stretch of the file, shuffled only inside. Which rows share a fold has to be "
    "random: shuffle all rows, then cut.",
    (
        "np.array_split(rng.permutation(n), k)",
        "[rng.permutation(fold) for fold in np.array_split(np.arange(n), k)]",
    ),
)
forms.declare_strangers(mistake, "own_generator", "folds = ")
