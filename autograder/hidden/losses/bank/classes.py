"""Mistakes in log_softmax, softmax and cross_entropy."""

from __future__ import annotations

from autograder.api import Bank
from autograder.hidden.losses.bank import surprise

MAX = "np.max(logits, axis=-1, keepdims=True)"
SUM = "np.sum(np.exp(below_best), axis=-1, keepdims=True)"
LOG = "return below_best - np.log("
PROBS = f"np.exp(below_best) / {SUM}"


def declare(bank: Bank) -> None:
    """In the order of the lesson."""
    _log_softmax(bank)
    _softmax(bank)
    surprise.declare(bank)


def _log_softmax(bank: Bank) -> None:
    key = "log_softmax"
    bank.edit(
        key,
        "first_axis",
        "The exponentials are summed along the first axis, over the rows of the batch. A row's "
        "probabilities add up to 1 over its classes: the last axis.",
        (MAX, MAX.replace("-1", "0")),
        (SUM, SUM.replace("-1", "0")),
    )
    bank.edit(
        key,
        "axis_one",
        "The axis is always 1, which is the last one of a table only. Counted from the end, -1 is "
        "right for any number of axes.",
        (MAX, MAX.replace("-1", "1")),
        (SUM, SUM.replace("-1", "1")),
        about="anything",
    )
    bank.edit(
        key,
        "no_maximum_subtracted",
        "The logits are exponentiated as they are, and exp(1e4) is inf. Subtract each row's "
        "largest logit first: the probabilities stay the same.",
        (f"logits - {MAX}", "1.0 * logits"),
        source="Goodfellow, Bengio and Courville (2016), section 4.1",
        about="anything",
    )
    bank.edit(
        key,
        "maximum_of_all",
        "The largest logit of the whole array is subtracted, so a row far below it becomes all "
        "zeros, and the logarithm of 0 is -inf. Each row needs its own maximum.",
        (MAX, "np.max(logits)"),
        about="anything",
    )
    bank.edit(
        key,
        "as_on_paper",
        "Exponentials, their sum, a quotient, a logarithm: right on paper. In float64, exp(1e4) is "
        "inf and exp(-1e4) is 0. Shift each row by its maximum, and subtract logarithms.",
        (
            f"{LOG}{SUM})",
            "parts = np.exp(logits)\n"
            "    return np.log(parts / np.sum(parts, axis=-1, keepdims=True))",
        ),
        about="anything",
    )
    bank.edit(
        key,
        "log_of_softmax",
        "The logarithm is taken of a probability that has rounded to 0, and is -inf. By algebra "
        "it is the shifted logit minus the logarithm of a sum.",
        (f"{LOG}{SUM})", f"return np.log({PROBS})"),
        about="anything",
    )
    bank.edit(
        key,
        "log_of_softmax_plus_eps",
        "A small number is added to the probability before its logarithm, so no logarithm is "
        "below about -28, however far behind a logit is. Take the logarithm by algebra.",
        (f"{LOG}{SUM})", f"return np.log({PROBS} + 1e-12)"),
    )
    bank.edit(
        key,
        "maximum_lost",
        "The maximum is taken off inside the exponentials and not in front of them, so the result "
        "depends on how large the logits are. Both places need the shifted logits.",
        (LOG, "return logits - np.log("),
    )
    bank.edit(
        key,
        "summed_over_everything",
        "The exponentials of all rows are added up to one number. Each row has a sum of its own: "
        "along the last axis.",
        (SUM, "np.sum(np.exp(below_best))"),
    )
    bank.edit(
        key,
        "sign_turned",
        "The result is the surprise, minus the logarithm. A logarithm of a probability is at most "
        "0; the minus sign comes later, in the cross-entropy.",
        (f"{LOG}{SUM})", f"return np.log({SUM}) - below_best"),
    )
    bank.edit(
        key,
        "probabilities_returned",
        "These are the probabilities, and not their logarithms. The next exercise asks for them.",
        (f"{LOG}{SUM})", f"return {PROBS}"),
    )
    bank.edit(
        key,
        "logits_overwritten",
        "The numbers are right, but the maximum is subtracted from the caller's array. Make a new "
        "array of the shifted logits.",
        (f"below_best = logits - {MAX}", f"logits -= {MAX}\n    below_best = logits"),
        about="anything",
    )


def _softmax(bank: Bank) -> None:
    key, whole = "softmax", "return np.exp(log_softmax(logits))"

    def edit(name: str, text: str, new: str, **options: str) -> None:
        bank.edit(key, name, text, (whole, new), **options)

    edit(
        "first_axis",
        "The probabilities add up to 1 along the first axis, over the rows of the batch. A row "
        "belongs to one example, and its classes share the 1: the last axis.",
        "parts = np.exp(logits - np.max(logits, axis=0, keepdims=True))\n"
        "    return parts / np.sum(parts, axis=0, keepdims=True)",
    )
    edit(
        "axis_one",
        "The axis is always 1, which is the last one of a table only. Counted from the end, -1 is "
        "right for any number of axes.",
        "parts = np.exp(logits - np.max(logits, axis=1, keepdims=True))\n"
        "    return parts / np.sum(parts, axis=1, keepdims=True)",
        about="anything",
    )
    edit(
        "no_maximum_subtracted",
        "The logits are exponentiated as they are, and inf / inf is nan. Subtract each row's "
        "largest logit first, or call what is stable already.",
        "return np.exp(logits) / np.sum(np.exp(logits), axis=-1, keepdims=True)",
        about="anything",
    )
    edit(
        "maximum_of_all",
        "The largest logit of the whole array is subtracted, so a row far below it becomes 0 / 0. "
        "Each row needs its own maximum.",
        "parts = np.exp(logits - np.max(logits))\n"
        "    return parts / np.sum(parts, axis=-1, keepdims=True)",
        about="anything",
    )
    edit(
        "summed_over_everything",
        "All rows share one sum, so the whole array adds up to 1. Each row has to add up to 1 on "
        "its own, along the last axis.",
        "parts = np.exp(logits - np.max(logits))\n    return parts / np.sum(parts)",
    )
    edit(
        "sigmoid_of_each",
        "Each logit goes through a sigmoid of its own, and a row need not add up to 1. In a "
        "softmax the classes compete: they share one sum.",
        "return np.exp(-np.logaddexp(0, -1.0 * logits))",
    )
    edit(
        "largest_is_one",
        "The exponentials are divided by the largest of them, so that one becomes 1. They are "
        "divided by their sum.",
        "return np.exp(logits - np.max(logits, axis=-1, keepdims=True))",
    )
    edit(
        "without_the_exponential",
        "The shifted logits are divided by their sum, without being exponentiated. Ratios of "
        "probabilities follow from differences of logits: through the exponential.",
        "parts = logits - np.min(logits, axis=-1, keepdims=True) + 1e-9\n"
        "    return parts / np.sum(parts, axis=-1, keepdims=True)",
    )
    edit(
        "logarithms_returned",
        "These are the logarithms of the probabilities, all of them negative. What undoes a "
        "logarithm gives the probabilities themselves.",
        "return log_softmax(logits)",
    )
    edit(
        "logits_overwritten",
        "The numbers are right, but the caller's logits were shifted in place. Make a new array.",
        "logits -= np.max(logits, axis=-1, keepdims=True)\n    return np.exp(log_softmax(logits))",
        about="anything",
    )
