"""Wrong answers to lesson 06 as people write them: after other libraries, with other names, with
two mistakes at once. `NAMED` says what is in them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

# step_decay, exponential_decay


def epochs_from_one(step: Any, base_lr: Any, step_size: Any, gamma: Any = 0.1) -> Any:
    return base_lr * math.pow(gamma, math.floor((1 + step) / step_size))


def cut_before_each_stair(step: Any, base_lr: Any, step_size: Any, gamma: Any = 0.1) -> Any:
    rate = base_lr
    for t in range(step):
        if t % step_size == 0:
            rate = rate * gamma
    return rate


def as_if_called_every_step(step: Any, base_lr: Any, step_size: Any, gamma: Any = 0.1) -> Any:
    if step % step_size == 0:
        base_lr *= gamma
    return base_lr


def keeps_the_rest_and_early(step: Any, base_lr: Any, step_size: Any, gamma: Any = 0.1) -> Any:
    drops = int((step + 1) / step_size)
    for _ in range(drops):
        base_lr -= gamma * base_lr
    return base_lr


def stairs_of_e(step: Any, base_lr: Any, step_size: Any, gamma: Any = 0.1) -> Any:
    k = step // step_size
    return base_lr * np.exp(-gamma * k)


def loop_from_the_first(step: Any, base_lr: Any, gamma: Any) -> Any:
    rate = base_lr
    for _ in range(step + 1):
        rate *= gamma
    return rate


def recursion_to_one(step: Any, base_lr: Any, gamma: Any) -> Any:
    return base_lr if step <= 1 else gamma * recursion_to_one(step - 1, base_lr, gamma)


def decay_rate(step: Any, base_lr: Any, gamma: Any) -> Any:
    return base_lr * math.e ** (-gamma * step)


def one_minus(step: Any, base_lr: Any, gamma: Any) -> Any:
    return base_lr * (1 - gamma * step)


# cosine


def floor_and_no_end(step: Any, base_lr: Any, total_steps: Any, min_lr: Any = 0.0) -> Any:
    lr = 0.5 * base_lr * (1 + math.cos(math.pi * step / total_steps))
    return max(lr, min_lr)


def min_lr_never_used(step: Any, base_lr: Any, total_steps: Any, min_lr: Any = 0.0) -> Any:
    progress = min(step / total_steps, 1)
    return base_lr * (1 + np.cos(np.pi * progress)) / 2


def last_step_is_the_end(step: Any, base_lr: Any, total_steps: Any, min_lr: Any = 0.0) -> Any:
    t = min(step, total_steps - 1)
    return min_lr + (base_lr - min_lr) * 0.5 * (1 + math.cos(math.pi * t / (total_steps - 1)))


def added_at_the_end(step: Any, base_lr: Any, total_steps: Any, min_lr: Any = 0.0) -> Any:
    if step > total_steps:
        return min_lr
    decay = (math.cos(step * math.pi / total_steps) + 1) / 2
    return base_lr * decay + min_lr


def period(step: Any, base_lr: Any, total_steps: Any, min_lr: Any = 0.0) -> Any:
    phase = 2 * math.pi * step / total_steps
    swing = (base_lr - min_lr) / 2
    return swing * math.cos(phase) + swing + min_lr if step < total_steps else min_lr


def keras_alpha(step: Any, base_lr: Any, total_steps: Any, min_lr: Any = 0.0) -> Any:
    step = min(step, total_steps)
    decayed = (1 - min_lr) * (0.5 * (1 + math.cos(math.pi * step / total_steps))) + min_lr
    return base_lr * decayed


def sum_swings(step: Any, base_lr: Any, total_steps: Any, min_lr: Any = 0.0) -> Any:
    if step >= total_steps:
        return min_lr
    return min_lr + 0.5 * (base_lr + min_lr) * (1 + math.cos(math.pi * step / total_steps))


def bracket_lost(step: Any, base_lr: Any, total_steps: Any, min_lr: Any = 0.0) -> Any:
    if step >= total_steps:
        return min_lr
    return min_lr + 0.5 * (base_lr - min_lr) * 1 + math.cos(math.pi * step / total_steps)


# linear_warmup


def from_zero(step: Any, base_lr: Any, warmup_steps: Any) -> Any:
    if step == 0:
        return 0
    if step < warmup_steps:
        return base_lr * (step / warmup_steps)
    return base_lr


def factor_of_lambda(step: Any, base_lr: Any, warmup_steps: Any) -> Any:
    if step < warmup_steps:
        factor = float(step) / float(max(1, warmup_steps))
    else:
        factor = 1.0
    return factor * base_lr


def one_more_in_both(step: Any, base_lr: Any, warmup_steps: Any) -> Any:
    return base_lr * min(1.0, (step + 1) / (warmup_steps + 1))


def linspace_from_zero(step: Any, base_lr: Any, warmup_steps: Any) -> Any:
    rates = np.linspace(0, base_lr, warmup_steps)
    return rates[step] if step < warmup_steps else base_lr


def one_step_over(step: Any, base_lr: Any, warmup_steps: Any) -> Any:
    if step <= warmup_steps:
        return (step + 1) / warmup_steps * base_lr
    return base_lr


def noam(step: Any, base_lr: Any, warmup_steps: Any) -> Any:
    t, w = step + 1, max(warmup_steps, 1)
    return base_lr * w**0.5 * min(t**-0.5, t * w**-1.5)


NAMED = {
    "step_decay": {
        "epochs_from_one": "cut_a_step_early",
        "cut_before_each_stair": "rounded_up",
        "as_if_called_every_step": "one_factor_at_the_multiples_and_at_0",
        "keeps_the_rest_and_early": "cut_a_step_early + gamma_is_taken_away",
        "stairs_of_e": "e_to_the_minus_gamma",
    },
    "exponential_decay": {
        "loop_from_the_first": "first_step_decayed",
        "recursion_to_one": "one_step_late",
        "decay_rate": "e_to_the_minus_gamma",
        "one_minus": "steps_taken_off",
    },
    "cosine": {
        "floor_and_no_end": "min_lr_as_a_floor + rises_after_the_end",
        "min_lr_never_used": "min_lr_forgotten + ends_at_zero",
        "last_step_is_the_end": "ends_a_step_early",
        "added_at_the_end": "min_lr_on_top",
        "period": "whole_turn",
        "keras_alpha": "min_lr_as_a_share",
        "sum_swings": "sum_swings",
        "bracket_lost": "bracket_lost",
    },
    "linear_warmup": {
        "from_zero": "starts_at_zero_without_climb_too",
        "factor_of_lambda": "starts_at_zero",
        "one_more_in_both": "one_step_too_long",
        "linspace_from_zero": "starts_at_zero_ends_on_time",
        "one_step_over": "overshoots_once_and_divides",
        "noam": "falls_after_the_climb",
    },
}
