"""Mistakes that the losses with a reduction share."""

from autograder.api import Bank

bank = Bank()

ARGUMENTS = {
    "mse": "pred, target",
    "mae": "pred, target",
    "huber": "pred, target, delta",
    "smooth_l1": "pred, target, beta",
    "cross_entropy": "logits, targets",
    "cross_entropy_one_hot": "logits, target_probs",
    "bce_with_logits": "logits, targets",
}
EVERY = tuple(ARGUMENTS)
OF_ROWS = ("cross_entropy", "cross_entropy_one_hot")
OF_ELEMENTS = tuple(key for key in EVERY if key not in OF_ROWS)
LAST = "return reduce_losses("

# What happens to the word, by name and line.
WORDS = {
    ("unknown_means_mean", 'reduction = reduction if reduction in ("none", "sum") else "mean"'): (
        "A reduction that is none of the three falls through to the mean, so a misspelt word is "
        "never noticed. The last case is a ValueError."
    ),
    ("unknown_means_none", 'reduction = reduction if reduction in ("mean", "sum") else "none"'): (
        "A reduction that is none of the three falls through, and the losses come back as they "
        "are. The last case is a ValueError."
    ),
    (
        "unknown_gives_nothing",
        'if reduction not in ("none", "mean", "sum"):\n        return None',
    ): (
        "A reduction that is none of the three matches no case, and the function ends without a "
        "return: None comes back. The last case is a ValueError."
    ),
    ("looked_up_in_a_dict", '{"none": 0, "mean": 0, "sum": 0}[reduction]'): (
        "An unknown reduction is looked up in a dict and raises KeyError. The contract asks for "
        "ValueError: test for the word first, or catch the error."
    ),
    ("reduction_asserted", 'assert reduction in ("none", "mean", "sum")'): (
        "An unknown reduction raises AssertionError. An assert disappears under `python -O`, and "
        "the contract asks for ValueError: raise it where the word is none of the three."
    ),
    ("none_forgotten", 'reduction = "mean" if reduction == "none" else reduction'): (
        'The mean comes back for reduction="none" as well. There the losses stay apart, one for '
        "each, in an array."
    ),
}
# What the mean is, by name, the losses that it is thinkable for, and formula.
MEANS = {
    ("mean_not_divided", EVERY, "{total}"): (
        "The mean is the sum: it isn't divided by how many losses there are, so it grows with the "
        "batch, and the learning rate would have to shrink."
    ),
    ("averaged_over_classes_too", OF_ROWS, "{total} / {first}.size"): (
        "The sum is divided by the number of all logits. There is one surprise for each row, so "
        "the mean is over the rows."
    ),
    ("averaged_over_rows_only", OF_ELEMENTS, "{total} / len({first})"): (
        "The sum is divided by the number of rows. The mean is over all elements: for a table, "
        "rows times columns."
    ),
    ("averaged_along_the_first_axis", OF_ELEMENTS, "np.mean({each}, axis=0)"): (
        "The mean runs along the first axis only, so a table leaves one number for each column. "
        "Without an axis, the mean is over all elements."
    ),
    ("averaged_along_the_last_axis", OF_ELEMENTS, "np.mean({each}, axis=-1)"): (
        "The mean runs along the last axis only, so a table leaves one number for each row. "
        "Without an axis, the mean is over all elements."
    ),
}

for key, arguments in ARGUMENTS.items():
    loss = bank.exercise(key)
    for (name, line), text in WORDS.items():
        loss.edit(name, text, (LAST, f"{line}\n    {LAST}"), about="anything")
    parts = {
        "first": arguments.split(",")[0],
        "total": f'{key}({arguments}, reduction="sum")',
        "each": f'{key}({arguments}, reduction="none")',
    }
    for (name, keys, mean), text in MEANS.items():
        if key in keys:
            line = f'if reduction == "mean":\n        return {mean.format(**parts)}'
            edit = (LAST, f"{line}\n    {LAST}")
            loss.edit(name, text, edit, about="anything" if "axis" in mean else "values")
