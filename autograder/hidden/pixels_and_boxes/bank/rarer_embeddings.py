"""Rarer mistakes in info_nce. Each is one edit of the whole body, so that it is looked for alone:
the common ones, which do come in twos, are then found within the number of pairs that are tried."""

from typing import Any

from autograder.api import Bank

bank = Bank()
info_nce = bank.exercise("info_nce")

A = "a = a / np.linalg.norm(a, axis=1, keepdims=True)"
B = "b = b / np.linalg.norm(b, axis=1, keepdims=True)"
LOGITS = "logits = a @ b.T / temperature"
OWN = "own = np.arange(len(a))"
MEAN = "return (cross_entropy(logits, own) + cross_entropy(logits.T, own)) / 2"
BODY = f"{A}\n    {B}\n    {LOGITS}\n    {OWN}\n    {MEAN}"


def body(*edits: tuple[str, str]) -> tuple[str, str]:
    """All lines of the reference, and what becomes of them."""
    edited = BODY
    for old, new in edits:
        edited = edited.replace(old, new)
    return BODY, edited


MISTAKES: dict[Any, str] = {
    ("temperature_twice", (LOGITS, f"{LOGITS} / temperature")): (
        "Both sides are divided by the temperature, so their product is divided by its square. "
        "Divide the similarities once."
    ),
    ("one_minus_the_cosine", (LOGITS, "logits = (1 - a @ b.T) / temperature")): (
        "The logits are one minus the cosine, a distance: the furthest row gets the most "
        "probability. A logit is large where rows are alike: the cosine itself."
    ),
    ("exponentials_for_logits", (LOGITS, "logits = np.exp(a @ b.T / temperature)")): (
        "The similarities are exponentiated before the cross-entropy, which does that itself. Hand "
        "it the logits."
    ),
    (
        "table_made_symmetric",
        (LOGITS, f"{LOGITS}\n    logits = (logits + logits.T) / 2"),
    ): (
        "The table of logits is averaged with its transpose, which mixes two questions into one. "
        "Ask each by itself, and average the two losses."
    ),
    (
        "temperature_divides_the_loss",
        (LOGITS, "logits = a @ b.T"),
        (MEAN, f"{MEAN} / temperature"),
    ): (
        "The loss is divided by the temperature, which only makes it larger. The similarities are "
        "divided by it, before the softmax: that changes how sharp it is."
    ),
    (
        "partner_left_out",
        (
            MEAN,
            "rest = np.where(np.eye(len(a)) > 0, -np.inf, logits)\n"
            "    return (np.mean(np.logaddexp.reduce(rest, axis=1)) + "
            "np.mean(np.logaddexp.reduce(rest, axis=0))) / 2 - np.mean(np.diagonal(logits))",
        ),
    ): (
        "The partner's own similarity is left out of the sum in the denominator, as in decoupled "
        "contrastive learning, and the loss can be negative. It is one of the N answers."
    ),
    ("logarithm_to_base_two", (MEAN, f"{MEAN} / np.log(2)")): (
        "The logarithm is to base 2, so every loss is too large by one factor. Cross-entropy is "
        "meant with the natural logarithm."
    ),
    (
        "each_side_with_itself",
        (
            MEAN,
            MEAN.replace("logits.T", "b @ b.T / temperature").replace(
                "logits,", "a @ a.T / temperature,"
            ),
        ),
    ): (
        "Each side is compared with itself, where every row is its own nearest. The question is "
        "which row of the *other* side belongs to it: a with b."
    ),
    (
        "averaged_over_the_table",
        (MEAN, f"{MEAN} / len(a)"),
    ): (
        "The sum is divided by the N x N entries of the table. There is one answer for each row: "
        "each direction is a mean over N."
    ),
    (
        "scaled_by_the_dimension",
        (LOGITS, "logits = a @ b.T / (temperature * np.sqrt(a.shape[1]))"),
    ): (
        "The similarities are divided by the root of the dimension too, as attention does. Unit "
        "rows have similarities between -1 and 1 already: the temperature is all."
    ),
    ("root_of_the_temperature", (LOGITS, "logits = a @ b.T / np.sqrt(temperature)")): (
        "The similarities are divided by the root of the temperature. Attention divides by a "
        "root, of the dimension; here it is the temperature itself."
    ),
    ("temperature_as_an_exponent", (LOGITS, "logits = a @ b.T * np.exp(temperature)")): (
        "The similarities are multiplied by exp(temperature), as where CLIP learns the logarithm "
        "of a scale. Here the temperature is what they are divided by."
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
    ("binary_pairs", (MEAN, "return bce_with_logits(logits, np.eye(len(a)))")): (
        "Each of the N x N pairs is a yes-or-no question of its own, as in SigLIP. Here each row "
        "is one question with N answers, a softmax."
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
        "table_rows_normalised",
        (A, "a = 1.0 * a"),
        (B, "b = 1.0 * b"),
        (
            LOGITS,
            "z = a @ b.T\n    logits = z / np.linalg.norm(z, axis=1, keepdims=True) / temperature",
        ),
    ): (
        "The rows of the table of products are scaled to length 1, and those of a and b are not. "
        "Scale the embeddings first, then multiply."
    ),
    (
        "logarithm_of_the_mean",
        (
            MEAN,
            "own = [np.mean(np.diagonal(softmax(z))) for z in (logits, logits.T)]\n"
            "    return -np.mean(np.log(own))",
        ),
    ): (
        "The probabilities are averaged before the logarithm, so a few sure pairs hide the bad "
        "ones. Each pair has its own logarithm; those are averaged."
    ),
    ("one_direction_halved", (MEAN, "return cross_entropy(logits, own) / 2")): (
        "One direction is asked, and its loss halved. The half belongs to the sum of both: the "
        "columns of the table are questions too."
    ),
    ("minus_missing", (MEAN, MEAN.replace("return ", "return -1.0 * "))): (
        "The loss has the wrong sign: a guess costs minus log N, and training would drive partners "
        "apart. Cross-entropy is positive already."
    ),
}
for (name, *edits), text in MISTAKES.items():
    info_nce.edit(name, text, body(*edits))
info_nce.edit(
    "columns_compared",
    "The product a.T @ b compares the D columns, over the batch. The embeddings are rows, and each "
    "meets each: a @ b.T, a table of N x N.",
    body((LOGITS, "logits = a.T @ b / temperature"), (OWN, "own = np.arange(len(logits))")),
    about="anything",
)
