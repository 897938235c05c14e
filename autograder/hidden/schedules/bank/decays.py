"""Mistakes in step_decay and exponential_decay."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Bank

CUTS = "** (step // step_size)"


def declare(bank: Bank) -> None:
    _steps(bank)
    _exponential(bank)


def _steps(bank: Bank) -> None:
    key = "step_decay"
    bank.edit(
        key,
        "cut_a_step_early",
        "The last step of each stair is already cut: the steps are counted from 1, although the "
        "first one is step 0. Steps 0 to step_size - 1 are one stair.",
        (CUTS, "** ((step + 1) // step_size)"),
    )
    bank.edit(
        key,
        "cut_a_step_late",
        "The first step of each stair still has the rate of the stair before it. Step step_size is "
        "the first one after a cut: look at where the whole-number division turns over.",
        (CUTS, "** (max(step - 1, 0) // step_size)"),
    )
    bank.edit(
        key,
        "no_stairs",
        "The exponent is step / step_size, not rounded, so that the rate glides down between the "
        "cuts. A stair is level: only whole cuts count.",
        (CUTS, "** (step / step_size)"),
        source="keras.optimizers.schedules.ExponentialDecay with staircase=False",
    )
    bank.edit(
        key,
        "rounded_to_the_nearest",
        "The number of cuts is rounded to the nearest whole number, so that each cut comes half a "
        "stair early. It is rounded down.",
        (CUTS, "** int(step / step_size + 0.5)"),
    )
    bank.edit(
        key,
        "one_cut_only",
        "There is one cut, after the first stair, and then no more. Every further stair brings "
        "another factor of gamma: count how many stairs lie behind the step.",
        ("gamma ** (step // step_size)", "(gamma if step >= step_size else 1)"),
    )
    bank.edit(
        key,
        "cut_only_at_the_multiples",
        "The rate is cut at the steps that step_size divides, and back at its old height one step "
        "later. A cut lasts: the step needs the number of all cuts before it.",
        (
            "gamma ** (step // step_size)",
            "(gamma ** (step // step_size) if step % step_size == 0 else 1)",
        ),
    )
    bank.edit(
        key,
        "gamma_is_taken_away",
        "Each cut takes the part gamma away and keeps the rest, so that gamma = 0.1 keeps nine "
        "tenths. Gamma is what a cut leaves over.",
        ("gamma ** (", "(1 - gamma) ** ("),
    )
    bank.edit(
        key,
        "cuts_multiplied",
        "Gamma is multiplied by the number of cuts, not raised to it, and that number is 0 on the "
        "first stair. Two cuts are gamma times gamma: the count is an exponent.",
        ("gamma ** (step // step_size)", "gamma * (step // step_size)"),
    )
    bank.edit(
        key,
        "cut_at_every_step",
        "The exponent is the step itself, so that the rate is cut at every step and step_size has "
        "no effect. That is the exponential decay, which comes next.",
        (CUTS, "** step"),
    )
    bank.edit(
        key,
        "divided_by_gamma",
        "Each cut divides by gamma, which is below 1, so that the rate grows from stair to stair. "
        "Multiply by it.",
        ("base_lr * gamma ** (", "base_lr / gamma ** ("),
    )


def _exponential(bank: Bank) -> None:
    key = "exponential_decay"
    bank.edit(
        key,
        "first_step_decayed",
        "Step 0 already has one factor of gamma, as if steps were counted from 1. The first step "
        "has the base rate: as many factors as steps lie behind.",
        ("gamma**step)", "gamma ** (step + 1))"),
    )
    bank.edit(
        key,
        "one_step_late",
        "Steps 0 and 1 both have the base rate, and every later step one factor of gamma too few. "
        "Step 1 has one step behind it, and so one factor.",
        ("gamma**step)", "gamma ** max(step - 1, 0))"),
    )
    bank.edit(
        key,
        "e_to_the_minus_gamma",
        "The rate falls by exp(-gamma) at every step, another way to write an exponential, where a "
        "small gamma is slow. Here gamma itself is the factor of one step.",
        ("gamma**step)", "np.exp(-gamma * step))"),
    )
    bank.edit(
        key,
        "gamma_is_taken_away",
        "Each step keeps 1 - gamma of the rate, so that gamma = 0.99 leaves a hundredth after one "
        "step. Gamma is the part that stays.",
        ("gamma**step)", "(1 - gamma) ** step)"),
    )

    @bank.wrong(
        key,
        "The rate is divided by 1 + gamma * step, the decay with time of older optimizers, which "
        "slows down ever more. The exponential has one factor of gamma a step.",
        source="Coursera Deep Learning Specialization, Learning Rate Decay",
    )
    def inverse_time(step: Any, base_lr: Any, gamma: Any) -> Any:
        return float(base_lr / (1 + gamma * step))

    bank.edit(
        key,
        "gamma_once",
        "There is one factor of gamma, whatever the step, so that the rate falls once and then "
        "stays. The number of steps is the exponent.",
        ("gamma**step)", "(gamma if step > 0 else 1))"),
    )
    bank.edit(
        key,
        "rate_in_the_power",
        "The product of rate and gamma is raised to the step, so that the base rate is multiplied "
        "in at every step. Only gamma stands under the exponent.",
        ("base_lr * gamma**step)", "(base_lr * gamma) ** step)"),
    )

    @bank.wrong(
        key,
        "The same amount, (1 - gamma) of the base rate, is taken off at every step, which is a "
        "straight line and ends at 0. A factor takes less off the smaller the rate is.",
    )
    def straight_line(step: Any, base_lr: Any, gamma: Any) -> Any:
        return float(np.maximum(0.0, base_lr * (1 - (1 - gamma) * step)))
