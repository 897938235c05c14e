"""Mistakes in k_fold."""

from __future__ import annotations

from autograder.api import Bank

KEY = "k_fold"
CUT = "folds = np.array_split(rng.permutation(n), k)"
TRAIN = "np.concatenate(folds[:i] + folds[i + 1 :])"
PAIR = f"({TRAIN}, folds[i])"


def declare(bank: Bank) -> None:
    _rows(bank)
    _sizes(bank)
    _chance(bank)


def _rows(bank: Bank) -> None:
    bank.edit(
        KEY,
        "shuffled_for_every_fold",
        "Every fold comes from a shuffle of its own, so the validation folds overlap and some rows "
        "are never validated on. Shuffle once, then cut into k folds.",
        (
            f"return [{PAIR} for i in range(k)]",
            "size = [len(fold) for fold in folds]\n"
            "    orders = [rng.permutation(n) for _ in range(k)]\n"
            "    return [(o[s:], o[:s]) for o, s in zip(orders, size)]",
        ),
        source="scikit-learn, ShuffleSplit",
        about="anything",
    )
    bank.edit(
        KEY,
        "trained_on_all_rows",
        "Every training set holds all rows, those of its validation fold too, so each model has "
        "seen what it is measured on. Leave the fold out.",
        (TRAIN, "np.concatenate(folds)"),
        about="anything",
    )
    bank.edit(
        KEY,
        "train_and_val_swapped",
        "The pairs are the wrong way round: the model trains on one fold and is validated on all "
        "others. The large array comes first, the fold second.",
        (PAIR, f"(folds[i], {TRAIN})"),
        about="anything",
    )
    bank.edit(
        KEY,
        "trained_on_earlier_folds",
        "Training uses only the folds before the one for validation, as for a series in time. In "
        "k-fold all other folds train, those after it too.",
        (TRAIN, "np.concatenate(folds[:i] or folds[1:])"),
        source="scikit-learn, TimeSeriesSplit",
        about="anything",
    )
    bank.edit(
        KEY,
        "trained_on_the_next_fold",
        "Each model trains on a single other fold, and most rows are left unused. All folds but "
        "the one for validation train: concatenate them.",
        (TRAIN, "folds[(i + 1) % k].copy()"),
        about="anything",
    )


def _sizes(bank: Bank) -> None:
    bank.edit(
        KEY,
        "rest_dropped",
        "All folds have n // k rows, and the rows that are left are never validated on. Sizes may "
        "differ by one, so that every row has a fold.",
        (CUT, "order = rng.permutation(n)[: n // k * k]\n    folds = np.split(order, k)"),
    )
    bank.edit(
        KEY,
        "last_fold_takes_the_rest",
        "All folds have n // k rows but the last, which takes everything that is left, up to k - 1 "
        "rows more. Spread the rest: sizes differ by at most one.",
        (
            CUT,
            "order = rng.permutation(n)\n"
            "    folds = np.split(order, [i * (n // k) for i in range(1, k)])",
        ),
    )
    bank.edit(
        KEY,
        "rest_always_in_training",
        "The rows that do not fit into k equal folds train every time and validate never. Every "
        "row is validated on once: some folds have one row more.",
        (CUT, "order = rng.permutation(n)\n    folds = np.split(order[: n // k * k], k)"),
        (TRAIN, "np.concatenate([*folds[:i], *folds[i + 1 :], order[n // k * k :]])"),
        source="d2l-en, kaggle-house-price.md, k_fold_data",
    )
    bank.edit(
        KEY,
        "folds_of_size_k",
        "The rows are cut into folds of k rows. k is the number of folds, and a fold has about n "
        "/ k rows.",
        (
            CUT,
            "order = rng.permutation(n)\n"
            "    folds = [order[i : i + k] for i in range(0, n, k)]\n    k = len(folds)",
        ),
        (TRAIN, "np.concatenate([order[:0], *folds[:i], *folds[i + 1 :]])"),
        about="anything",
    )


def _chance(bank: Bank) -> None:
    bank.edit(
        KEY,
        "not_shuffled",
        "Each fold is one stretch of the file. Where the file is sorted by class, a fold holds "
        "classes that its training rows lack: shuffle before you cut.",
        ("rng.permutation(n)", "np.arange(n)"),
        source="scikit-learn, KFold (shuffle=False by default)",
        about="anything",
    )
    bank.edit(
        KEY,
        "every_kth_row",
        "Fold i holds the rows i, i + k, i + 2k and so on, the same for every rng. A pattern in "
        "the file is a pattern in the folds: shuffle the rows first.",
        (CUT, "folds = [np.arange(i, n, k) for i in range(k)]"),
        about="anything",
    )
    bank.edit(
        KEY,
        "shuffled_within_folds",
        "Each fold is one stretch of the file, shuffled only inside. Which rows share a fold has "
        "to be decided by lot: shuffle all rows, then cut.",
        (CUT, "folds = [rng.permutation(fold) for fold in np.array_split(np.arange(n), k)]"),
        about="anything",
    )
    bank.edit(
        KEY,
        "own_generator",
        "A generator with a seed of its own is made inside, so the folds are the same for every "
        "rng that is handed in. Draw from the rng that you were given.",
        ("rng.permutation(n)", "np.random.default_rng(0).permutation(n)"),
        about="anything",
    )
    bank.edit(
        KEY,
        "global_random_state",
        "The shuffle comes from NumPy's global state, and the rng that was handed in is not used: "
        "the same seed gives other folds each time. Call a method of rng.",
        ("rng.permutation(n)", "np.random.permutation(n)"),
        about="anything",
    )
