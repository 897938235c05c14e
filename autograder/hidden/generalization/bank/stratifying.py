"""Mistakes in stratified_split."""

from __future__ import annotations

from autograder.api import Bank

KEY = "stratified_split"
LOOP = "for label in np.unique(labels):"
ROWS = "rows = np.flatnonzero(labels == label)"
CUT = "split(len(rows), fractions, rng)"
END = "return [rng.permutation(np.concatenate(piece)) for piece in pieces]"


def declare(bank: Bank) -> None:
    bank.edit(
        KEY,
        "classes_ignored",
        "This is a plain split: the labels are never looked at, and a rare class may be missing "
        "from a part. Split the rows of every class by themselves.",
        ("labels = np.asarray(labels)", "return split(len(labels), fractions, rng)"),
        about="anything",
    )
    bank.edit(
        KEY,
        "classes_from_0_on",
        "The classes are taken to be 0, 1, 2 and so on up to their number, so rows with other "
        "labels are in no part. Let np.unique say which labels there are.",
        (LOOP, "for label in range(len(np.unique(labels))):"),
        about="anything",
    )
    bank.edit(
        KEY,
        "classes_up_to_the_largest",
        "The loop runs over whole numbers up to the largest label: negative labels are left out, "
        "and strings have no largest number. Let np.unique say which labels there are.",
        (LOOP, "for label in range(int(labels.max()) + 1):"),
        about="anything",
    )
    bank.edit(
        KEY,
        "numbers_within_the_class",
        "The numbers from the inner split are used as row numbers. They count rows within one "
        "class: index the rows of that class with them.",
        ("rows[chosen]", "chosen"),
        about="anything",
    )
    bank.edit(
        KEY,
        "first_rows_of_each_class",
        "The first rows of every class go to the first part, in the order of the file, whatever "
        "the rng. Shuffle the rows of a class before they are cut.",
        (CUT, "[np.sort(one) for one in split(len(rows), fractions, rng)]"),
        (
            "piece.append(rows[chosen])",
            "done = sum(len(one) for one in seen)\n"
            "            seen.append(chosen)\n"
            "            piece.append(rows[done : done + len(chosen)])",
        ),
        (ROWS, ROWS + "\n        seen = []"),
        (END, "return [np.concatenate(piece) for piece in pieces]"),
        about="anything",
    )
    bank.edit(
        KEY,
        "last_takes_the_rest",
        "In every class each part is rounded down and the last takes the rest, so the last part is "
        "too large in all of them. Cut each class by largest remainder.",
        (
            CUT,
            "np.split(rng.permutation(len(rows)), np.cumsum("
            "[int(f * len(rows)) for f in fractions])[:-1])",
        ),
        (
            "labels = np.asarray(labels)",
            "labels = np.asarray(labels)\n    split(0, fractions, rng)",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "equal_counts",
        "Every class gives as many rows to a part as every other. Stratified means the same "
        "fraction of each class, so that large classes stay large.",
        (
            ROWS,
            ROWS + "\n        least = min(int(np.sum(labels == one)) for one in np.unique(labels))"
            "\n        pieces[0].append(rows[least:])\n        rows = rows[:least]",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "same_shuffle_in_every_class",
        "A generator with a seed of its own cuts every class, so the parts are the same for every "
        "rng that is handed in. Pass the rng on.",
        (CUT, "split(len(rows), fractions, np.random.default_rng(0))"),
        (END, "return [np.concatenate(piece) for piece in pieces]"),
        about="anything",
    )
    bank.edit(
        KEY,
        "global_random_state",
        "The rows are shuffled by NumPy's global state: the same seed of rng gives other parts "
        "each time. Draw from the rng that was handed in.",
        (CUT, "split(len(rows), fractions, np.random.default_rng(np.random.randint(2**31)))"),
        (END, "return [np.concatenate(piece) for piece in pieces]"),
        about="anything",
    )
    bank.edit(
        KEY,
        "sum_not_checked",
        "Fractions that do not sum to 1 are accepted: the inner cut gets them rescaled. Check the "
        "sum first, and raise ValueError.",
        (
            "labels = np.asarray(labels)",
            "labels = np.asarray(labels)\n    fractions = [f / sum(fractions) for f in fractions]",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "classes_of_one_left_out",
        "Classes of a single row are skipped, so their rows are in no part. Every row has a place: "
        "one row goes to the part with the largest remainder.",
        (ROWS, ROWS + "\n        if len(rows) < 2:\n            continue"),
        about="anything",
    )
