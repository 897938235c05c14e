"""Mistakes in cross_entropy."""

from __future__ import annotations

from autograder.api import Bank
from autograder.hidden.losses.bank.shared import observe_refusals, unknown_reductions

KEY = "cross_entropy"
LOGS = "log_probs = log_softmax(logits)"
PICKED = "-log_probs[np.arange(len(targets)), targets]"
REDUCED = "return reduce_losses(surprise, reduction)"


def declare(bank: Bank) -> None:
    """Mistakes on the way to the logarithm, then in picking, then in reducing."""
    observe_refusals(bank, KEY, "unknown_reductions")
    unknown_reductions(bank, KEY)
    _logarithms(bank)
    _picking(bank)


def _logarithms(bank: Bank) -> None:
    bank.edit(
        KEY,
        "softmax_twice",
        "The logits go through a softmax before the log-softmax, which has one of its own. Even a "
        "sure and right answer then costs log(e + C - 1) - 1.",
        (LOGS, "log_probs = log_softmax(softmax(logits))"),
        source="phlippe/uvadlc_notebooks, Debugging PyTorch",
    )
    bank.edit(
        KEY,
        "as_on_paper",
        "Exponentials, their sum, a quotient, a logarithm: right on paper. In float64, exp(1e4) is "
        "inf and exp(-1e4) is 0. Take the logarithms from log_softmax.",
        (
            LOGS,
            "parts = np.exp(logits)\n"
            "    log_probs = np.log(parts / np.sum(parts, axis=-1, keepdims=True))",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "log_of_softmax",
        "The logarithm is taken of a probability that has rounded to 0, and the loss is inf. Take "
        "the logarithms from log_softmax.",
        (LOGS, 'with np.errstate(all="ignore"):\n        log_probs = np.log(softmax(logits))'),
        about="anything",
    )
    bank.edit(
        KEY,
        "log_of_softmax_plus_eps",
        "A small number is added to the probability before its logarithm, so the loss never "
        "exceeds about 28, however wrong the logits are. Take the logarithms from log_softmax.",
        (LOGS, "log_probs = np.log(softmax(logits) + 1e-12)"),
    )
    bank.edit(
        KEY,
        "clipped_probabilities",
        "The probabilities are clipped away from 0 and 1, so the loss never exceeds about 16, and "
        "large mistakes look alike. Take the logarithms from log_softmax.",
        (LOGS, "log_probs = np.log(np.clip(softmax(logits), 1e-7, 1 - 1e-7))"),
        source="keras-team/keras, backend categorical_crossentropy",
    )
    bank.edit(
        KEY,
        "probability_for_logarithm",
        "The loss is minus the probability of the target, without a logarithm. Being wrong then "
        "costs at most 1 more than being right.",
        (LOGS, "log_probs = softmax(logits)"),
    )
    bank.edit(
        KEY,
        "logits_for_logarithms",
        "The logit of the target is taken as if it were a logarithm of a probability. Raw logits "
        "are not normalised: the other classes have to count.",
        (LOGS, "log_probs = 1.0 * logits"),
        source="torch.nn.NLLLoss, which expects log-probabilities",
    )
    bank.edit(
        KEY,
        "normalised_over_the_batch",
        "The softmax runs over the rows of the batch. A row belongs to one example, and its "
        "classes share the probability: the last axis.",
        (LOGS, "log_probs = log_softmax(logits.T).T"),
    )
    bank.edit(
        KEY,
        "bits",
        "The logarithm is to base 2, so the loss is in bits. Here it is the natural one: knowing "
        "nothing of C classes costs log C.",
        (LOGS, "log_probs = log_softmax(logits) / np.log(2)"),
    )


def _picking(bank: Bank) -> None:
    bank.edit(
        KEY,
        "targets_from_one",
        "Targets are read as if classes were counted from 1, so each row pays for the class "
        "before its own. Class indices start at 0.",
        (PICKED, "-log_probs[np.arange(len(targets)), targets - 1]"),
    )
    bank.edit(
        KEY,
        "every_row_with_every_target",
        "Indexing with a colon takes the targets of all rows from each row, N by N numbers. Each "
        "row has one target: pair the rows with their targets.",
        (PICKED, "-log_probs[:, targets]"),
        about="anything",
    )
    bank.edit(
        KEY,
        "picked_from_the_flat_array",
        "The targets are taken as positions in the flattened array, so all rows pick from the "
        "first one. Each row needs its own index beside its target.",
        (PICKED, "-np.take(log_probs, targets)"),
    )
    bank.edit(
        KEY,
        "likeliest_class",
        "The log-probability of the likeliest class is taken, whatever the target is. The loss "
        "looks at what happened, and not at what was expected.",
        (PICKED, "-np.max(log_probs, axis=-1)"),
    )
    bank.edit(
        KEY,
        "sign_forgotten",
        "The logarithm keeps its sign, so the loss is negative, and falls as the answers get "
        "worse. A surprise is minus the logarithm.",
        (PICKED, "log_probs[np.arange(len(targets)), targets]"),
    )
    bank.edit(
        KEY,
        "averaged_over_classes_too",
        "The sum is divided by the number of all logits. There is one surprise for each row, so "
        "the mean is over the rows.",
        (
            REDUCED,
            'if reduction == "mean":\n        return np.sum(surprise) / logits.size\n    '
            + REDUCED,
        ),
    )
