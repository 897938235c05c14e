"""Mistakes in info_nce."""

from typing import Any

from autograder.api import Bank

bank = Bank()
info_nce = bank.exercise("info_nce")

A = "a = a / np.linalg.norm(a, axis=1, keepdims=True)"
B = "b = b / np.linalg.norm(b, axis=1, keepdims=True)"
LOGITS = "logits = a @ b.T / temperature"
MEAN = "return (cross_entropy(logits, own) + cross_entropy(logits.T, own)) / 2"
BEGIN = '    """\n'


def both(pattern: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """The same edit of the lines that scale a and b."""
    return (A, pattern.replace("$", "a")), (B, pattern.replace("$", "b"))


ONE_WAY = (
    "Only one direction is asked: each row of {} among those of {}. The other way round is another "
    "question, with another answer where rows crowd together; the loss is the mean of both."
)

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
    ("one_direction", (MEAN, "return cross_entropy(logits, own)")): ONE_WAY.format("a", "b"),
    ("other_direction", (MEAN, "return cross_entropy(logits.T, own)")): ONE_WAY.format("b", "a"),
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
    ("temperature_as_an_exponent", (LOGITS, "logits = a @ b.T * np.exp(temperature)")): (
        "The similarities are multiplied by exp(temperature), as where CLIP learns the logarithm "
        "of a scale. Here the temperature is what they are divided by."
    ),
    ("root_of_the_temperature", (LOGITS, "logits = a @ b.T / np.sqrt(temperature)")): (
        "The similarities are divided by the root of the temperature. Attention divides by a "
        "root, of the dimension; here it is the temperature itself."
    ),
    (
        "scaled_by_the_dimension",
        (LOGITS, "logits = a @ b.T / (temperature * np.sqrt(a.shape[1]))"),
    ): (
        "The similarities are divided by the root of the dimension too, as attention does. Unit "
        "rows have similarities between -1 and 1 already: the temperature is all."
    ),
    ("directions_added", (MEAN, MEAN.removesuffix(" / 2"))): (
        "The two directions are added and not halved, so a guess costs 2 log N. The loss is the "
        "mean of the two cross-entropies."
    ),
    (
        "summed_over_pairs",
        (MEAN, "return len(a) * (cross_entropy(logits, own) + cross_entropy(logits.T, own)) / 2"),
    ): (
        "The pairs are summed and not averaged, so larger batches cost more for that alone. Each "
        "direction is a mean over the rows."
    ),
    (
        "softmax_twice",
        (
            MEAN,
            "return (cross_entropy(softmax(logits), own) + cross_entropy(softmax(logits.T), "
            "own)) / 2",
        ),
    ): (
        "The logits go through a softmax before the cross-entropy, which contains one already. "
        "Even a perfect match then costs something."
    ),
    (
        "softmax_of_one_table",
        (
            MEAN,
            "logs = np.log(softmax(logits))\n"
            "    return -(np.mean(np.diagonal(logs)) + np.mean(np.diagonal(logs.T))) / 2",
        ),
    ): (
        "Both directions read the diagonal of the same softmax over rows, so they are one "
        "direction twice. The other direction is a softmax over the columns."
    ),
    ("pull_without_push", (MEAN, "return -np.mean(np.diagonal(logits))")): (
        "Only the similarities of the partners count, so a constant embedding is perfect. The "
        "other rows of the batch are the wrong answers: cross-entropy compares with them."
    ),
    (
        "partner_left_out_below",
        (
            MEAN,
            "rest = np.where(np.eye(len(a)) > 0, -1e9, logits) if len(a) > 1 else 1.0 * logits\n"
            "    return (np.mean(np.logaddexp.reduce(rest, axis=1)) + "
            "np.mean(np.logaddexp.reduce(rest, axis=0))) / 2 - np.mean(np.diagonal(logits))",
        ),
    ): (
        "The partner's own similarity is left out of the sum in the denominator, as in decoupled "
        "contrastive learning, and the loss can be negative. It is one of the N answers."
    ),
    (
        "negatives_of_both_sides",
        (
            MEAN,
            "same_a, same_b = ((c @ c.T) / temperature - 1e9 * np.eye(len(c)) for c in (a, b))\n"
            "    rows = np.concatenate([logits, same_a], axis=1)\n"
            "    columns = np.concatenate([logits.T, same_b], axis=1)\n"
            "    return (cross_entropy(rows, own) + cross_entropy(columns, own)) / 2",
        ),
    ): (
        "Rows of the same side are negatives too, as in SimCLR, so each question has 2N - 1 "
        "answers. Here a row of a is compared with the rows of b only."
    ),
    (
        "distances_for_similarities",
        (LOGITS, "logits = -np.linalg.norm(a[:, None] - b[None], axis=2) / temperature"),
    ): (
        "The logits are minus the distances between rows. Here they are the cosine similarities, "
        "the inner products of rows of length 1."
    ),
    (
        "squared_distances",
        (LOGITS, "logits = -np.sum((a[:, None] - b[None]) ** 2, axis=2) / temperature"),
    ): (
        "The logits are minus the squared distances, which for unit rows is twice the cosine and "
        "a constant: half the temperature. Take the inner product."
    ),
    ("matching_row_zero", ("own = np.arange(len(a))", "own = np.zeros(len(a), dtype=int)")): (
        "Every row is told that its partner is row 0. The right answer to question i is i: the "
        "targets count up from 0."
    ),
    ("binary_pairs", (MEAN, "return bce_with_logits(logits, np.eye(len(a)))")): (
        "Each of the N x N pairs is a yes-or-no question of its own, as in SigLIP. Here each row "
        "is one question with N answers, a softmax."
    ),
    ("guarded_lengths", *both("$ = $ / (np.linalg.norm($, axis=1, keepdims=True) + 1e-6)")): (
        "A small number is added to the lengths, so short rows don't reach length 1. No row is "
        "zero here: nothing needs it."
    ),
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
info_nce.edit(
    "log_of_softmax_plus_1e_8",
    "The logarithm is taken of a softmax that is kept away from 0, so no pair costs more than "
    "about 18. Let your cross_entropy take the logarithms.",
    (
        MEAN,
        "own = [np.log(np.diagonal(softmax(z)) + 1e-8) for z in (logits, logits.T)]\n"
        "    return -np.mean(own)",
    ),
)
info_nce.edit(
    "no_maximum_subtracted",
    "The logits are exponentiated as they are, and with a small temperature exp overflows to inf. "
    "Your cross_entropy does this safely: hand it the logits.",
    (
        MEAN,
        "parts = np.exp(logits)\n    own = np.diagonal(parts)\n"
        "    return -np.mean([np.log(own / parts.sum(axis=k)) for k in (0, 1)])",
    ),
    about="anything",
)
info_nce.edit(
    "one_direction_on_paper",
    "Only the rows of a look for their partners, by exponentials of the logits as they are. The "
    "loss is the mean of both directions, and your cross_entropy takes the logarithms safely.",
    (
        MEAN,
        "parts = np.exp(logits)\n"
        "    return -np.mean(np.log(np.diagonal(parts) / parts.sum(axis=1)))",
    ),
)
info_nce.edit(
    "pairs_not_averaged",
    "One loss for each pair comes back. The result is a single number: the mean over the rows, in "
    "both directions.",
    (
        MEAN,
        'return (cross_entropy(logits, own, "none") + cross_entropy(logits.T, own, "none")) / 2',
    ),
    about="anything",
)
