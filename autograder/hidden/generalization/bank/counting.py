"""Mistakes in confusion_matrix and accuracy."""

from __future__ import annotations

from autograder.api import Bank

MATRIX, SHARE = "confusion_matrix", "accuracy"
ZEROS = "counts = np.zeros((n_classes, n_classes), dtype=np.int64)"
ADD = "np.add.at(counts, (targets, predictions), 1)"
RETURN = "return counts"
RIGHT = "np.argmax(logits, axis=1) == targets"


def declare(bank: Bank) -> None:
    _matrix(bank)
    _accuracy(bank)


def _matrix(bank: Bank) -> None:
    bank.edit(
        MATRIX,
        "transposed",
        "The rows are predictions and the columns are targets: other books draw it that way. Here "
        "the row is the true class, and the column what it was called.",
        ("(targets, predictions)", "(predictions, targets)"),
    )
    bank.edit(
        MATRIX,
        "repeats_counted_once",
        "A pair that comes many times counts once: += with arrays of indices adds 1 to each place, "
        "however often it is named. Count the repeats.",
        (ADD, "counts[targets, predictions] += 1"),
        source="NumPy manual, ufunc.at",
        about="anything",
    )
    bank.edit(
        MATRIX,
        "as_shares_of_a_row",
        "Each row is divided by its sum, so that the table holds shares. Here it holds counts, as "
        "int64.",
        (RETURN, "return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)"),
        source="scikit-learn, confusion_matrix(normalize='true')",
        about="anything",
    )
    bank.edit(
        MATRIX,
        "floats",
        "The counts are floats. A count is a whole number: give the zeros the dtype int64.",
        (ZEROS, "counts = np.zeros((n_classes, n_classes))"),
        about="anything",
    )
    bank.edit(
        MATRIX,
        "only_classes_that_occur",
        "Classes that never occur have no row and column, so the places of the others shift. The "
        "shape is (n_classes, n_classes), whatever the data hold.",
        (
            ZEROS,
            "seen, both = np.unique(np.concatenate([targets, predictions]), return_inverse=True)\n"
            "    targets, predictions = both[: len(targets)], both[len(targets) :]\n"
            "    counts = np.zeros((len(seen), len(seen)), dtype=np.int64)",
        ),
        source="scikit-learn, confusion_matrix (without labels)",
        about="anything",
    )
    bank.edit(
        MATRIX,
        "up_to_the_largest_class",
        "The size of the table comes from the largest class in the data, so it is too small where "
        "the last classes never occur. Use n_classes.",
        (
            ZEROS,
            "size = int(max(targets.max(initial=0), predictions.max(initial=0))) + 1\n"
            "    counts = np.zeros((size, size), dtype=np.int64)",
        ),
        source="tf.math.confusion_matrix (without num_classes)",
        about="anything",
    )
    bank.edit(
        MATRIX,
        "mistakes_only",
        "The diagonal stays 0: only mistakes are counted. What is right belongs into the table as "
        "well, on the diagonal.",
        (RETURN, "np.fill_diagonal(counts, 0)\n    return counts"),
        about="anything",
    )
    bank.edit(
        MATRIX,
        "right_ones_only",
        "Only examples that are right are counted, on the diagonal. The others belong into the "
        "column of the class that they were taken for.",
        (ADD, "np.add.at(counts, (targets, targets), targets == predictions)"),
        about="anything",
    )
    bank.edit(
        MATRIX,
        "made_symmetric",
        "Every mistake is counted in both directions, so the table is symmetric. A shirt called a "
        "coat is not a coat called a shirt.",
        (
            ADD,
            "np.add.at(counts, (targets, predictions), 1)\n"
            "    off = targets != predictions\n"
            "    np.add.at(counts, (predictions[off], targets[off]), 1)",
        ),
    )


def _accuracy(bank: Bank) -> None:
    bank.edit(
        SHARE,
        "percent",
        "The accuracy is in percent. Here it is a share, from 0 to 1.",
        ("float(np.mean(", "100 * float(np.mean("),
    )
    bank.edit(
        SHARE,
        "count_of_right_rows",
        "This is how many rows are right, not which share of them. Divide by the number of rows, "
        "or take the mean.",
        ("np.mean(", "np.sum("),
    )
    bank.edit(
        SHARE,
        "error_rate",
        "This is the share of rows that are wrong, one minus the accuracy. Compare for equality.",
        (RIGHT, "np.argmax(logits, axis=1) != targets"),
    )
    bank.edit(
        SHARE,
        "best_row_of_each_class",
        "argmax runs along the rows and finds the best row of each class. It has to run along the "
        "classes: the last axis.",
        (RIGHT, "np.argmax(logits, axis=0) == targets"),
        about="anything",
    )
    bank.edit(
        SHARE,
        "smallest_logit",
        "The class with the smallest logit is chosen. The largest logit is the model's choice, "
        "also where all are below 0.",
        ("np.argmax", "np.argmin"),
    )
    bank.edit(
        SHARE,
        "positive_logit",
        "A row counts as right if the logit of its target is above 0. What counts is whether it is "
        "the largest of its row.",
        (RIGHT, "logits[np.arange(len(targets)), targets] > 0"),
    )
    bank.edit(
        SHARE,
        "mean_probability",
        "This is the mean probability of the targets, which rewards confidence. The accuracy "
        "counts rows whose largest logit is at the target.",
        (
            f"float(np.mean({RIGHT}))",
            "float(np.mean([np.exp(z - z.max())[t] / np.exp(z - z.max()).sum() "
            "for z, t in zip(logits, targets)]))",
        ),
    )
    bank.edit(
        SHARE,
        "divided_by_classes",
        "The number of right rows is divided by the number of logits, rows times classes. Each row "
        "counts once.",
        ("float(np.mean(" + RIGHT + "))", "float(np.sum(" + RIGHT + ") / logits.size)"),
    )
    bank.edit(
        SHARE,
        "one_class_too_low",
        "The index of the largest logit is compared with the target minus 1, as if classes were "
        "counted from 1. Both count from 0.",
        (RIGHT, "np.argmax(logits, axis=1) == targets - 1"),
    )
