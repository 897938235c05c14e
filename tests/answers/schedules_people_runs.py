"""Wrong answers to warmup_cosine and one_cycle as people write them; `NAMED` says what is in
them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

# warmup_cosine


def nano_from_zero(
    step: Any, base_lr: Any, warmup_steps: Any, total_steps: Any, min_lr: Any = 0.0
) -> Any:
    if step < warmup_steps:
        return base_lr * step / warmup_steps
    if step > total_steps:
        return min_lr
    decay_ratio = (step - warmup_steps) / (total_steps - warmup_steps)
    coeff = 0.5 * (1.0 + math.cos(math.pi * decay_ratio))
    return min_lr + coeff * (base_lr - min_lr)


def nano_one_more(
    step: Any, base_lr: Any, warmup_steps: Any, total_steps: Any, min_lr: Any = 0.0
) -> Any:
    if step < warmup_steps:
        return base_lr * (step + 1) / (warmup_steps + 1)
    if step > total_steps:
        return min_lr
    coeff = (1 + math.cos(math.pi * (step - warmup_steps) / (total_steps - warmup_steps))) / 2
    return min_lr + coeff * (base_lr - min_lr)


def bert(step: Any, base_lr: Any, warmup_steps: Any, total_steps: Any, min_lr: Any = 0.0) -> Any:
    x, warmup = step / total_steps, warmup_steps / total_steps
    if x < warmup:
        return base_lr * x / warmup
    return min_lr + (base_lr - min_lr) * 0.5 * (1.0 + math.cos(math.pi * x))


def transformers(
    step: Any, base_lr: Any, warmup_steps: Any, total_steps: Any, min_lr: Any = 0.0
) -> Any:
    if step < warmup_steps:
        return base_lr * float(step) / float(max(1, warmup_steps))
    progress = float(step - warmup_steps) / float(max(1, total_steps - warmup_steps))
    return base_lr * max(0.0, 0.5 * (1.0 + math.cos(math.pi * 0.5 * 2.0 * progress)))


def timm_without_prefix(
    step: Any, base_lr: Any, warmup_steps: Any, total_steps: Any, min_lr: Any = 0.0
) -> Any:
    if step < warmup_steps:
        return step * base_lr / warmup_steps
    if step >= total_steps:
        return min_lr
    return min_lr + 0.5 * (base_lr - min_lr) * (1 + math.cos(math.pi * step / total_steps))


def no_end(step: Any, base_lr: Any, warmup_steps: Any, total_steps: Any, min_lr: Any = 0.0) -> Any:
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    t, length = step - warmup_steps, total_steps - warmup_steps
    return min_lr + (base_lr - min_lr) * (1 + np.cos(np.pi * t / length)) / 2


def total_without_the_climb(
    step: Any, base_lr: Any, warmup_steps: Any, total_steps: Any, min_lr: Any = 0.0
) -> Any:
    if step < warmup_steps:
        return base_lr / warmup_steps * step
    after = min(step - warmup_steps, total_steps)
    return min_lr + (base_lr - min_lr) * (1 + np.cos(np.pi * after / total_steps)) / 2


def bolts(step: Any, base_lr: Any, warmup_steps: Any, total_steps: Any, min_lr: Any = 0.0) -> Any:
    if step < warmup_steps:
        return step * base_lr / max(warmup_steps - 1, 1)
    if step >= total_steps:
        return min_lr
    cos = math.cos(math.pi * (step - warmup_steps) / (total_steps - warmup_steps))
    return min_lr + 0.5 * (base_lr - min_lr) * (1 + cos)


def trapezoid(
    step: Any, base_lr: Any, warmup_steps: Any, total_steps: Any, min_lr: Any = 0.0
) -> Any:
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    frac = min((step - warmup_steps) / (total_steps - warmup_steps), 1.0)
    return base_lr + (min_lr - base_lr) * frac


def mae(step: Any, base_lr: Any, warmup_steps: Any, total_steps: Any, min_lr: Any = 0.0) -> Any:
    if step < warmup_steps:
        return base_lr * step / warmup_steps
    angle = math.pi * (step - warmup_steps) / (total_steps - warmup_steps)
    return min_lr + (base_lr - min_lr) * 0.5 * (1.0 + math.cos(angle))


def dino(step: Any, base_lr: Any, warmup_steps: Any, total_steps: Any, min_lr: Any = 0.0) -> Any:
    climb = np.linspace(0, base_lr, warmup_steps)
    iters = np.arange(total_steps - warmup_steps)
    down = min_lr + 0.5 * (base_lr - min_lr) * (1 + np.cos(np.pi * iters / len(iters)))
    return np.concatenate((climb, down))[step]


def detectron(
    step: Any, base_lr: Any, warmup_steps: Any, total_steps: Any, min_lr: Any = 0.0
) -> Any:
    factor = 1.0 if step >= warmup_steps else step / warmup_steps
    height = 0.5 * (1.0 + math.cos(math.pi * min(step / total_steps, 1.0)))
    return factor * (min_lr + (base_lr - min_lr) * height)


def on_top_and_an_int(
    step: Any, base_lr: Any, warmup_steps: Any, total_steps: Any, min_lr: Any = 0.0
) -> Any:
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    if step >= total_steps:
        return 0
    progress = (step - warmup_steps) / (total_steps - warmup_steps)
    return 0.5 * base_lr * (1 + np.cos(np.pi * progress)) + min_lr


# one_cycle


def whole_numbers_of_steps(
    step: Any,
    max_lr: Any,
    total_steps: Any,
    pct_start: Any = 0.3,
    div_factor: Any = 25.0,
    final_div_factor: Any = 1e4,
) -> Any:
    up = int(total_steps * pct_start)
    low = max_lr / div_factor
    bottom = low / final_div_factor
    if step < up:
        return low + (max_lr - low) * (1 - math.cos(math.pi * step / up)) / 2
    done = min((step - up) / (total_steps - up), 1.0)
    return bottom + (max_lr - bottom) * (1 + math.cos(math.pi * done)) / 2


def shares_of_the_run(
    step: Any,
    max_lr: Any,
    total_steps: Any,
    pct_start: Any = 0.3,
    div_factor: Any = 25.0,
    final_div_factor: Any = 1e4,
) -> Any:
    def cos_anneal(start: Any, end: Any, pct: Any) -> Any:
        return end + (start - end) / 2 * (1 + math.cos(math.pi * pct))

    pct = min(step / total_steps, 1)
    first = max_lr / div_factor
    if pct <= pct_start:
        return cos_anneal(first, max_lr, pct / pct_start)
    return cos_anneal(max_lr, first / final_div_factor, (pct - pct_start) / (1 - pct_start))


def fastai_last(
    step: Any,
    max_lr: Any,
    total_steps: Any,
    pct_start: Any = 0.3,
    div_factor: Any = 25.0,
    final_div_factor: Any = 1e4,
) -> Any:
    peak, n = total_steps * pct_start - 1, total_steps - 1
    if step <= peak:
        a, b, p = max_lr / div_factor, max_lr, step / peak
    else:
        a, b, p = max_lr, max_lr / final_div_factor, (step - peak) / (n - peak)
    return b + (a - b) / 2 * (1 + math.cos(math.pi * p))


def triangle(
    step: Any,
    max_lr: Any,
    total_steps: Any,
    pct_start: Any = 0.3,
    div_factor: Any = 25.0,
    final_div_factor: Any = 1e4,
) -> Any:
    low, top = max_lr / div_factor, pct_start * total_steps - 1
    if step <= top:
        return low + (max_lr - low) * step / top
    left = max(total_steps - 1 - step, 0) / (total_steps - 1 - top)
    return low + (max_lr - low) * left


def warm_up_then_cosine(
    step: Any,
    max_lr: Any,
    total_steps: Any,
    pct_start: Any = 0.3,
    div_factor: Any = 25.0,
    final_div_factor: Any = 1e4,
) -> Any:
    start, end = max_lr / div_factor, max_lr / (div_factor * final_div_factor)
    top = total_steps * pct_start
    if step < top:
        return start + (max_lr - start) * step / top
    if step >= total_steps - 1:
        return end
    t = (step - top) / (total_steps - 1 - top)
    return end + 0.5 * (max_lr - end) * (1 + np.cos(np.pi * t))


NAMED = {
    "warmup_cosine": {
        "nano_from_zero": "starts_at_zero",
        "nano_one_more": "one_step_too_long",
        "bert": "starts_at_zero + cosine_from_the_start_and_up_again",
        "transformers": "starts_at_zero + cosine_min_lr_forgotten_and_rises",
        "timm_without_prefix": "starts_at_zero + cosine_from_the_start",
        "no_end": "rises_after_the_end",
        "total_without_the_climb": "starts_at_zero + warmup_on_top_of_the_run",
        "bolts": "starts_at_zero_ends_on_time",
        "trapezoid": "cosine_straight_line",
        "mae": "starts_at_zero + rises_after_the_end",
        "dino": "starts_at_zero_ends_on_time + nothing_after_the_run",
        "detectron": "multiplied_from_zero",
        "on_top_and_an_int": "ends_at_zero + cosine_min_lr_on_top",
    },
    "one_cycle": {
        "whole_numbers_of_steps": "whole_steps",
        "shares_of_the_run": "time_in_shares",
        "fastai_last": "rises_after_the_end + last_rate_from_the_peak",
        "triangle": "straight_lines + back_to_the_first_rate",
        "warm_up_then_cosine": "peak_a_step_late + climb_in_a_straight_line",
    },
}
