"""Mistakes in one_cycle."""

from __future__ import annotations

from autograder.api import Bank

KEY = "one_cycle"
GLIDE = "stop + (start - stop) / 2 * (1 + np.cos(np.pi * part))"
PEAK = "pct_start * total_steps - 1, total_steps - 1"
DOWN = "start, stop, part = max_lr, last, (step - peak) / (end - peak)"
AFTER = "    if step >= end:\n        return float(last)\n"
FIRST, LAST = "first = max_lr / div_factor", "last = first / final_div_factor"


def declare(bank: Bank) -> None:
    _ways(bank)
    _times(bank)
    _rates(bank)


def _ways(bank: Bank) -> None:
    bank.edit(
        KEY,
        "straight_lines",
        "Both ways are straight lines, as in Smith's paper and with anneal_strategy='linear'. Here "
        "they are half cosines, flat at the peak and at both ends.",
        (GLIDE, "start + (stop - start) * part"),
        source="Smith and Topin 2018; torch OneCycleLR, anneal_strategy='linear'",
    )
    bank.edit(
        KEY,
        "climb_in_a_straight_line",
        "The climb is a straight line, like a warm-up, and only the descent is a half cosine. Here "
        "both ways glide.",
        (GLIDE, f"start + (stop - start) * part if stop == max_lr else {GLIDE}"),
    )
    bank.edit(
        KEY,
        "quarter_turns",
        "The glide uses a quarter turn, where the cosine itself falls from 1 to 0, so that one end "
        "of each way is steep. Half a turn of 1 + cos is flat at both.",
        (GLIDE, "stop + (start - stop) * np.cos(np.pi / 2 * part)"),
    )
    bank.edit(
        KEY,
        "half_forgotten",
        "The glide does not halve: 1 + cos goes from 2 to 0, so that each way starts at twice its "
        "height. Look at the factor in front of the bracket.",
        (GLIDE, "stop + (start - stop) * (1 + np.cos(np.pi * part))"),
    )
    bank.edit(
        KEY,
        "descent_counted_from_the_start",
        "On the descent the part is step / (total_steps - 1), counted from the start of the run, "
        "so that the rate leaps at the peak. It is counted from the peak.",
        ("(step - peak) / (end - peak)", "step / end"),
    )
    bank.edit(
        KEY,
        "three_phases",
        "The cycle has three phases: up, the same time down to the first rate, and a last dive. "
        "That is the paper's, and three_phase=True in PyTorch. Here there are two.",
        (
            DOWN,
            "start, stop, part = max_lr, first, (step - peak) / (max(peak, 0) + 1)\n"
            "        if part > 1:\n"
            "            turn = peak + max(peak, 0) + 1\n"
            "            start, stop, part = first, last, (step - turn) / max(end - turn, 1)",
        ),
        source="torch OneCycleLR, three_phase=True",
    )


def _times(bank: Bank) -> None:
    bank.edit(
        KEY,
        "peak_a_step_late",
        "The peak is at step pct_start * total_steps, one step too late: steps count from 0, so "
        "the last step of the climb is one less.",
        (PEAK, "pct_start * total_steps, total_steps - 1"),
    )
    bank.edit(
        KEY,
        "peak_a_part_of_the_last_step",
        "The peak is at pct_start of the last step, pct_start * (total_steps - 1). It is at "
        "pct_start * total_steps, less one.",
        (PEAK, "pct_start * (total_steps - 1), total_steps - 1"),
    )
    bank.edit(
        KEY,
        "peak_rounded_down",
        "The step of the peak is rounded down to a whole number, so that both ways are stretched "
        "wrongly where it is not whole. Use the fraction as it is.",
        (PEAK, "int(pct_start * total_steps) - 1, total_steps - 1"),
    )
    bank.edit(
        KEY,
        "peak_rounded",
        "The step of the peak is rounded to a whole number, so that both ways are stretched "
        "wrongly where it is not whole. Use the fraction as it is.",
        (PEAK, "round(pct_start * total_steps) - 1, total_steps - 1"),
        about="anything",
    )
    bank.edit(
        KEY,
        "peak_held_at_the_first_step",
        "A peak before step 0 is moved to step 0, so that the run starts at max_lr. The formula of "
        "the descent holds as it is: step 0 is already past the peak.",
        (PEAK, "max(pct_start * total_steps - 1, 0), total_steps - 1"),
        ("if step <= peak", "if step < peak"),
    )
    bank.edit(
        KEY,
        "ends_a_step_late",
        "The descent ends at step total_steps, which no run of total_steps steps ever takes. Its "
        "last step is total_steps - 1.",
        (PEAK, "pct_start * total_steps - 1, total_steps"),
    )
    bank.edit(
        KEY,
        "rises_after_the_end",
        "After the last step the cosine goes on and the rate rises again. At and after step "
        "total_steps - 1 it is the last rate.",
        (AFTER, ""),
    )
    bank.edit(
        KEY,
        "nothing_after_the_end",
        "After the last step the rate is 0. It stays at the last rate, first / final_div_factor, "
        "however long the run goes on.",
        (AFTER, "    if step > end:\n        return 0.0\n"),
        about="anything",
    )
    bank.edit(
        KEY,
        "cycles_again",
        "After total_steps a new cycle begins. There is one cycle, as the name says: after it the "
        "rate stays where it ended.",
        (AFTER, "    step = step % total_steps\n"),
        source="torch.optim.lr_scheduler.CyclicLR",
    )


def _rates(bank: Bank) -> None:
    bank.edit(
        KEY,
        "last_rate_from_the_peak",
        "The last rate is max_lr / final_div_factor. It is the first rate that final_div_factor "
        "divides, so that both factors count.",
        (LAST, "last = max_lr / final_div_factor"),
        source="fastai, fit_one_cycle",
    )
    bank.edit(
        KEY,
        "back_to_the_first_rate",
        "The descent ends at the first rate, as if the cycle were symmetric. It goes further down: "
        "to the first rate divided by final_div_factor.",
        (LAST, "last = first"),
    )
    bank.edit(
        KEY,
        "descends_to_zero",
        "The descent ends at 0. The last rate is small, not 0: the first rate divided by "
        "final_div_factor.",
        (LAST, "last = 0.0"),
    )
    bank.edit(
        KEY,
        "climbs_from_zero",
        "The climb begins at 0. The first rate is max_lr / div_factor, and the last one is derived "
        "from it.",
        ("start, stop, part = first, max_lr,", "start, stop, part = 0.0, max_lr,"),
    )
    bank.edit(
        KEY,
        "starts_at_max_lr",
        "max_lr is taken as the first rate, and the peak is div_factor times higher. max_lr is the "
        "peak; the first rate lies below it.",
        (FIRST, "first, max_lr = max_lr, max_lr * div_factor"),
    )
    bank.edit(
        KEY,
        "factors_swapped",
        "The two factors have changed places: the first rate is divided by final_div_factor and "
        "the last by div_factor as well. div_factor leads from the peak to the first rate.",
        (FIRST, "first = max_lr / final_div_factor"),
        (LAST, "last = first / div_factor"),
    )
