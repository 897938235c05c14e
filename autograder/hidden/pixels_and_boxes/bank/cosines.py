"""Mistakes in the table of similarities of info_nce."""

from typing import Any

from autograder.api import Bank

bank = Bank()
info_nce = bank.exercise("info_nce")

A = "a = a / np.linalg.norm(a, axis=1, keepdims=True)"
B = "b = b / np.linalg.norm(b, axis=1, keepdims=True)"
LOGITS = "logits = a @ b.T / temperature"
BEGIN = '    """\n'


def both(pattern: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """The same edit of the lines that scale a and b."""
    return (A, pattern.replace("$", "a")), (B, pattern.replace("$", "b"))


MISTAKES: dict[Any, str] = {
    ("not_normalised", *both("$ = 1.0 * $")): (
        "The rows are used at the length they come in, so long embeddings have large logits, and "
        "growing is a way to a smaller loss. Scale each row to length 1 first."
    ),
    ("first_not_normalised", (A, "a = 1.0 * a")): (
        "The rows of b have length 1 and those of a keep theirs, so the logits depend on how long "
        "a is. Cosine similarity needs both at length 1."
    ),
    ("second_not_normalised", (B, "b = 1.0 * b")): (
        "The rows of a have length 1 and those of b keep theirs, so the logits depend on how long "
        "b is. Cosine similarity needs both at length 1."
    ),
    ("columns_normalised", *both("$ = $ / np.linalg.norm($, axis=0, keepdims=True)")): (
        "Each column is scaled to length 1, over the batch. It is the rows that are embeddings: "
        "one row, one vector, length 1."
    ),
    ("whole_batch_normalised", *both("$ = $ / np.linalg.norm($)")): (
        "The whole array is divided by one norm, so rows keep different lengths and all of them "
        "are short. Each row is divided by its own length."
    ),
    ("divided_by_squared_length", *both("$ = $ / np.sum($**2, axis=1, keepdims=True)")): (
        "The rows are divided by the sum of their squares, which is the length squared, so long "
        "rows become short ones. The root is missing."
    ),
    ("divided_by_absolute_sum", *both("$ = $ / np.sum(np.abs($), axis=1, keepdims=True)")): (
        "The rows are divided by the sum of their absolute values, so they don't have length 1, "
        "and a row's similarity with itself isn't 1. The length is the root of the sum of squares."
    ),
    ("temperature_multiplied", (LOGITS, "logits = a @ b.T * temperature")): (
        "The similarities are multiplied by the temperature, so a small one makes all rows alike. "
        "They are divided by it: a small temperature makes differences count more."
    ),
    ("temperature_ignored", (LOGITS, "logits = a @ b.T")): (
        "The temperature has no effect: the logits are plain cosines, between -1 and 1, and the "
        "softmax over them is nearly flat. Divide by the temperature."
    ),
    ("temperature_fixed", (BEGIN, f"{BEGIN}    temperature = 0.07\n")): (
        "A temperature of 0.07 is written in, so the argument has no effect. Look at what the "
        "caller passes in: the default is all that stands in the signature."
    ),
    ("matching_row_zero", ("own = np.arange(len(a))", "own = np.zeros(len(a), dtype=int)")): (
        "Every row is told that its partner is row 0. The right answer to question i is i: the "
        "targets count up from 0."
    ),
    **{
        (
            f"guarded_lengths_{eps.replace('-', '_')}",
            *both(f"$ = $ / (np.linalg.norm($, axis=1, keepdims=True) + {eps})"),
        ): (
            "A small number is added to the lengths, so short rows don't reach length 1. No row is "
            "zero here: nothing needs it."
        )
        for eps in ("1e-6", "1e-8")
    },
}
for (name, *edits), text in MISTAKES.items():
    info_nce.edit(name, text, *edits)
info_nce.edit(
    "default_of_0_1",
    "The default temperature is 0.1, which other papers use. Here it is 0.07, the value that CLIP "
    "starts from: look at the signature.",
    ("temperature=0.07", "temperature=0.1"),
    source="Chen et al., SimCLR (2020)",
)
