"""Mistakes that the losses with a reduction share."""

from itertools import product

from autograder.api import About, Bank

bank = Bank()

OF_ELEMENTS: tuple[str, ...] = ("mse", "mae", "huber", "smooth_l1", "bce_with_logits")
OF_ROWS = ("cross_entropy", "cross_entropy_one_hot")
EVERY = (*OF_ELEMENTS, *OF_ROWS)
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
        "return, so None comes back. The last case is a ValueError."
    ),
    ("looked_up_in_a_dict", '{"none": 0, "mean": 0, "sum": 0}[reduction]'): (
        "An unknown reduction is looked up in a dict and raises KeyError. The contract asks for "
        "ValueError: test for the word first, or catch the error."
    ),
    ("reduction_asserted", 'assert reduction in ("none", "mean", "sum")'): (
        "An unknown reduction raises AssertionError. An assert disappears under `python -O`, and "
        "the contract asks for ValueError: raise it where the word is none of the three."
    ),
    ("reduction_ignored", 'reduction = "mean"'): (
        "The mean comes back whatever the reduction is: the argument is never looked at. It says "
        "mean, sum or none, and any other word is a ValueError."
    ),
    ("reduction_ignored_and_summed", 'reduction = "sum"'): (
        "The sum comes back whatever the reduction is: the argument is never looked at. It says "
        "mean, sum or none, and any other word is a ValueError."
    ),
    ("reduction_ignored_and_kept_apart", 'reduction = "none"'): (
        "The losses come back one by one whatever the reduction is: the argument is never looked "
        "at. It says mean, sum or none, and any other word is a ValueError."
    ),
    ("none_means_sum", 'reduction = "sum" if reduction == "none" else reduction'): (
        'The sum comes back for reduction="none" as well. There the losses stay apart, one for '
        "each, in an array."
    ),
    ("none_forgotten", 'reduction = "mean" if reduction == "none" else reduction'): (
        'The mean comes back for reduction="none" as well. There the losses stay apart, one for '
        "each, in an array."
    ),
}
# What the mean is: by name, the losses where it is thinkable, and the formula.
MEANS = {
    ("mean_not_divided", EVERY, "np.sum(losses)"): (
        "The mean is the sum: it isn't divided by how many losses there are, so it grows with the "
        "batch, and the learning rate would have to shrink."
    ),
    ("averaged_over_classes_too", OF_ROWS, "np.sum(losses) / logits.size"): (
        "The sum is divided by the number of all logits. There is one surprise for each row, so "
        "the mean is over the rows."
    ),
    ("averaged_over_rows_only", OF_ELEMENTS, "np.sum(losses) / len(losses)"): (
        "The sum is divided by the number of rows. The mean is over all elements: for a table, "
        "rows times columns."
    ),
    ("half_over_the_rows", ("mse",), "np.sum(losses) / (2 * len(losses))"): (
        "The sum is divided by twice the number of rows. The mean is over all elements, rows times "
        "columns for a table, and nothing is halved."
    ),
}

AXES = ((0, "first", "column"), (-1, "last", "row"))
for axis, where, left in AXES:
    key = f"averaged_along_the_{where}_axis", OF_ELEMENTS, f"np.mean(losses, axis={axis})"
    MEANS[key] = (
        f"The mean runs along the {where} axis only, so a table leaves one number for each {left}. "
        "Without an axis, the mean is over all elements."
    )

for exercise in EVERY:
    for (name, line), text in WORDS.items():
        bank.exercise(exercise).edit(name, text, (LAST, f"{line}\n    {LAST}"), about="anything")
for (name, exercises, mean), text in MEANS.items():
    other = f'(lambda losses, how: {mean} if how == "mean" else reduce_losses(losses, how))('
    about: About = "anything" if "axis" in mean else "values"
    for exercise in exercises:
        bank.exercise(exercise).edit(name, text, (LAST, f"return {other}"), about=about)
for exercise, (axis, where, left) in product(OF_ELEMENTS, AXES):
    bank.exercise(exercise).edit(
        f"reduced_along_the_{where}_axis",
        f"Mean and sum run along the {where} axis only, so a table leaves one number for each "
        f"{left}. Without an axis, both are over all elements.",
        (
            LAST,
            "return (lambda losses, how: losses if how == 'none' else "
            f"np.sum(losses, axis={axis}) if how == 'sum' else np.mean(losses, axis={axis}))(",
        ),
        source="keras.losses.mean_squared_error" if axis else "",
        about="anything",
    )
