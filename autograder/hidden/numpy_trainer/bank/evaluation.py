"""Mistakes in the evaluation."""

from __future__ import annotations

from autograder.api import Bank

KEY = "evaluate"
LOSS = "    loss, _ = loss_and_gradient(logits, y)\n"
RIGHT = "float(np.mean(np.argmax(logits, axis=1) == y))"


def declare(bank: Bank) -> None:
    _accuracies(bank)
    _losses(bank)


def _accuracies(bank: Bank) -> None:
    bank.edit(
        KEY,
        "percent",
        "The accuracy is given in percent. The contract asks for a fraction from 0 to 1.",
        (RIGHT, "100 * " + RIGHT),
    )
    bank.edit(
        KEY,
        "counted",
        "What comes back is how many rows are right, not which part of them. A fraction can be "
        "compared between sets of different sizes: divide by the rows.",
        (RIGHT, "float(np.sum(np.argmax(logits, axis=1) == y))"),
    )
    bank.edit(
        KEY,
        "error_rate",
        "What comes back is the fraction of rows that are wrong. The accuracy is the fraction of "
        "those that are right.",
        (RIGHT, "1 - " + RIGHT),
    )
    bank.edit(
        KEY,
        "smallest_logit",
        "The class with the smallest logit is taken for the answer. A logit is a score: the "
        "largest one is the network's choice.",
        ("np.argmax", "np.argmin"),
    )
    bank.edit(
        KEY,
        "mean_confidence",
        "What comes back is the mean probability of the right class. That is how sure the "
        "network is, not how often it is right: compare the largest logit with the target.",
        (
            RIGHT,
            "float(np.mean(np.exp(logits[np.arange(len(y)), y] - logits.max(axis=1)) / "
            "np.exp(logits - logits.max(axis=1, keepdims=True)).sum(axis=1)))",
        ),
    )
    bank.edit(
        KEY,
        "more_than_half",
        "A row counts as right when its class has a probability above one half. With several "
        "classes the largest one may have less: compare argmax with the target.",
        (
            RIGHT,
            "float(np.mean(np.exp(logits[np.arange(len(y)), y] - logits.max(axis=1)) / "
            "np.exp(logits - logits.max(axis=1, keepdims=True)).sum(axis=1) > 0.5))",
        ),
    )
    bank.edit(
        KEY,
        "along_the_rows",
        "The largest logit is looked for in each column, over the rows of the batch. Each row "
        "has its own answer: argmax along the last axis.",
        (
            RIGHT,
            "float(np.mean(np.resize(np.argmax(logits, axis=0), len(y)) == y))",
        ),
    )
    bank.edit(
        KEY,
        "swapped",
        "Accuracy and loss come back in the wrong order. The contract says (loss, accuracy), and "
        "callers unpack it so.",
        (f"return loss, {RIGHT}", f"return {RIGHT}, loss"),
    )


def _losses(bank: Bank) -> None:
    bank.edit(
        KEY,
        "sum_of_losses",
        "The loss is the sum over the rows, so that it grows with the set. It is their mean, and "
        "can then be compared with the training loss.",
        (LOSS, LOSS + "    loss *= len(y)\n"),
    )
    bank.edit(
        KEY,
        "loss_of_the_right_rows",
        "Only rows that are right enter the loss. It is the wrong ones that tell most: the mean "
        "is over all of them.",
        (
            LOSS,
            "    good = np.argmax(logits, axis=1) == y\n"
            "    loss = loss_and_gradient(logits[good], y[good])[0] if good.any() else 0.0\n",
        ),
    )
    bank.edit(
        KEY,
        "unstable",
        "The exponential is taken of the logits as they are, and overflows for large ones. "
        "Subtract each row's largest logit first: the loss does not change.",
        (
            LOSS,
            "    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)\n"
            "    loss = float(-np.mean(np.log(p[np.arange(len(y)), y])))\n",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "log_of_clipped_probability",
        "A small number is added to the probability before the logarithm, so that no loss is "
        "above 27.6. Work with logits: the log of the sum minus the target's logit.",
        (
            LOSS,
            "    e = np.exp(logits - logits.max(axis=1, keepdims=True))\n"
            "    p = e[np.arange(len(y)), y] / e.sum(axis=1)\n"
            "    loss = float(-np.mean(np.log(p + 1e-12)))\n",
        ),
    )
    bank.edit(
        KEY,
        "softmax_twice",
        "The probabilities are handed to a loss that takes logits, so that softmax is applied "
        "twice and even a sure network has a high loss. Hand it the logits.",
        (
            LOSS,
            "    e = np.exp(logits - logits.max(axis=1, keepdims=True))\n"
            "    loss, _ = loss_and_gradient(e / e.sum(axis=1, keepdims=True), y)\n",
        ),
    )
    bank.edit(
        KEY,
        "loss_in_bits",
        "The loss is in bits, with the logarithm to base 2. The natural logarithm is the "
        "convention, and what the gradient belongs to.",
        (LOSS, LOSS + "    loss /= np.log(2)\n"),
    )
