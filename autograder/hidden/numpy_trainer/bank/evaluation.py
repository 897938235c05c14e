"""Mistakes in the evaluation."""

from autograder.api import Bank

bank = Bank()
evaluation = bank.exercise("evaluate")
LOSS = "    loss, _ = loss_and_gradient(logits, y)\n"
GOOD = """    good = np.argmax(logits, axis=1) == y
    loss = loss_and_gradient(logits[good], y[good])[0] if good.any() else 0.0
"""
RIGHT = "float(np.mean(np.argmax(logits, axis=1) == y))"
TOP = "logits.max(axis=1, keepdims=True)"
OWN = f"np.exp(logits - {TOP})"
SURE = f"({OWN}[np.arange(len(y)), y] / {OWN}.sum(axis=1))"


evaluation.edit(
    "percent",
    "The accuracy is given in percent. The contract asks for a fraction from 0 to 1.",
    (RIGHT, "100 * " + RIGHT),
)
evaluation.edit(
    "counted",
    "What comes back is how many rows are right, not which part of them. A fraction can be "
    "compared between sets of different sizes: divide by the rows.",
    (RIGHT, "float(np.sum(np.argmax(logits, axis=1) == y))"),
)
evaluation.edit(
    "error_rate",
    "What comes back is the fraction of rows that are wrong. The accuracy is the fraction of those "
    "that are right.",
    (RIGHT, "1 - " + RIGHT),
)
evaluation.edit(
    "smallest_logit",
    "The class with the smallest logit is taken for the answer. A logit is a score: the largest "
    "one is the network's choice.",
    ("np.argmax", "np.argmin"),
)
evaluation.edit(
    "mean_confidence",
    "What comes back is the mean probability of the right class. That is how sure the network is, "
    "not how often it is right: compare the largest logit with the target.",
    (RIGHT, f"float(np.mean({SURE}))"),
)
evaluation.edit(
    "more_than_half",
    "A row counts as right when its class has a probability above one half. With several classes "
    "the largest one may have less: compare argmax with the target.",
    (RIGHT, f"float(np.mean({SURE} > 0.5))"),
)
evaluation.edit(
    "along_the_rows",
    "The largest logit is looked for in each column, over the rows of the batch. Each row has its "
    "own answer: argmax along the last axis.",
    (RIGHT, "float(np.mean(np.resize(np.argmax(logits, axis=0), len(y)) == y))"),
)
evaluation.edit(
    "swapped",
    "Accuracy and loss come back in the wrong order. The contract says (loss, accuracy), and "
    "callers unpack it so.",
    (f"return loss, {RIGHT}", f"return {RIGHT}, loss"),
)
evaluation.edit(
    "sum_of_losses",
    "The loss is the sum over the rows, so that it grows with the set. It is their mean, and can "
    "then be compared with the training loss.",
    (LOSS, LOSS + "    loss *= len(y)\n"),
)
evaluation.edit(
    "loss_of_the_right_rows",
    "Only rows that are right enter the loss. It is the wrong ones that tell most: the mean is "
    "over all of them.",
    (LOSS, GOOD),
)
evaluation.edit(
    "unstable",
    "The exponential is taken of the logits as they are, and overflows for large ones. Subtract "
    "each row's largest logit first: the loss does not change.",
    (LOSS, f"    loss = float(-np.mean(np.log({SURE.replace(TOP, '0')})))\n"),
    about="anything",
)

BOUNDED = (
    "A small number keeps the probability away from 0 before the logarithm is taken, so that no "
    "loss can exceed a bound. Work with logits: the log of the sum of exponentials minus the "
    "target's logit."
)
for digits in (7, 8, 10, 12, 15):
    for how, kept in (
        ("added", f"{SURE} + 1e-{digits}"),
        ("clipped", f"np.maximum({SURE}, 1e-{digits})"),
    ):
        evaluation.edit(
            f"probability_{how}_at_1e{digits}",
            BOUNDED,
            (LOSS, f"    loss = float(-np.mean(np.log({kept})))\n"),
            equivalent_to=f"probability_added_at_1e{digits}",  # where no probability is in between
        )
evaluation.edit(
    "softmax_twice",
    "The probabilities are handed to a loss that takes logits, so that softmax is applied twice "
    "and even a sure network has a high loss. Hand it the logits.",
    (LOSS, f"    loss, _ = loss_and_gradient({OWN} / {OWN}.sum(axis=1, keepdims=True), y)\n"),
)

MEANS = (
    "The set is evaluated in batches, and what comes back is the mean of the batches' means, in "
    "which the rows of a small last batch count more than others. Add up over rows, and divide by "
    "their number."
)
for size in (32, 64, 100, 128, 256, 500, 512):
    losses = (
        LOSS,
        f"    starts = range({size}, len(x), {size})\n"
        "    parts = list(zip(np.split(logits, starts), np.split(y, starts), strict=True))\n"
        "    loss = float(np.mean([loss_and_gradient(z, t)[0] for z, t in parts]))\n",
    )
    accuracies = (RIGHT, "float(np.mean([np.mean(z.argmax(axis=1) == t) for z, t in parts]))")
    evaluation.edit(f"mean_of_losses_by_{size}", MEANS, losses)
    evaluation.edit(f"mean_of_batches_of_{size}", MEANS, losses, accuracies)

evaluation.edit(
    "logarithm_of_the_softmax",
    "The logarithm is taken of a softmax that has become 0, so that the loss of a row that is "
    "surely wrong is infinite. Take it before: the log of the sum of exponentials minus the "
    "target's logit.",
    (LOSS, f"    loss = float(-np.mean(np.log({SURE})))\n"),
    about="anything",
)
evaluation.edit(
    "divided_by_the_rows_again",
    "The mean loss is divided by the number of rows once more, so that it shrinks as the set "
    "grows. The loss of a batch is a mean already.",
    (LOSS, LOSS + "    loss /= len(y)\n"),
)
evaluation.edit(
    "divided_by_the_classes",
    "The mean is taken over rows and classes alike, as of a table with one entry per class, so "
    "that the loss comes out too small by the number of classes. The mean is over the rows alone.",
    (LOSS, LOSS + "    loss /= logits.shape[1]\n"),
)
evaluation.edit(
    "loss_in_bits",
    "The loss is in bits, with the logarithm to base 2. The natural logarithm is the convention, "
    "and what the gradient belongs to.",
    (LOSS, LOSS + "    loss /= np.log(2)\n"),
)
