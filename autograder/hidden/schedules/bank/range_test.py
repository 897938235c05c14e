"""Mistakes in lr_range_test."""

from __future__ import annotations

from autograder.api import Bank

KEY = "lr_range_test"
RATES = "np.geomspace(min_lr, max_lr, steps)"
LEAP = "(losses and loss > 4 * min(losses))"
STOP = f"if not np.isfinite(loss) or {LEAP}:"
KEEP = "        lrs.append(lr)\n        losses.append(loss)\n"
STOPPED = f"        {STOP}\n            break\n"
SLOPES = "slopes = np.gradient(losses, np.log(lrs))"
BEST = "lrs[np.argmin(slopes)]"
ASK = "loss = float(loss_at_lr(float(lr)))"
ARRAYS = "lrs, losses = np.array(lrs), np.array(losses)"


def declare(bank: Bank) -> None:
    _rates(bank)
    _stopping(bank)
    _suggesting(bank)


def _rates(bank: Bank) -> None:
    bank.edit(
        KEY,
        "equal_distances",
        "The rates have equal differences, so that nearly all of them lie in the uppermost decade. "
        "They should have equal ratios: the same factor each time.",
        (RATES, "np.linspace(min_lr, max_lr, steps)"),
    )
    bank.edit(
        KEY,
        "last_rate_left_out",
        "The factor is the ratio to the power of 1 / steps, so that max_lr itself is never tried. "
        "Between steps rates there are steps - 1 gaps.",
        (RATES, "np.geomspace(min_lr, max_lr, steps, endpoint=False)"),
    )
    bank.edit(
        KEY,
        "first_rate_left_out",
        "The rate is raised before the first call, so that min_lr itself is never tried. Both ends "
        "are included.",
        (RATES, "np.geomspace(min_lr, max_lr, steps + 1)[1:]"),
    )
    bank.edit(
        KEY,
        "from_the_top",
        "The rates fall, from max_lr down. The model inside is trained by every call, and at the "
        "highest rate it breaks at once: begin with the lowest.",
        (RATES, f"{RATES}[::-1]"),
        (
            "slopes = ",
            "order = np.argsort(lrs)\n    lrs, losses = lrs[order], losses[order]\n    slopes = ",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "asked_twice",
        "loss_at_lr is called twice for each rate, once to decide and once to keep the loss. Each "
        "call trains the model: call once, and keep the answer.",
        (KEEP, "        lrs.append(lr)\n        losses.append(float(loss_at_lr(float(lr))))\n"),
        about="anything",
    )
    bank.edit(
        KEY,
        "in_single_precision",
        "The arrays are float32, which keeps seven digits. The contract asks for float64, whatever "
        "loss_at_lr returns.",
        (ARRAYS, "lrs, losses = np.array(lrs, np.float32), np.array(losses, np.float32)"),
        about="anything",
    )
    bank.edit(
        KEY,
        "types_of_the_losses",
        "The losses keep whatever type loss_at_lr returned: whole numbers make an array of ints, "
        "single-precision ones of float32. Turn each into a float.",
        (ASK, "loss = loss_at_lr(float(lr))"),
        about="anything",
    )


def _stopping(bank: Bank) -> None:
    bank.edit(
        KEY,
        "four_times_the_last",
        "A loss is compared with 4 times the one before it, so that losses that creep up never "
        "stop the run. Compare with the lowest so far.",
        (LEAP, "(losses and loss > 4 * losses[-1])"),
        about="anything",
    )
    bank.edit(
        KEY,
        "four_times_the_first",
        "A loss is compared with 4 times the first one, so that a leap from a low loss goes "
        "unnoticed. Compare with the lowest so far.",
        (LEAP, "(losses and loss > 4 * losses[0])"),
        about="anything",
    )
    bank.edit(
        KEY,
        "stops_at_any_rise",
        "The run stops at the first loss that is above the lowest. Batch losses go up and down; "
        "only one above 4 times the lowest ends it.",
        (LEAP, "(losses and loss > min(losses))"),
        about="anything",
    )
    bank.edit(
        KEY,
        "stops_at_exactly_four",
        "A loss of exactly 4 times the lowest ends the run. It has to exceed that.",
        (LEAP, "(losses and loss >= 4 * min(losses))"),
        about="anything",
    )
    bank.edit(
        KEY,
        "never_stops_at_a_leap",
        "Only a loss that is not finite ends the run: after a leap it goes on, through losses that "
        "say nothing any more. Above 4 times the lowest it is over.",
        (STOP, "if not np.isfinite(loss):"),
        about="anything",
    )
    bank.edit(
        KEY,
        "never_stops",
        "Nothing ends the run: loss_at_lr is called for every rate, also after a leap and after "
        "nan. A loss that is not finite, or above 4 times the lowest, ends it.",
        (STOPPED, ""),
        about="anything",
    )
    bank.edit(
        KEY,
        "nan_is_no_leap",
        "The run goes on after nan, which is not larger than anything, and after minus infinity. A "
        "loss that is not finite ends it.",
        (STOP, f"if {LEAP}:"),
        about="anything",
    )
    bank.edit(
        KEY,
        "only_nan",
        "Only nan is looked for, and infinity with either sign may pass: minus infinity is no "
        "leap, and spoils everything after it. Ask whether the loss is finite.",
        (STOP, f"if np.isnan(loss) or {LEAP}:"),
        about="anything",
    )
    bank.edit(
        KEY,
        "leap_kept",
        "The loss that ends the run is returned with the others, and so is its rate. It is left "
        "out: decide before you append.",
        (
            STOPPED + KEEP,
            KEEP + f"        {STOP.replace('min(losses)', 'min(losses)')}\n            break\n",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "runs_on_and_cuts_later",
        "loss_at_lr is called for every rate, and what comes after the leap is cut off at the end. "
        "The run should stop there: each call costs a step, and the model is broken.",
        (
            STOPPED,
            f"        {STOP.replace('if ', 'if broken or ', 1)}\n"
            "            broken = True\n            continue\n",
        ),
        ("    lrs, losses = [], []\n", "    lrs, losses, broken = [], [], False\n"),
        about="anything",
    )


def _suggesting(bank: Bank) -> None:
    bank.edit(
        KEY,
        "rate_of_the_lowest_loss",
        "The suggestion is the rate of the lowest loss, where the curve is about to turn. Take the "
        "rate where the loss falls most steeply.",
        (BEST, "lrs[np.argmin(losses)]"),
    )
    bank.edit(
        KEY,
        "a_tenth_of_the_lowest",
        "The suggestion is a tenth of the rate of the lowest loss, another rule of thumb. Here it "
        "is the rate where the loss falls most steeply.",
        (BEST, "lrs[np.argmin(losses)] / 10"),
        source="fastai, lr_find: minimum / 10",
    )
    bank.edit(
        KEY,
        "slope_along_the_rate",
        "The slope is taken along the rate itself, where small rates lie close together and win. "
        "Along the logarithm of the rate all neighbours are equally far apart.",
        (SLOPES, "slopes = np.gradient(losses, lrs)"),
    )
    bank.edit(
        KEY,
        "differences_along_the_rate",
        "The slope is taken along the rate itself, where small rates lie close together and win. "
        "Along the logarithm of the rate all neighbours are equally far apart.",
        (SLOPES, "slopes = np.diff(losses) / np.diff(lrs)"),
        equivalent_to="slope_along_the_rate",
    )
    bank.edit(
        KEY,
        "steepest_rise",
        "The suggestion is where the slope is largest, which is where the loss rises. The steepest "
        "fall has the smallest slope, the most negative one.",
        (BEST, "lrs[np.argmax(slopes)]"),
    )
    bank.edit(
        KEY,
        "flattest_place",
        "The suggestion is where the slope is nearest to 0, a level stretch. The steepest fall has "
        "the smallest slope, the most negative one.",
        (BEST, "lrs[np.argmin(np.abs(slopes))]"),
    )
    bank.edit(
        KEY,
        "the_slope_itself",
        "The suggestion is the steepest slope and not the rate at which it is found. Use the place "
        "of the minimum to look up the rate.",
        (BEST, "slopes[np.argmin(slopes)]"),
    )
    bank.edit(
        KEY,
        "the_place_itself",
        "The suggestion is the position in the arrays and not the rate that stands there. Look the "
        "rate up.",
        (f"float({BEST})", "float(np.argmin(slopes))"),
    )
    bank.edit(
        KEY,
        "last_rate_before_the_stop",
        "The suggestion is the last rate before the leap, the edge of what the model bears. Take "
        "the rate where the loss falls most steeply.",
        (BEST, "lrs[-1]"),
    )
