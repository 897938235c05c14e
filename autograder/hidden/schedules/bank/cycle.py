"""Mistakes in one_cycle."""

from autograder.api import Bank
from autograder.hidden.schedules.bank.rows import Rows, table

SOURCES = {
    "straight_lines": "Smith and Topin 2018; torch OneCycleLR, anneal_strategy='linear'",
    "three_phases": "torch OneCycleLR, three_phase=True",
    "cycles_again": "torch.optim.lr_scheduler.CyclicLR",
    "last_rate_from_the_peak": "fastai, fit_one_cycle",
}
bank = Bank()
cycle = bank.exercise("one_cycle")
GLIDE = "stop + (start - stop) / 2 * (1 + np.cos(np.pi * part))"
LINE = "start + (stop - start) * part"
PEAK = "= pct_start * total_steps - 1,"
LAST_STEP = ", total_steps - 1\n"
DOWN = "start, stop, part = max_lr, last, (step - peak) / (end - peak)"
AFTER = "    if step >= end:\n        return float(last)\n"
WHOLE = "= int(pct_start * total_steps),"
BELOW = ("if step <= peak", "if step < peak")
SHARES = (
    "The peak is at pct_start * total_steps and the end at total_steps, so that both come a step "
    "late. Steps count from 0: the last one of the climb, and of the run, is one less."
)
FIRST, LAST = "first = max_lr / div_factor", "last = first / final_div_factor"

# Where the peak is.
for (name, peak), text in {
    ("peak_a_step_late", "pct_start * total_steps"): (
        "The peak is at step pct_start * total_steps, one step too late: steps count from 0, so "
        "the last step of the climb is one less."
    ),
    ("peak_a_part_of_the_last_step", "pct_start * (total_steps - 1)"): (
        "The peak is at pct_start of the last step. It is at pct_start * total_steps, less one."
    ),
    ("peak_rounded_down", "int(pct_start * total_steps) - 1"): (
        "The step of the peak is rounded down to a whole number, so that both ways are stretched "
        "wrongly where it is not whole. Use the fraction as it is."
    ),
    ("climb_and_descent_exchanged", "(1 - pct_start) * total_steps - 1"): (
        "The climb takes 1 - pct_start of the steps. pct_start is the share of the run that climbs."
    ),
}.items():
    cycle.edit(name, text, (PEAK, f"= {peak},"), about="anything")
CYCLES: Rows = {
    ("straight_lines", (GLIDE, LINE)): (
        "Both ways are straight lines, as in Smith's paper and with anneal_strategy='linear'. Here "
        "they are half cosines, flat at the peak and at both ends."
    ),
    ("climb_in_a_straight_line", (GLIDE, f"{LINE} if stop == max_lr else {GLIDE}")): (
        "The climb is a straight line, and only the descent is half a cosine. Here both ways are."
    ),
    ("descent_in_a_straight_line", (GLIDE, f"{LINE} if start == max_lr else {GLIDE}")): (
        "The descent is a straight line, and only the climb is half a cosine. Here both ways are."
    ),
    ("quarter_turns", (GLIDE, "stop + (start - stop) * np.cos(np.pi / 2 * part)")): (
        "The glide uses a quarter turn, where the cosine itself falls from 1 to 0, so that one end "
        "of each way is steep. Half a turn of 1 + cos is flat at both."
    ),
    ("half_forgotten", (GLIDE, "stop + (start - stop) * (1 + np.cos(np.pi * part))")): (
        "The glide does not halve: 1 + cos goes from 2 to 0, so that each way starts at twice its "
        "height. Look at the factor in front of the bracket."
    ),
    ("ways_reversed", (GLIDE, "stop + (start - stop) / 2 * (1 - np.cos(np.pi * part))")): (
        "Each way runs from its end to its start: 1 - cos goes from 0 to 2, and the distance that "
        "it multiplies has the other sign. At part 0 the rate is the start."
    ),
    ("descent_counted_from_the_start", ("(step - peak) / (end - peak)", "step / end")): (
        "On the descent the part is step / (total_steps - 1), counted from the start of the run, "
        "so that the rate leaps at the peak. It is counted from the peak."
    ),
    ("descent_over_the_whole_run", ("(step - peak) / (end - peak)", "(step - peak) / end")): (
        "The descent is counted from the peak but spread over the steps of the whole run, so that "
        "it is far from over when the run is. It takes the steps from the peak to the last."
    ),
    (
        "time_in_shares",
        (PEAK, "= pct_start * total_steps,"),
        (LAST_STEP, ", total_steps\n"),
    ): SHARES,
    ("peak_rounded_down_and_a_step_late", (PEAK, WHOLE), BELOW): (
        "The peak is at the whole number of steps that the climb has: rounded down, and counted "
        "from 1. Steps count from 0, so it is one less, and the fraction stays."
    ),
    ("whole_steps", (PEAK, WHOLE), (LAST_STEP, ", total_steps\n"), BELOW): SHARES,
    (
        "three_phases",
        (
            DOWN,
            "start, stop, part = max_lr, first, (step - peak) / (max(peak, 0) + 1)\n"
            "        if part > 1:\n"
            "            turn = peak + max(peak, 0) + 1\n"
            "            start, stop, part = first, last, (step - turn) / max(end - turn, 1)",
        ),
    ): (
        "The cycle has three phases: up, the same time down to the first rate, and a last dive. "
        "That is the paper's, and three_phase=True in PyTorch. Here there are two."
    ),
    (
        "peak_held_at_the_first_step",
        (PEAK, "= max(pct_start * total_steps - 1, 0),"),
        BELOW,
    ): (
        "A peak before step 0 is moved to step 0, so that the run starts at max_lr. The formula of "
        "the descent holds as it is: step 0 is already past the peak."
    ),
    ("ends_a_step_late", (LAST_STEP, ", total_steps\n")): (
        "The descent ends a step after the run. Its end is the run's last step, total_steps - 1."
    ),
    ("rises_after_the_end", (AFTER, "")): (
        "After the last step the rate rises again. From total_steps - 1 on it stays at the last."
    ),
    ("nothing_after_the_end", (AFTER, "    if step > end:\n        return 0.0\n")): (
        "After the last step the rate is 0. It stays at the last rate, which is low and not 0."
    ),
    ("first_rate_after_the_end", (AFTER, "    if step > end:\n        return first\n")): (
        "After the last step the rate is back at the first one. It stays at the last, far below."
    ),
    ("cycles_again", (AFTER, "    step = step % total_steps\n")): (
        "After total_steps a new cycle begins. There is only one: the rate stays where it ended."
    ),
    ("last_rate_from_the_peak", (LAST, "last = max_lr / final_div_factor")): (
        "The last rate is max_lr / final_div_factor. It is the first rate that this factor divides."
    ),
    ("back_to_the_first_rate", (LAST, "last = first")): (
        "The descent ends at the first rate, as if the cycle were symmetric. It goes further down: "
        "to the first rate divided by final_div_factor."
    ),
    ("descends_to_zero", (LAST, "last = 0.0")): (
        "The descent ends at 0. The last rate is the first one divided by final_div_factor."
    ),
    (
        "climbs_from_zero",
        ("= first, max_lr,", "= 0.0, max_lr,"),
    ): "The climb begins at 0. The first rate is max_lr / div_factor, which is low and not 0.",
    ("climbs_from_the_last_rate", ("= first, max_lr,", "= last, max_lr,")): (
        "The climb begins at the last rate, divided by both factors. It begins at the first one, "
        "max_lr / div_factor, and only the descent ends below that."
    ),
    ("starts_at_max_lr", (FIRST, "first, max_lr = max_lr, max_lr * div_factor")): (
        "max_lr is taken as the first rate, and the peak is div_factor times higher. max_lr is the "
        "peak; the first rate lies below it."
    ),
    (
        "factors_swapped",
        (FIRST, "first = max_lr / final_div_factor"),
        (LAST, "last = first / div_factor"),
    ): (
        "The two factors have changed places: the first rate is divided by final_div_factor and "
        "the last by div_factor as well. div_factor leads from the peak to the first rate."
    ),
    ("climb_a_step_ahead", (" step / peak", " (step + 1) / (peak + 1)")): (
        "The climb counts from 1, so that step 0 has already left the first rate. The part of the "
        "way behind is 0 at step 0 and 1 at the peak."
    ),
    ("peak_rounded", (PEAK, "= round(pct_start * total_steps) - 1,")): (
        "The step of the peak is rounded to a whole number, so that both ways are stretched "
        "wrongly where it is not whole. Use the fraction as it is."
    ),
}
table(cycle, CYCLES, SOURCES, about="anything")
