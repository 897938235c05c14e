"""Mistakes in linear_warmup and warmup_cosine."""

from __future__ import annotations

from autograder.api import Bank


def declare(bank: Bank) -> None:
    _warmup(bank)
    _both(bank)


def _warmup(bank: Bank) -> None:
    key, line = "linear_warmup", "base_lr * (step + 1) / warmup_steps"
    top = "    if step >= warmup_steps:\n        return float(base_lr)\n"
    bank.edit(
        key,
        "starts_at_zero",
        "The first step has the rate 0, and a whole batch moves nothing: step / warmup_steps is "
        "one step behind. The climb begins at base_lr / warmup_steps.",
        ("(step + 1)", "step"),
    )
    bank.edit(
        key,
        "starts_at_zero_and_divides",
        "The first step has the rate 0, and a whole batch moves nothing: step / warmup_steps is "
        "one step behind. The climb begins at base_lr / warmup_steps.",
        (top, ""),
        (line, "base_lr * min(1, step / warmup_steps)"),
        about="anything",
    )
    bank.edit(
        key,
        "starts_at_zero_ends_on_time",
        "The climb runs from 0 at step 0 to the top at the last warm-up step, in steps that are a "
        "little too high. The first rate is never 0: all steps of the climb are equal.",
        (line, "base_lr * step / max(warmup_steps - 1, 1)"),
    )
    bank.edit(
        key,
        "one_step_too_long",
        "The climb is divided into warmup_steps + 1 steps, and the last warm-up step is still "
        "below the top. Step warmup_steps - 1 has the base rate.",
        (line, "base_lr * (step + 1) / (warmup_steps + 1)"),
    )
    bank.edit(
        key,
        "first_step_repeated",
        "Only step 0 is kept from being 0, so that steps 0 and 1 have the same rate and the rest "
        "lags one step behind. Count every step from 1.",
        ("(step + 1)", "max(step, 1)"),
    )
    bank.edit(
        key,
        "never_stops_climbing",
        "The climb goes on after the warm-up, and the rate grows for ever. From step "
        "warmup_steps - 1 on it is base_lr.",
        (top, ""),
        (line, "base_lr * (step + 1) / max(warmup_steps, 1)"),
    )
    bank.edit(
        key,
        "overshoots_once",
        "The step right after the climb is still counted as part of it, and gets a rate above "
        "base_lr. Look at the comparison: step warmup_steps is no longer warm-up.",
        ("if step >= warmup_steps", "if step > warmup_steps or warmup_steps == 0"),
    )
    bank.edit(
        key,
        "overshoots_once_and_divides",
        "The step right after the climb is still counted as part of it, and gets a rate above "
        "base_lr. Look at the comparison: step warmup_steps is no longer warm-up.",
        ("if step >= warmup_steps", "if step > warmup_steps"),
        about="anything",
    )
    bank.edit(
        key,
        "nothing_after_the_climb",
        "After the warm-up the rate is 0, as if the schedule were over. The warm-up ends at the "
        "top and stays there.",
        ("return float(base_lr)", "return float(base_lr) if warmup_steps == 0 else 0.0"),
        about="anything",
    )
    bank.edit(
        key,
        "no_climb_no_rate",
        "With warmup_steps = 0 the rate is 0 for ever. No warm-up means that the full rate is "
        "there from the first step.",
        ("return float(base_lr)", "return float(base_lr) if warmup_steps > 0 else 0.0"),
        about="anything",
    )
    bank.edit(
        key,
        "divides_by_no_steps",
        "The division by warmup_steps comes before it is known whether there is a climb, and fails "
        "with 0 warm-up steps. Decide first, divide then.",
        (top, ""),
        (line, "base_lr * min(1, (step + 1) / warmup_steps)"),
        about="anything",
    )
    bank.edit(
        key,
        "waits_at_the_first_rate",
        "The rate stays at base_lr / warmup_steps for the whole warm-up and then leaps to the top: "
        "a constant warm-up. A gradual one climbs by the same amount every step.",
        (line, "base_lr / warmup_steps"),
        source="He et al. 2016, Deep Residual Learning, section 4.2 (a constant warm-up)",
    )
    bank.edit(
        key,
        "half_a_cosine",
        "The climb follows half a cosine, flat at both ends. The linear warm-up rises by "
        "base_lr / warmup_steps at every step.",
        (line, "base_lr * (1 - np.cos(np.pi * (step + 1) / warmup_steps)) / 2"),
    )


def _both(bank: Bank) -> None:
    key = "warmup_cosine"
    call = "return cosine(step - warmup_steps, base_lr, total_steps - warmup_steps, min_lr)"
    climb = "return linear_warmup(step, base_lr, warmup_steps)"
    bank.edit(
        key,
        "cosine_from_the_start",
        "The cosine counts from step 0, so that it has already come down a good way when the climb "
        "ends, and the rate leaps. It begins at the end of the warm-up.",
        (call, "return cosine(step, base_lr, total_steps, min_lr)"),
    )
    bank.edit(
        key,
        "warmup_on_top_of_the_run",
        "The cosine begins after the climb but still takes total_steps, so that min_lr comes "
        "warmup_steps too late. The whole run has total_steps, the climb included.",
        (call, "return cosine(step - warmup_steps, base_lr, total_steps, min_lr)"),
    )
    bank.edit(
        key,
        "only_the_length_shortened",
        "The cosine is shortened by the warm-up but counts from step 0: it leaps at the end of the "
        "climb and is over warmup_steps too early. Both of its times move.",
        (call, "return cosine(step, base_lr, total_steps - warmup_steps, min_lr)"),
    )
    bank.edit(
        key,
        "min_lr_forgotten",
        "min_lr is not handed on, so that the cosine goes down to its own default of 0. Look at "
        "the last argument of cosine.",
        (call, call.replace(", min_lr)", ")")),
    )
    bank.edit(
        key,
        "climb_lifted_to_min_lr",
        "During the climb the rate is kept from falling below min_lr. The warm-up does not look at "
        "min_lr: it begins at base_lr / warmup_steps, even if that is lower.",
        (climb, "return max(min_lr, linear_warmup(step, base_lr, warmup_steps))"),
    )
    bank.edit(
        key,
        "climb_from_min_lr",
        "The climb starts from min_lr and covers the distance up to base_lr. Here it starts from 0 "
        "and its first step is base_lr / warmup_steps, whatever min_lr is.",
        (climb, "return min_lr + linear_warmup(step, base_lr - min_lr, warmup_steps)"),
    )
    bank.edit(
        key,
        "multiplied",
        "Warm-up and cosine are multiplied, so that during the climb the cosine already comes down "
        "and the top is never reached. One follows the other.",
        ("    if step < warmup_steps:\n        " + climb + "\n", ""),
        (
            call,
            "return linear_warmup(step, 1.0, warmup_steps) * cosine(step, base_lr, total_steps, "
            "min_lr)",
        ),
    )
    bank.edit(
        key,
        "the_lower_of_the_two",
        "The rate is the lower of warm-up and of a cosine that counts from step 0. The top is cut "
        "off. The cosine begins where the climb ends.",
        ("    if step < warmup_steps:\n        " + climb + "\n", ""),
        (
            call,
            "return min(linear_warmup(step, base_lr, warmup_steps), cosine(step, base_lr, "
            "total_steps, min_lr))",
        ),
    )
    bank.edit(
        key,
        "a_step_ahead_after_the_climb",
        "The first step after the climb is already below the top: the cosine is asked for one step "
        "too many. At step warmup_steps its own time is 0.",
        (call, call.replace("step - warmup_steps,", "step - warmup_steps + 1,")),
    )
    bank.edit(
        key,
        "cosine_begins_at_the_last_climbing_step",
        "The climb is taken to end one step earlier, so that the cosine begins at step "
        "warmup_steps - 1 and runs ahead. It begins at step warmup_steps.",
        (
            call,
            "last = max(warmup_steps - 1, 0)\n"
            "    return cosine(step - last, base_lr, total_steps - last, min_lr)",
        ),
    )
    bank.edit(
        key,
        "starts_at_zero",
        "The climb starts from the rate 0: it asks for the step before, or divides the step and "
        "not step + 1. Your linear_warmup already counts right; hand it the step as it is.",
        (climb, "return base_lr * step / warmup_steps"),
    )
