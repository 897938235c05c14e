"""Mistakes in confusion_matrix and accuracy."""

from functools import partial
from typing import Any

from autograder.api import Bank
from autograder.hidden.generalization.bank.forms import as_floats

bank = Bank()
confusion = bank.exercise("confusion_matrix")
accuracy = bank.exercise("accuracy")
mistake = partial(confusion.edit, about="anything")  # not seen in numbers


@confusion.observe("counts", "missing", "few")
def counts(raw: Any, inputs: Any, secrets: Any) -> Any:
    return {where: {"counts": as_floats(seen["counts"])} for where, seen in raw.items()}


ZEROS = "counts = np.zeros((n_classes, n_classes), dtype=np.int64)"
WHERE = "(targets, predictions)"
ADD = f"np.add.at(counts, {WHERE}, 1)"
RETURN = "return counts"
SHAPE = "np.zeros((n_classes, n_classes)"
OF_TARGETS = (
    "An index runs past the end of the table, which is too small where a class is only predicted, "
    "or never occurs. Its size is n_classes, whatever the targets hold."
)

confusion.edit(
    "transposed",
    "The rows are predictions and the columns are targets: other books draw it that way. Here the "
    "row is the true class, and the column what it was called.",
    (WHERE, "(predictions, targets)"),
)
mistake(
    "repeats_counted_once",
    "A pair that comes many times counts once: += with arrays of indices adds 1 to each place, "
    "however often it is named. Count the repeats.",
    ("np.add.at(counts, ", "counts["),
    (", 1)", "] += 1"),
    source="NumPy manual, ufunc.at",
)
mistake(
    "as_shares_of_a_row",
    "Each row is divided by its sum, so the table holds shares. Here it holds counts, as int64.",
    (RETURN, "return counts / counts.sum(axis=1, keepdims=True)"),
    source="scikit-learn, confusion_matrix(normalize='true')",
)
mistake(
    "as_shares_of_all",
    "Every count is divided by the number of examples, so the table holds shares. Here it holds "
    "counts, as int64.",
    (RETURN, "return counts / len(targets)"),
    source="scikit-learn, confusion_matrix(normalize='all')",
)
mistake(
    "floats",
    "The counts are floats. A count is a whole number: give the zeros the dtype int64.",
    (", dtype=np.int64", ""),
)
mistake(
    "only_classes_that_occur",
    "Classes that never occur have no row and column, so the places of the others shift. The shape "
    "is (n_classes, n_classes), whatever the data hold.",
    (
        ZEROS,
        "seen, both = np.unique(np.concatenate([targets, predictions]), return_inverse=True)\n"
        "    targets, predictions = both[: len(targets)], both[len(targets) :]\n"
        "    counts = np.zeros((len(seen), len(seen)), dtype=np.int64)",
    ),
    source="scikit-learn, confusion_matrix (without labels)",
)
mistake(
    "classes_of_the_targets_only",
    OF_TARGETS,
    (SHAPE, "np.zeros((len(np.unique(targets)),) * 2"),
)
mistake("largest_target", OF_TARGETS, (SHAPE, "np.zeros((max(targets) + 1,) * 2"))
mistake(
    "bincount_too_short",
    "Where the last classes don't occur there are too few counts for a square, and no reshape can "
    "make one: np.bincount ends at the largest pair that occurs. Say how many by minlength.",
    (ADD, "counts = np.bincount(n_classes * targets + predictions).reshape(n_classes, n_classes)"),
)
confusion.by_exceptions("classes_of_the_targets_only", "largest_target", "bincount_too_short")
mistake(
    "up_to_the_largest_class",
    "The size of the table comes from the largest class in the data, so it is too small where the "
    "last classes never occur. Use n_classes.",
    (SHAPE, "np.zeros((max(*targets, *predictions) + 1,) * 2"),
    source="tf.math.confusion_matrix (without num_classes)",
)
mistake(
    "two_classes_only",
    "This is the table of two classes, right and wrong positives and negatives. With more classes "
    "it has a row and a column for each: n_classes of them.",
    (
        RETURN,
        "return np.array([[np.sum((targets == i) & (predictions == j)) for j in (0, 1)] for i in "
        "(0, 1)])",
    ),
)
mistake(
    "mistakes_only",
    "The diagonal stays 0: only mistakes are counted. What is right belongs in the table as well, "
    "on the diagonal.",
    (RETURN, "np.fill_diagonal(counts, 0)\n    return counts"),
)
mistake(
    "right_ones_only",
    "Only examples that are right are counted, on the diagonal. The others belong in the column of "
    "the class that they were taken for.",
    (ADD, "np.add.at(counts, (targets, targets), targets == predictions)"),
)
confusion.edit(
    "made_symmetric",
    "Every mistake is counted in both directions, so the table is symmetric. A shirt called a coat "
    "is not a coat called a shirt.",
    (
        RETURN,
        "return counts + (counts * (1 - np.eye(n_classes, dtype=int))).T",
    ),
)

RIGHT = "np.argmax(logits, axis=1) == targets"

accuracy.edit(
    "percent",
    "The accuracy is in percent. Here it is a share, from 0 to 1.",
    ("float(np.mean(", "100 * float(np.mean("),
)
accuracy.edit(
    "rounded",
    "The share is rounded to two digits, so two models that differ by a few rows look the same. "
    "Return it as it is, and round where you print.",
    ("float(np.mean(", "round(float(np.mean("),
    ("== targets))", "== targets)), 2)"),
)
accuracy.edit(
    "count_of_right_rows",
    "This is how many rows are right, not which share of them. Divide by the number of rows, or "
    "take the mean.",
    ("np.mean(", "np.sum("),
)
accuracy.edit(
    "error_rate",
    "This is the share of rows that are wrong, one minus the accuracy. Compare for equality.",
    (" == targets", " != targets"),
)
accuracy.edit(
    "best_row_of_each_class",
    "argmax runs along the rows and finds the best row of each class. It has to run along the "
    "classes: the last axis.",
    ("axis=1", "axis=0"),
    about="anything",
)
accuracy.edit(
    "best_of_the_whole_table",
    "argmax without an axis gives one index into the whole table, the same for every row. It has "
    "to run along the classes, the last axis.",
    (", axis=1", ""),
    about="anything",
)
accuracy.edit(
    "smallest_logit",
    "The class with the smallest logit is chosen. The largest logit is the model's choice, even "
    "where all are below 0.",
    ("np.argmax", "np.argmin"),
)
accuracy.edit(
    "positive_logit",
    "A row counts as right if the logit of its target is above 0. What counts is whether it is the "
    "largest of its row.",
    (RIGHT, "logits[np.arange(len(targets)), targets] > 0"),
)
accuracy.edit(
    "softmax_overflows",
    "The class is chosen by probabilities whose exp overflows, so large logits become nan. Softmax "
    "doesn't change which is largest: compare the logits themselves.",
    (
        RIGHT,
        "np.argmax(np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True), axis=1) == targets",
    ),
    about="anything",
)
accuracy.edit(
    "mean_probability",
    "This is the mean probability of the targets, which rewards confidence. The accuracy counts "
    "rows whose largest logit is at the target.",
    (
        RIGHT,
        "[np.exp(z - z.max())[t] / np.exp(z - z.max()).sum() for z, t in zip(logits, targets)]",
    ),
)
accuracy.edit(
    "divided_by_classes",
    "The number of right rows is divided by the number of logits, rows times classes. Each row "
    "counts once.",
    (f"np.mean({RIGHT})", f"np.sum({RIGHT}) / logits.size"),
)
accuracy.edit(
    "one_class_too_low",
    "The index of the largest logit is compared with the target minus 1, as if classes were "
    "counted from 1. Both count from 0.",
    ("== targets", "== targets - 1"),
)
accuracy.edit(
    "whole_division",
    "The share is cut to a whole number, by // or int, so it is 0 unless every row is right. "
    "Divide with /, and leave the result a float.",
    (f"np.mean({RIGHT})", f"np.sum({RIGHT}) // len(targets)"),
    about="anything",
)
