"""Mistakes in lr_range_test, and what all right range tests share: a suggestion within one grid
step is as good as the best."""

from typing import Any

import numpy as np

from autograder.api import Bank, Number
from autograder.hidden.schedules.bank.rows import Rows, table

SOURCES = {
    "smoothed_losses": "Gugger 2018, How Do You Find A Good Learning Rate",
    "a_tenth_of_the_lowest": "fastai, lr_find: minimum / 10",
}
bank = Bank()
range_test = bank.exercise("lr_range_test")
RATES = "np.geomspace(min_lr, max_lr, steps)"
LEAP = "(losses and loss > 4 * min(losses))"
FINITE = "not np.isfinite(loss)"
STOP = f"if {FINITE} or {LEAP}:"
KEEP = "        lrs.append(lr)\n        losses.append(loss)\n"
STOPPED = f"        {STOP}\n            break\n"
SLOPES = "slopes = np.gradient(losses, np.log(lrs))"
BEST = "lrs[np.argmin(slopes)]"
ASK = "loss = float(loss_at_lr(float(lr)))"
ALONG_THE_RATE = (
    "The slope is taken along the rate itself, where small rates lie close together and win. Along "
    "the logarithm of the rate all neighbours are equally far apart."
)
ARRAYS = "lrs, losses = np.array(lrs), np.array(losses)"


@range_test.observe("whole", "leaping", "rising", "odd_numbers")
def read(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The raw values, with a suggestion that is right or next to it in the place of all such."""
    return {where: {**raw[where], **suggestion(raw[where], one)} for where, one in inputs.items()}


@range_test.observe("broken", "near_four", "short")
def read_the_run(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The raw values without the suggestion, where it is a float: other probes look at it, and
    who has only that wrong keeps the points for the run."""
    return {
        where: {
            **one,
            "suggestion": "a float" if is_float(one["suggestion"]) else one["suggestion"],
        }
        for where, one in raw.items()
    }


def is_float(got: Any) -> bool:
    """Whether it is one, of any value."""
    return isinstance(got, Number) and got.dtype == "float64"


def suggestion(found: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    """The suggestion: the best rate in place of it and of its neighbours."""
    got = found["suggestion"]
    if not (isinstance(got, Number) and isinstance(got.value, float) and got.value > 0):
        return {}
    rates = np.geomspace(one["min_lr"], one["max_lr"], one["steps"])
    count = counted(one["losses"])
    slopes = np.gradient(np.array(one["losses"][:count], dtype=float), np.log(rates[:count]))
    best = int(np.argmin(slopes))
    nearest = int(np.argmin(np.abs(np.log(rates) - np.log(got.value))))
    inside = nearest < count and rates[0] / 1.01 < got.value < rates[-1] * 1.01
    right = inside and abs(nearest - best) <= 1
    return {"suggestion": Number(float(rates[best]), "float64") if right else got}


def counted(losses: Any) -> int:
    """How many losses come before the first that is not finite or more than 4 times the lowest."""
    lowest = np.inf
    for index, loss in enumerate(losses):
        if not np.isfinite(loss) or loss > 4 * lowest:
            return index
        lowest = min(lowest, float(loss))
    return len(losses)


MISTAKES: Rows = {
    ("equal_distances", (RATES, "np.linspace(min_lr, max_lr, steps)")): (
        "The rates have equal differences, so that nearly all of them lie in the uppermost decade. "
        "They should have equal ratios: the same factor each time."
    ),
    ("powers_of_ten", (RATES, "np.logspace(min_lr, max_lr, steps)")): (
        "np.logspace takes its ends for exponents, so that the rates are powers of ten, none of "
        "them below 1. np.geomspace takes the ends as they are."
    ),
    ("last_rate_left_out", (RATES, "np.geomspace(min_lr, max_lr, steps, endpoint=False)")): (
        "The factor is the ratio to the power of 1 / steps, so that max_lr itself is never tried. "
        "Between steps rates there are steps - 1 gaps."
    ),
    ("first_rate_left_out", (RATES, "np.geomspace(min_lr, max_lr, steps + 1)[1:]")): (
        "The rate is raised before the first call, so min_lr is never tried. Include both ends."
    ),
    (
        "all_rates_one_factor_too_high",
        (RATES, f"{RATES} * (max_lr / min_lr) ** (1 / (steps - 1))"),
    ): (
        "The rate is raised before each call, so that min_lr itself is never tried and the last "
        "rate lies above max_lr. Call first, raise then."
    ),
    (
        "smoothed_losses",
        ("    lrs, losses = [], []\n", "    lrs, losses, mean = [], [], 0.0\n"),
        (
            ASK,
            "mean = 0.98 * mean + 0.02 * float(loss_at_lr(float(lr)))\n"
            "        loss = mean / (1 - 0.98 ** (len(losses) + 1))",
        ),
    ): (
        "The losses are replaced by a running average, as in some tools. What comes back, and what "
        "is compared with the lowest, is each loss as loss_at_lr returned it."
    ),
    ("slope_along_the_rate", (SLOPES, "slopes = np.gradient(losses, lrs)")): ALONG_THE_RATE,
    (
        "differences_along_the_rate",
        (SLOPES, "slopes = np.diff(losses) / np.diff(lrs)"),
    ): ALONG_THE_RATE,
    ("slope_of_the_logarithm", (SLOPES, SLOPES.replace("(losses", "(np.log(losses)"))): (
        "The slope is that of the logarithm of the loss, which is steepest late in the fall. Only "
        "the rates have their logarithm taken: the losses stay as they are."
    ),
    ("rate_of_the_lowest_loss", (BEST, "lrs[np.argmin(losses)]")): (
        "The suggestion is the rate of the lowest loss, where the curve is about to turn. Take the "
        "rate where the loss falls most steeply."
    ),
    ("a_tenth_of_the_lowest", (BEST, "lrs[np.argmin(losses)] / 10")): (
        "The suggestion is a tenth of the rate of the lowest loss, another rule of thumb. Here it "
        "is the rate where the loss falls most steeply."
    ),
    ("steepest_rise", (BEST, "lrs[np.argmax(slopes)]")): (
        "The suggestion is where the slope is largest, which is where the loss rises. The steepest "
        "fall has the smallest slope, the most negative one."
    ),
    ("steepest_either_way", (BEST, "lrs[np.argmax(np.abs(slopes))]")): (
        "The suggestion is where the slope is largest in size, up or down, so that a steep rise "
        "wins over the fall. The steepest fall has the most negative slope: leave the sign on."
    ),
    ("flattest_place", (BEST, "lrs[np.argmin(np.abs(slopes))]")): (
        "The suggestion is where the slope is nearest to 0, a level stretch. The steepest fall has "
        "the smallest slope, the most negative one."
    ),
    ("the_slope_itself", (BEST, "slopes[np.argmin(slopes)]")): (
        "The suggestion is the steepest slope itself. Use its place to look up the rate it is at."
    ),
    ("the_place_itself", (BEST, "np.argmin(slopes)")): (
        "The suggestion is the position in the arrays. Look up the rate that stands there."
    ),
    ("last_rate_before_the_stop", (BEST, "lrs[-1]")): (
        "The suggestion is the last rate before the leap, the edge of what the model bears. Take "
        "the rate where the loss falls most steeply."
    ),
    (
        "from_the_top",
        (RATES, f"{RATES}[::-1]"),
        (
            "slopes = ",
            "order = np.argsort(lrs)\n    lrs, losses = lrs[order], losses[order]\n    slopes = ",
        ),
    ): (
        "The rates fall, from max_lr down. The model inside is trained by every call, and at the "
        "highest rate it breaks at once: begin with the lowest."
    ),
    ("four_times_the_last", (LEAP, "(losses and loss > 4 * losses[-1])")): (
        "A loss is compared with 4 times the last one, so a creep never stops. Take the lowest."
    ),
    ("four_times_the_first", (LEAP, "(losses and loss > 4 * losses[0])")): (
        "A loss is compared with 4 times the first, so a leap goes unnoticed. Take the lowest one."
    ),
    ("four_and_no_lowest", (LEAP, "loss > 4")): (
        "The run stops at a loss above 4, whatever the losses before it were. The limit is 4 times "
        "the lowest of them: keep that, or look for it in the list."
    ),
    ("four_times_the_mean", (LEAP, "(losses and loss > 4 * np.mean(losses))")): (
        "A loss is compared with 4 times the mean of those before it, which lags far above the "
        "lowest in a fall. Compare with the lowest so far."
    ),
    ("stops_at_any_rise", (LEAP, "(losses and loss > min(losses))")): (
        "The run stops at the first loss that is above the lowest. Batch losses go up and down; "
        "only one above 4 times the lowest ends it."
    ),
    ("stops_at_exactly_four", (LEAP, "(losses and loss >= 4 * min(losses))")): (
        "A loss of exactly 4 times the lowest ends the run. It has to exceed that."
    ),
    ("never_stops_at_a_leap", (f" or {LEAP}", "")): (
        "Only a loss that is not finite ends the run: after a leap it goes on, through losses that "
        "say nothing any more. Above 4 times the lowest it is over."
    ),
    ("never_stops", (STOPPED, "")): (
        "Nothing ends the run: loss_at_lr is called for every rate, also after a leap and after "
        "nan. A loss that is not finite, or above 4 times the lowest, ends it."
    ),
    ("nan_is_no_leap", (f"{FINITE} or ", "")): (
        "The run goes on after nan, which is not larger than anything, and after minus infinity. A "
        "loss that is not finite ends it."
    ),
    ("only_nan", (FINITE, "np.isnan(loss)")): (
        "Only nan is looked for, and infinity with either sign may pass: minus infinity is no "
        "leap, and spoils everything after it. Ask whether the loss is finite."
    ),
    ("leap_kept", (STOPPED + KEEP, KEEP + STOPPED)): (
        "The loss that ends the run is kept, and so is its rate. Decide first, and append then."
    ),
    ("asked_twice", (KEEP, KEEP.replace("append(loss)", "append(float(loss_at_lr(float(lr))))"))): (
        "loss_at_lr is called twice for each rate, once to decide and once to keep the loss. Each "
        "call trains the model: call once, and keep the answer."
    ),
    ("types_of_the_losses", (ASK, "loss = loss_at_lr(float(lr))")): (
        "The losses keep whatever type loss_at_lr returned: whole numbers make an array of ints, "
        "single-precision ones of float32. Turn each into a float."
    ),
    (
        "in_single_precision",
        (ARRAYS, "lrs, losses = np.array(lrs, np.float32), np.array(losses, np.float32)"),
    ): (
        "The arrays are float32, which keeps seven digits. The contract asks for float64, whatever "
        "loss_at_lr returns."
    ),
    ("lists_come_back", ("return lrs, losses,", "return list(lrs), list(losses),")): (
        "Rates and losses come back as lists. Turn both of them into float64 arrays at the end."
    ),
    (
        "runs_on_and_cuts_later",
        (
            STOPPED,
            f"        {STOP.replace('if ', 'if broken or ', 1)}\n"
            "            broken = True\n            continue\n",
        ),
        ("    lrs, losses = [], []\n", "    lrs, losses, broken = [], [], False\n"),
    ): (
        "loss_at_lr is called for every rate, and what comes after the leap is cut off at the end. "
        "The run should stop there: each call costs a step, and the model is broken."
    ),
}
table(range_test, MISTAKES, SOURCES, about="anything")
