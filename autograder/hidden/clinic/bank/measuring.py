"""Mistakes in an accuracy (04) and in a loss on probabilities (07)."""

from typing import Any

import torch
from torch.nn import functional as F

from autograder.api import Bank

bank = Bank()
accuracy, loss = bank.exercise("loop_04"), bank.exercise("loop_07")

EVAL = "    model.eval()  # no dropout; batch norm uses, and keeps, what it learned\n"
TRAIN, RETURN = "    model.train()\n", "return correct / seen"
PREDICTED = "predicted = model(x).argmax(dim=1)"
HITS = "correct += (predicted == y).sum().item()"
NORMS = "\n            ".join(
    (
        "for part in model.modules():",
        "    if isinstance(part, KIND):",
        "        part.eval()",
    )
).replace("\n            ", "\n    ")

TRAINING_MODE = (
    "The network is asked in training mode: dropout strikes out numbers at random, and batch norm "
    "uses each batch's own statistics and learns from it. In use it runs in evaluation mode."
)
accuracy.edit(
    "in_training_mode",
    TRAINING_MODE,
    (EVAL, ""),
)
accuracy.edit(
    "switched_to_training",
    TRAINING_MODE,
    (EVAL, "    model.train()\n"),
    equivalent_to="in_training_mode",
)
accuracy.edit(
    "left_in_evaluation",
    "The network stays in evaluation mode, and its training goes on without dropout and with "
    "frozen statistics. Switch it back once it has been asked.",
    (TRAIN, ""),
    about="anything",
)
accuracy.edit(
    "only_dropout_off",
    "Dropout is switched off, and batch norm is still in training mode: it uses each batch's own "
    "statistics and learns from them. One call switches the whole network.",
    (EVAL, f"    {NORMS.replace('KIND', 'nn.Dropout')}\n"),
)
accuracy.edit(
    "only_batch_norm_off",
    "Batch norm is in evaluation mode, and dropout still strikes out numbers at random. One call "
    "switches the whole network.",
    (EVAL, f"    {NORMS.replace('KIND', 'nn.BatchNorm1d')}\n"),
    about="anything",
)
accuracy.edit(
    "back_after_the_first_batch",
    "The network goes back to training mode after the first batch, so that all others are asked "
    "in the wrong one. Switch back once, behind the loop.",
    (HITS, f"{HITS}\n            model.train()"),
)
accuracy.edit(
    "in_percent",
    "The accuracy comes back in percent. It is a fraction of all samples, between 0 and 1.",
    (RETURN, "return 100 * correct / seen"),
    about="anything",
)
accuracy.edit(
    "mean_of_batches",
    "The accuracies of the batches are averaged, and a small last batch counts as much as a full "
    "one. Count what is right over all samples, and divide once.",
    (HITS, "correct += (predicted == y).float().mean().item()"),
    (RETURN, "return correct / len(loader)"),
)

LOGS = "logs = probabilities.clamp(min=smallest).log()  # 0 * log(0) is nan, 0 * log(tiny) is 0"
MEAN = "return surprise.mean()"

SOFTMAX_AGAIN = (
    "The probabilities are taken for logits, and softmax is applied once more. They are "
    "probabilities already: all that is missing is a logarithm that is safe at 0."
)
loss.edit(
    "zero_times_minus_infinity",
    "The logarithm of 0 is minus infinity, and 0 times that is nan, even for classes that aren't "
    "the true one. Keep the logarithm away from 0, or pick before you multiply.",
    (LOGS, "logs = probabilities.log()"),
    about="anything",
)
loss.edit(
    "a_thousandth_added",
    "A thousandth is added to every probability, which changes every loss. Something far smaller "
    "keeps the logarithm finite, and shows nowhere else.",
    (LOGS, "logs = (probabilities + 1e-3).log()"),
)
loss.edit(
    "a_hundredth_added",
    "A hundredth is added to every probability, which changes every loss, and lets a sure and "
    "wrong answer off cheaply. Take something far smaller.",
    (LOGS, "logs = (probabilities + 1e-2).log()"),
)
loss.edit(
    "one_added",
    "The logarithm of 1 + p is finite and isn't the logarithm of p: a sure and right answer costs "
    "less than nothing. Keep p, and keep it away from 0 by very little.",
    (LOGS, "logs = probabilities.log1p()"),
)
loss.edit(
    "smoothed_a_lot",
    "Probabilities are mixed with a tenth of a uniform distribution, which is finite and another "
    "loss. What is far from 0 has to stay as it is.",
    (LOGS, "logs = (0.9 * probabilities + 0.1 / probabilities.shape[1]).log()"),
)
loss.edit(
    "softmax_again",
    SOFTMAX_AGAIN,
    (LOGS, "logs = probabilities.log_softmax(dim=1)"),
)
loss.edit(
    "nan_counted_as_nothing",
    "Samples whose loss is nan count as 0, though most of them aren't sure at all. The nan comes "
    "from classes that aren't the true one: mend the product, not the sum.",
    (LOGS, "logs = probabilities.log()"),
    (MEAN, "return surprise.nan_to_num(nan=0.0).mean()"),
)
loss.edit(
    "nan_left_out",
    "Samples whose loss is nan are left out of the mean: with them go most samples that have a 0 "
    "anywhere. Each has a loss, that of its true class.",
    (LOGS, "logs = probabilities.log()"),
    (MEAN, "return surprise.nanmean()"),
)
loss.edit(
    "summed",
    "The losses of the samples are added up. The docstring asks for their mean.",
    (MEAN, "return surprise.sum()"),
)
loss.edit(
    "mean_over_classes",
    "The mean is taken over samples and classes, so the loss is too small by the number of "
    "classes. Each sample has one loss.",
    ("surprise = -(chosen * logs).sum(dim=1)", "surprise = -(chosen * logs)"),
)


@loss.wrong(
    "Binary cross-entropy also charges for each class that isn't the true one, and takes the mean "
    "over classes. The docstring asks for minus the logarithm of the true class's probability."
)
def binary_for_each_class(probabilities: Any, targets: Any) -> Any:
    chosen = F.one_hot(targets, probabilities.shape[1]).to(probabilities.dtype)
    return F.binary_cross_entropy(probabilities, chosen)


@loss.wrong(
    SOFTMAX_AGAIN,
    equivalent_to="softmax_again",
)
def probabilities_as_logits(probabilities: Any, targets: Any) -> Any:
    return F.cross_entropy(probabilities, targets)


@loss.wrong(
    "What comes back is a plain number, so that nobody can call backward on it: a loss has to "
    "keep its graph.",
    about="anything",
)
def a_plain_number(probabilities: Any, targets: Any) -> Any:
    return F.nll_loss(
        probabilities.clamp_min(torch.finfo(torch.float32).tiny).log(), targets
    ).item()


@loss.wrong(
    "The logarithm is cut at -1, so that unlikely classes cost no more than that. It has to be "
    "kept from minus infinity only, far below anything that matters."
)
def cut_too_early(probabilities: Any, targets: Any) -> Any:
    return F.nll_loss(probabilities.log().clamp(min=-1), targets)
