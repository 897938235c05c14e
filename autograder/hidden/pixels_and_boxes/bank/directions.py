"""Mistakes in what info_nce asks of the table of similarities."""

from typing import Any

from autograder.api import Bank

bank = Bank()
info_nce = bank.exercise("info_nce")

LOGITS = "logits = a @ b.T / temperature"
MEAN = "return (cross_entropy(logits, own) + cross_entropy(logits.T, own)) / 2"

ONE_WAY = (
    "Only one direction is asked: each row of {} among those of {}. The other way round is another "
    "question, with another answer where rows crowd together; the loss is the mean of both."
)

MISTAKES: dict[Any, str] = {
    ("one_direction", (MEAN, "return cross_entropy(logits, own)")): ONE_WAY.format("a", "b"),
    ("other_direction", (MEAN, "return cross_entropy(logits.T, own)")): ONE_WAY.format("b", "a"),
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
}
for (name, *edits), text in MISTAKES.items():
    info_nce.edit(name, text, *edits)
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
