"""Mistakes in cosine."""

from __future__ import annotations

from autograder.api import Bank

KEY = "cosine"
END = "    if step >= total_steps:\n        return float(min_lr)\n"
HEIGHT = "(1 + np.cos(np.pi * step / total_steps)) / 2"
RATE = "min_lr + (base_lr - min_lr) * height"


def declare(bank: Bank) -> None:
    bank.edit(
        KEY,
        "rises_after_the_end",
        "After total_steps the cosine goes on, up its other side, and the rate rises again. At and "
        "after total_steps the answer is min_lr, without any cosine.",
        (END, ""),
        source="torch.optim.lr_scheduler.CosineAnnealingLR",
    )
    bank.edit(
        KEY,
        "restarts",
        "At total_steps the rate leaps back to base_lr and comes down again: the cosine with warm "
        "restarts. This one comes down once, and then stays at min_lr.",
        (END, "    step = step % total_steps\n"),
        source="Loshchilov and Hutter 2017, SGDR",
    )
    bank.edit(
        KEY,
        "ends_at_zero",
        "At and after total_steps the rate is 0, whatever min_lr is. The way down leads to min_lr, "
        "and it stays there.",
        ("return float(min_lr)", "return 0.0"),
        about="anything",
    )
    bank.edit(
        KEY,
        "min_lr_on_top",
        "The whole base_lr swings, and min_lr is added to it, so that the run starts above the "
        "base rate. What swings is the distance from min_lr up to base_lr.",
        (RATE, "min_lr + base_lr * height"),
    )
    bank.edit(
        KEY,
        "min_lr_as_a_floor",
        "The cosine goes all the way to 0, and is cut off where it falls below min_lr. It should "
        "come to rest on min_lr: only the part above min_lr swings.",
        (RATE, "max(min_lr, base_lr * height)"),
    )
    bank.edit(
        KEY,
        "min_lr_forgotten",
        "The cosine goes down to 0, and min_lr appears only after the end, as a leap. It belongs "
        "into the height of the swing as well.",
        (RATE, "base_lr * height"),
    )
    bank.edit(
        KEY,
        "ends_a_step_early",
        "The cosine is stretched over total_steps - 1 steps, so that min_lr is reached one step "
        "too early. Step total_steps is the one where the angle is pi.",
        (HEIGHT, "(1 + np.cos(np.pi * step / max(total_steps - 1, 1))) / 2"),
    )
    bank.edit(
        KEY,
        "a_step_ahead",
        "The angle is that of the next step: step 0 has already begun to descend. Count from 0, so "
        "that the first step has the base rate.",
        (HEIGHT, "(1 + np.cos(np.pi * (step + 1) / total_steps)) / 2"),
    )
    bank.edit(
        KEY,
        "whole_turn",
        "The angle goes through a whole turn, 2 pi, so that the rate is lowest in the middle and "
        "high again at the end. Half a turn leads from top to bottom.",
        (HEIGHT, "(1 + np.cos(2 * np.pi * step / total_steps)) / 2"),
    )
    bank.edit(
        KEY,
        "quarter_turn",
        "The angle goes through a quarter turn, where the cosine itself falls from 1 to 0. It "
        "drops steeply at the end. Half a turn of 1 + cos lands flat.",
        (HEIGHT, "np.cos(np.pi / 2 * step / total_steps)"),
    )
    bank.edit(
        KEY,
        "half_forgotten",
        "The bracket goes from 2 down to 0, and is not halved, so that the run starts at twice the "
        "height above min_lr. Look at the factor in front of it.",
        (HEIGHT, "1 + np.cos(np.pi * step / total_steps)"),
    )
    bank.edit(
        KEY,
        "climbs",
        "The cosine has a minus sign, so that the rate begins at min_lr and climbs. At step 0 the "
        "cosine is 1, and that is where the rate is highest.",
        (HEIGHT, "(1 - np.cos(np.pi * step / total_steps)) / 2"),
    )
    bank.edit(
        KEY,
        "straight_line",
        "This is a straight line from base_lr to min_lr. It agrees with the cosine at both ends "
        "and in the middle; between them the cosine is flatter first and last, and steeper in "
        "between.",
        (HEIGHT, "1 - step / total_steps"),
    )
    bank.edit(
        KEY,
        "angle_in_degrees",
        "The angle is counted in degrees, and the cosine expects radians, so that the rate swings "
        "wildly from step to step. Half a turn is pi.",
        (HEIGHT, "(1 + np.cos(180 * step / total_steps)) / 2"),
    )
