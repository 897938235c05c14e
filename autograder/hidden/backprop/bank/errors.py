"""Mistakes in relative_error."""

from autograder.api import Bank

bank = Bank()
error = bank.exercise("relative_error")

error.edit(
    "ratio_of_maxima",
    "The largest difference is divided by the largest sum, so one large entry hides a small one "
    "that is wrong. Divide element by element first, then take the maximum.",
    ("np.abs(a - b)", "np.max(np.abs(a - b))"),
    ("np.abs(a) + np.abs(b)", "np.max(np.abs(a) + np.abs(b))"),
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
error.edit(
    "floor_of_1e_8",
    "The floor is 1e-8, as in the code of CS231n. With it, gradients of size 1e-9 always look "
    "right. Here the floor is 1e-12.",
    ("np.maximum(1e-12,", "np.maximum(1e-8,"),
    source="CS231n assignments, rel_error",
)
error.edit(
    "floor_added",
    "The floor is added to the sum of the sizes, which changes every ratio of small numbers. It "
    "is a floor: the larger of the two counts.",
    ("np.maximum(1e-12,", "np.add(1e-12,"),
)
error.edit(
    "no_floor",
    "Nothing keeps the sum of the sizes away from 0, so 0 against 0 is nan, and tiny noise counts "
    "in full. Look at the floor in the formula.",
    ("np.maximum(1e-12,", "np.maximum(0,"),
    about="anything",
)
