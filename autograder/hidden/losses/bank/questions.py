"""Mistakes in bce_with_logits."""

from __future__ import annotations

from autograder.api import Bank
from autograder.hidden.losses.bank.shared import observe_refusals, unknown_reductions

BCE = "bce_with_logits"
LOSSES = "np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))"
BY_LOGARITHMS = "-targets * np.log({p}) - (1 - targets) * np.log({q})"


def declare(bank: Bank) -> None:
    """Mistakes in the formula, then in what goes in and comes out."""
    observe_refusals(bank, BCE, "unknown_reductions")
    unknown_reductions(bank, BCE)
    _questions(bank)
    _other_questions(bank)


def _questions(bank: Bank) -> None:
    def edit(name: str, text: str, new: str, source: str = "") -> None:
        bank.edit(BCE, name, text, (LOSSES, new), source=source)

    sigmoid = "1 / (1 + np.exp(-1.0 * logits))"
    edit(
        "clipped_sigmoid",
        "The sigmoid is clipped before its logarithm, so no mistake costs more than about 16, and "
        "large ones look alike. Put the two logarithms together by algebra.",
        BY_LOGARITHMS.format(
            p=f"np.clip({sigmoid}, 1e-7, 1 - 1e-7)", q=f"1 - np.clip({sigmoid}, 1e-7, 1 - 1e-7)"
        ),
        "keras-team/keras, backend binary_crossentropy",
    )
    edit(
        "eps_in_the_logarithm",
        "A small number is added inside both logarithms, which bounds the loss at about 28. Put "
        "the two logarithms together by algebra, and nothing needs a guard.",
        BY_LOGARITHMS.format(p=f"{sigmoid} + 1e-12", q=f"1 - {sigmoid} + 1e-12"),
    )
    bank.edit(
        BCE,
        "logarithms_of_the_sigmoid",
        "The logarithms are taken of a sigmoid that has rounded to 0 or 1, and 0 times -inf is "
        "nan. Put the two logarithms together by algebra.",
        (LOSSES, BY_LOGARITHMS.format(p=sigmoid, q=f"1 - {sigmoid}")),
        about="anything",
    )
    bank.edit(
        BCE,
        "overflow_for_no",
        "The two terms are together, and exp(-z) still overflows for a large negative logit. Take "
        "the form whose exponent is never positive.",
        (LOSSES, "np.log1p(np.exp(-1.0 * logits)) + (1 - targets) * logits"),
        about="anything",
    )
    edit(
        "yes_only",
        "Only questions whose answer is yes cost something. Where the answer is no, the second "
        "term counts: minus the logarithm of the probability of no.",
        "np.logaddexp(0, -1.0 * logits) * targets",
    )
    edit(
        "answers_swapped",
        "Yes and no have changed places: a sure and right answer costs most. Try a logit of 5 with "
        "target 1.",
        LOSSES.replace("logits * targets", "logits * (1 - targets)"),
    )
    edit(
        "minus_one_for_no",
        "This is the form for answers of 1 and -1. With 0 for no, the logit drops out, and every "
        "no costs log 2.",
        "np.logaddexp(0, -targets * logits)",
    )


def _other_questions(bank: Bank) -> None:
    bank.edit(
        BCE,
        "no_absolute_value",
        "The exponent lacks its absolute value, so a negative logit counts twice, and a large "
        "negative one overflows. The exponent is never positive.",
        ("np.exp(-np.abs(logits))", "np.exp(-1.0 * logits)"),
    )
    bank.edit(
        BCE,
        "softmax_over_labels",
        "The labels of a row go through a softmax and compete. Here each one is a yes-or-no "
        "question of its own, with a sigmoid of its own.",
        (
            LOSSES,
            "-targets * log_softmax(logits) - (1 - targets) * "
            "np.log1p(-np.minimum(softmax(logits), 1 - 1e-12))",
        ),
    )
    bank.edit(
        BCE,
        "sigmoid_twice",
        "The logits go through a sigmoid first, and the loss, which has one of its own, takes "
        "those probabilities for logits. Sure and right then still costs 0.31.",
        ("losses = ", "logits = 1 / (1 + np.exp(-1.0 * logits))\n    losses = "),
    )
    bank.edit(
        BCE,
        "logits_for_probabilities",
        "The logits are taken for probabilities, clipped to lie between 0 and 1, without a "
        "sigmoid. Any logit above 1 then looks like a sure yes.",
        (
            LOSSES,
            BY_LOGARITHMS.format(
                p="np.clip(logits, 1e-7, 1 - 1e-7)", q="1 - np.clip(logits, 1e-7, 1 - 1e-7)"
            ),
        ),
        source="keras.losses.BinaryCrossentropy, from_logits=False",
    )
    bank.edit(
        BCE,
        "averaged_over_rows_only",
        "The labels of a row are summed, and only rows are averaged. The mean is over all "
        "elements: rows times labels.",
        (
            "return reduce_losses(losses, reduction)",
            'if reduction == "mean":\n        return np.sum(losses) / len(losses)\n'
            "    return reduce_losses(losses, reduction)",
        ),
    )
