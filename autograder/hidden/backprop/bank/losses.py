"""Mistakes in the two losses."""

from __future__ import annotations

from autograder.api import Bank

SOFTMAX = "softmax_cross_entropy"


def declare(bank: Bank) -> None:
    """In the order of the lesson."""
    _softmax(bank)
    _squares(bank)


def _softmax(bank: Bank) -> None:
    bank.edit(
        SOFTMAX,
        "one_hot_not_subtracted",
        "dlogits holds the probabilities alone, so each row sums to a positive number and every "
        "logit is pressed down. The gradient is what was said minus what is true.",
        ("dlogits[rows, targets] -= 1", "pass"),
    )
    bank.edit(
        SOFTMAX,
        "gradient_not_divided_by_rows",
        "The loss is a mean over the rows, and its gradient is that of their sum: the division by "
        "N is missing in dlogits. Each row owns 1/N of the loss.",
        ("dlogits /= len(targets)", "pass"),
    )
    bank.edit(
        SOFTMAX,
        "one_hot_not_divided",
        "The probabilities are divided by N before 1 is taken away at the targets, so that 1 "
        "stays undivided. The whole difference is divided.",
        ("dlogits[rows, targets] -= 1", "pass"),
        ("dlogits /= len(targets)", "dlogits /= len(targets)\n    dlogits[rows, targets] -= 1"),
    )
    bank.edit(
        SOFTMAX,
        "sign_flipped",
        "dlogits is what is true minus what was said: the direction of a step, and not the "
        "gradient, which points uphill. The step's minus sign comes later, in the update.",
        ("dlogits /= len(targets)", "dlogits /= -len(targets)"),
    )
    bank.edit(
        SOFTMAX,
        "summed_loss",
        "Loss and gradient are sums over the rows. Here the mean over the batch is asked for: "
        "duplicate every row, and neither the loss nor a weight's gradient may grow.",
        (".mean()", ".sum()"),
        ("dlogits /= len(targets)", "pass"),
        source="d2l-ai/d2l-en, pull request 2007",
    )
    bank.edit(
        SOFTMAX,
        "loss_summed_gradient_averaged",
        "The loss is a sum over the rows, and its gradient that of their mean: the two do not "
        "belong together. The loss is a mean over the batch.",
        (".mean()", ".sum()"),
    )
    bank.edit(
        SOFTMAX,
        "divided_by_classes_too",
        "The gradient is divided by the number of all logits. The loss has one term for each row, "
        "so it is divided by the number of rows.",
        ("dlogits /= len(targets)", "dlogits /= dlogits.size"),
    )
    bank.edit(
        SOFTMAX,
        "softmax_over_the_batch",
        "The exponentials are normalised over the rows of the batch. A row's probabilities add up "
        "to 1 over its classes: the last axis.",
        ("logits.max(axis=1, keepdims=True)", "logits.max(axis=0, keepdims=True)"),
        (
            "np.exp(shifted).sum(axis=1, keepdims=True)",
            "np.exp(shifted).sum(axis=0, keepdims=True)",
        ),
        about="anything",
    )
    bank.edit(
        SOFTMAX,
        "no_maximum_subtracted",
        "The logits are exponentiated as they are, and exp(1e4) is inf. Subtract each row's "
        "maximum first: the probabilities stay the same.",
        ("logits - logits.max(axis=1, keepdims=True)", "1.0 * logits"),
        about="anything",
    )
    bank.edit(
        SOFTMAX,
        "maximum_of_the_batch",
        "The maximum of the whole batch is subtracted, so a row far below it becomes all zeros, "
        "and the logarithm of 0 is -inf. Each row needs its own maximum.",
        ("logits.max(axis=1, keepdims=True)", "logits.max()"),
        about="anything",
    )
    bank.edit(
        SOFTMAX,
        "log_of_softmax",
        "The logarithm is taken of a probability that has rounded to 0, and is -inf. By algebra "
        "it is the shifted logit minus a logarithm of a sum, and stays finite.",
        (
            "shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
            "np.log(np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True))",
        ),
        about="anything",
    )
    bank.edit(
        SOFTMAX,
        "log_of_softmax_plus_eps",
        "A small number is added to the probability before its logarithm, so the loss never "
        "exceeds about 28, however wrong the logits are. Take the logarithm by algebra.",
        (
            "loss = -log_probs[rows, targets].mean()",
            "loss = -np.log(np.exp(log_probs[rows, targets]) + 1e-12).mean()",
        ),
    )
    bank.edit(
        SOFTMAX,
        "gradient_of_the_probabilities",
        "This is the gradient with respect to the probabilities, -1/p at the target. The logits "
        "lie one step further back, behind the softmax: multiply by its derivative.",
        (
            "dlogits = np.exp(log_probs)\n    dlogits[rows, targets] -= 1",
            "dlogits = np.zeros(logits.shape)\n"
            "    dlogits[rows, targets] = "
            "-1 / np.maximum(np.exp(log_probs[rows, targets]), 1e-300)",
        ),
    )
    bank.edit(
        SOFTMAX,
        "logits_overwritten",
        "The numbers are right, but the maximum is subtracted from the caller's logits in place. "
        "Make a new array of the shifted logits.",
        (
            "shifted = logits - logits.max(axis=1, keepdims=True)",
            "logits -= logits.max(axis=1, keepdims=True)\n    shifted = logits",
        ),
        about="anything",
    )


def _squares(bank: Bank) -> None:
    bank.edit(
        "mse_backward",
        "factor_two_missing",
        "The factor 2 from the square is missing: this is the gradient of half the squared error, "
        "which other books use. Here the loss has no half.",
        ("2 * (pred - target)", "(pred - target)"),
        source="Bishop (2006), equation 3.12",
    )
    bank.edit(
        "mse_backward",
        "divided_by_rows_only",
        "The sum is divided by the number of rows. The mean is over all elements: for a table, "
        "rows times columns.",
        ("/ pred.size", "/ len(pred)"),
    )
    bank.edit(
        "mse_backward",
        "not_divided",
        "This is the gradient of the sum of squares: the division of the mean is missing. Stack "
        "the data on itself, and the loss must not change.",
        (" / pred.size", ""),
    )
    bank.edit(
        "mse_backward",
        "sign_flipped",
        "The difference is target minus prediction: the direction of a step. The gradient points "
        "uphill, away from the target.",
        ("(pred - target)", "(target - pred)"),
    )
    bank.edit(
        "mse_backward",
        "averaged_to_a_number",
        "The result is one number, the mean of all slopes. Each prediction has a slope of its "
        "own: a gradient has the shape of what it is the gradient of.",
        ("2 * (pred - target) / pred.size", "np.mean(2 * (pred - target))"),
        about="anything",
    )
