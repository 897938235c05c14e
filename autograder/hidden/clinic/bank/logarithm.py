"""Mistakes in a loss on probabilities (07)."""

from typing import Any

import torch
from torch.nn import functional as F

from autograder.api import Bank

bank = Bank()
loss = bank.exercise("loop_07")

LOGS = "logs = probabilities.clamp(min=smallest).log()  # 0 * log(0) is nan, 0 * log(tiny) is 0"
MEAN = "return surprise.mean()"

TOO_MUCH = (
    "What is added to every probability is too large: it changes every loss. Something far smaller "
    "keeps the logarithm finite, and shows nowhere else."
)
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
    TOO_MUCH,
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


NO_GRADIENT = (
    "The value is right, and its gradient is nan: the logarithm of 0 is still taken, and going "
    "back through it divides 0 by 0. Keep 0 away from the logarithm: before it, not behind it."
)
loss.edit(
    "logarithm_mended_behind",
    NO_GRADIENT,
    (LOGS, "logs = probabilities.log().nan_to_num(neginf=-100.0)"),
    about="anything",
)


@loss.wrong(NO_GRADIENT, about="anything", equivalent_to="logarithm_mended_behind")
def product_mended_behind(probabilities: Any, targets: Any) -> Any:
    chosen = F.one_hot(targets, probabilities.shape[1])
    return -(chosen * probabilities.log()).nan_to_num(0.0).sum(dim=1).mean()


@loss.wrong(NO_GRADIENT, about="anything", equivalent_to="logarithm_mended_behind")
def picked_behind_the_logarithm(probabilities: Any, targets: Any) -> Any:
    return F.nll_loss(probabilities.log(), targets)


loss.edit(
    "nothing_if_nan",
    "The whole loss becomes 0 as soon as one factor is nan, so that nothing is learned from such a "
    "batch. The nan is hidden, not mended: look at the product that it comes from.",
    (LOGS, "logs = probabilities.log()"),
    (MEAN, "return surprise.mean().nan_to_num(nan=0.0)"),
    about="anything",
)
ZERO_IS_FREE = (
    "The logarithm of 0 is set to 0, which is that of 1: a true class of probability 0 costs "
    "nothing. It has to cost a lot."
)
loss.edit(
    "zero_costs_nothing",
    ZERO_IS_FREE,
    (LOGS, "logs = probabilities.masked_fill(probabilities == 0, 1.0).log()"),
    about="anything",
)
loss.edit(
    "zero_costs_nothing_behind",
    ZERO_IS_FREE,
    (LOGS, "logs = torch.where(probabilities > 0, probabilities.log(), 0.0)"),
    about="anything",
    equivalent_to="zero_costs_nothing",
)
HELD_TOO_HIGH = (
    "Probabilities are kept from 0 by far too much: an unlikely class costs no more than the limit "
    "says, and what lies below it gets no gradient. Far less keeps the logarithm finite."
)
loss.edit(
    "held_above_a_hundredth",
    HELD_TOO_HIGH,
    (LOGS, "logs = probabilities.clamp(0.01, 0.99).log()"),
    about="anything",
)
loss.edit(
    "held_above_a_hundredth_only_below",
    HELD_TOO_HIGH,
    (LOGS, "logs = probabilities.clamp(min=0.01).log()"),
    about="anything",
    equivalent_to="held_above_a_hundredth",
)
loss.edit(
    "sign_forgotten",
    "The mean logarithm comes back without its minus, so that training makes the true class less "
    "likely.",
    (MEAN, "return -surprise.mean()"),
)


@loss.wrong(
    "`nll_loss` takes logarithms of probabilities and only picks and negates them: fed with "
    "probabilities it gives minus their mean. The logarithm is still missing."
)
def picked_without_a_logarithm(probabilities: Any, targets: Any) -> Any:
    return F.nll_loss(probabilities, targets)
