"""Mistakes in cross_entropy_one_hot and sample_weighted."""

from __future__ import annotations

from autograder.api import Bank
from autograder.hidden.losses.bank.shared import observe_refusals, unknown_reductions

ONE_HOT = "cross_entropy_one_hot"
SURPRISE = "-np.sum(target_probs * log_softmax(logits), axis=-1)"


def declare(bank: Bank) -> None:
    """In the order of the lesson."""
    observe_refusals(bank, ONE_HOT, "unknown_reductions")
    unknown_reductions(bank, ONE_HOT)
    _one_hot(bank)
    _weighted(bank)


def _one_hot(bank: Bank) -> None:
    bank.edit(
        ONE_HOT,
        "soft_labels_hardened",
        "The likeliest class of each target row is taken as its index, and the rest of the row is "
        "dropped. Every class counts, with its probability.",
        (SURPRISE, "-log_softmax(logits)[np.arange(len(logits)), np.argmax(target_probs, axis=1)]"),
    )
    bank.edit(
        ONE_HOT,
        "softmax_twice",
        "The logits go through a softmax before the log-softmax, which has one of its own. Even a "
        "sure and right answer then costs something.",
        ("log_softmax(logits)", "log_softmax(softmax(logits))"),
    )
    bank.edit(
        ONE_HOT,
        "averaged_over_classes",
        "The products are averaged over the classes, which divides by C. The classes of a row are "
        "summed; the mean is over rows.",
        (SURPRISE, "-np.mean(target_probs * log_softmax(logits), axis=-1)"),
    )
    bank.edit(
        ONE_HOT,
        "classes_not_summed",
        'The classes of a row stay apart, so "none" gives (N, C) and the mean is over N times C '
        "numbers. Sum over the classes before the reduction.",
        (SURPRISE, "-target_probs * log_softmax(logits)"),
        about="anything",
    )
    bank.edit(
        ONE_HOT,
        "binary_terms_added",
        "A second term is added for the classes that are not the target, as if each were a "
        "yes-or-no question. In a softmax the classes compete already.",
        (
            SURPRISE,
            f"{SURPRISE} - np.sum((1 - target_probs) * np.log1p(-np.minimum(softmax(logits), "
            "1 - 1e-12)), axis=-1)",
        ),
    )
    bank.edit(
        ONE_HOT,
        "divergence",
        "The entropy of the labels is taken off: this is the Kullback-Leibler divergence. It "
        "agrees for one-hot rows, and for soft ones it is smaller.",
        (
            SURPRISE,
            f"{SURPRISE} + np.sum(target_probs * np.log(np.where(target_probs > 0, target_probs, "
            "1)), axis=-1)",
        ),
        source="torch.nn.KLDivLoss",
    )
    bank.edit(
        ONE_HOT,
        "log_of_softmax",
        "The logarithm is taken of a probability that has rounded to 0, and 0 times -inf is nan. "
        "Take the logarithms from log_softmax, where nothing is infinite.",
        ("log_softmax(logits)", "np.log(softmax(logits))"),
        about="anything",
    )
    bank.edit(
        ONE_HOT,
        "log_of_softmax_plus_eps",
        "A small number is added to the probability before its logarithm, so no class costs more "
        "than about 28, however wrong its logit is. Take the logarithms from log_softmax.",
        ("log_softmax(logits)", "np.log(softmax(logits) + 1e-12)"),
    )
    bank.edit(
        ONE_HOT,
        "roles_swapped",
        "The logarithm is taken of the targets and weighted by the predictions: the roles are "
        "swapped. The truth is the weight, and the prediction is what surprises.",
        (SURPRISE, "-np.sum(softmax(logits) * np.log(target_probs + 1e-12), axis=-1)"),
    )
    bank.edit(
        ONE_HOT,
        "sign_forgotten",
        "The logarithm keeps its sign, so the loss is negative, and falls as the answers get "
        "worse. A surprise is minus the logarithm.",
        (SURPRISE, SURPRISE[1:]),
    )


def _weighted(bank: Bank) -> None:
    key, whole = "sample_weighted", "return np.mean(losses * weights)"
    for name, text, new, source in (
        (
            "divided_by_the_weights",
            "The sum is divided by the sum of the weights, as np.average does. Here it is divided "
            "by N: doubling all weights doubles the loss.",
            "return np.sum(losses * weights) / np.sum(weights)",
            "numpy.average; torch.nn.CrossEntropyLoss with weight",
        ),
        (
            "summed",
            "The weighted losses are summed and not averaged, so the loss grows with the batch. "
            "Divide by the number of examples.",
            "return np.sum(losses * weights)",
            "",
        ),
        (
            "product_of_means",
            "The mean loss is multiplied by the mean weight, so it does not matter which example "
            "has which weight. Multiply example by example first.",
            "return np.mean(losses) * np.mean(weights)",
            "",
        ),
        (
            "zero_weights_not_counted",
            "The sum is divided by the number of examples whose weight is not 0. An example of "
            "weight 0 costs nothing, and still is one of N.",
            "return np.sum(losses * weights) / np.count_nonzero(weights)",
            "",
        ),
        (
            "weights_ignored",
            "This is the plain mean of the losses: the weights have no effect. Multiply each loss "
            "by its weight first.",
            "return np.mean(losses)",
            "",
        ),
    ):
        bank.edit(key, name, text, (whole, new), source=source)
    bank.edit(
        key,
        "not_averaged",
        "The weighted losses come back one by one. One number is asked for: their mean over the "
        "examples.",
        (whole, "return losses * weights"),
        about="anything",
    )
