"""Mistakes in relative_error."""

from autograder.api import Bank

bank = Bank()
error = bank.exercise("relative_error")

for name, largest in (
    ("ratio_of_maxima", "np.max(np.abs(a) + np.abs(b))"),
    ("maxima_added", "np.max(np.abs(a)) + np.max(np.abs(b))"),
):
    error.edit(
        name,
        "The largest difference is divided by the largest sum, so one large entry hides a small "
        "one that is wrong. Divide element by element first, then take the maximum.",
        ("np.abs(a - b)", "np.max(np.abs(a - b))"),
        ("np.abs(a) + np.abs(b)", largest),
    )
error.edit(
    "ratio_of_norms",
    "This is the ratio of norms, |a - b| / (|a| + |b|), another common check: it weighs all "
    "entries together, and large ones drown small ones. Here the worst single entry counts.",
    ("np.abs(a - b)", "np.linalg.norm(a - b)"),
    ("np.abs(a) + np.abs(b)", "np.linalg.norm(a) + np.linalg.norm(b)"),
    source="Coursera Deep Learning Specialization, Gradient Checking",
)
error.edit(
    "mean_of_ratios",
    "The ratios are averaged, so one wrong entry among a thousand right ones disappears. The "
    "error is the largest ratio: a gradient is as good as its worst entry.",
    ("np.max(ratio)", "np.mean(ratio)"),
)
for name, below, code in (
    ("larger_of_the_two", "the larger of |a| and |b|", "np.maximum(np.abs(a), np.abs(b))"),
    ("mean_of_the_two", "the mean of |a| and |b|", "(np.abs(a) + np.abs(b)) / 2"),
    ("relative_to_one", "|b| alone", "np.abs(b)"),
    ("relative_to_first", "|a| alone", "np.abs(a)"),
    ("size_of_the_sum", "|a + b|", "np.abs(a + b)"),
    ("sum_with_signs", "a + b", "(a + b)"),
):
    error.edit(
        name,
        f"Below the line stands {below}, as in other formulas. Here it is |a| + |b|, which treats "
        "both alike and keeps the error at 1 or below, even where the signs differ.",
        ("np.abs(a) + np.abs(b)", code),
        source="CS231n notes, Gradient checks",
    )
error.edit(
    "signed_difference",
    "The difference keeps its sign, so entries where a is smaller than b count as negative and "
    "never win the maximum. Look at what stands above the line.",
    ("np.abs(a - b)", "(a - b)"),
)
error.edit(
    "absolute_error",
    "This is the absolute difference. Whether 0.001 is much depends on the size of the two "
    "gradients: the difference has to be divided by that.",
    ("/ np.maximum(1e-12, np.abs(a) + np.abs(b))", ""),
    source="CS231n notes, Gradient checks",
)
for name, what, code in (
    (
        "floor_of_1e_8",
        "The floor is 1e-8, so gradients of size 1e-9 always look right",
        "maximum(1e-8,",
    ),
    ("floor_added", "The floor is added, which changes every ratio of small numbers", "add(1e-12,"),
    (
        "no_floor",
        "There is no floor, so 0 against 0 is nan, and noise counts in full",
        "maximum(0,",
    ),
):
    error.edit(
        name,
        f"{what}. Below the line stands the larger of two numbers, for each entry: 1e-12, and the "
        "sum of the two sizes.",
        ("np.maximum(1e-12,", f"np.{code}"),
        source="CS231n assignments, rel_error",
        about="anything",
    )
