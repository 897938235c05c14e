"""Right answers to lesson 06, written in other ways than the reference."""

from __future__ import annotations

import cmath
import itertools
import math
from typing import Any

import numpy as np

# Pieces of the reference, and what is typed instead: ints of the right value, where all arguments
# are ints; and other thoughts on a run that ends before its warm-up, which no text speaks of.
EDITS = {
    "step_decay": {"ints": ("float(base_lr * gamma ** (step", "(base_lr * gamma ** (step")},
    "exponential_decay": {"ints": ("float(base_lr * gamma**step)", "base_lr * gamma**step")},
    "cosine": {"ints": ("return float(min_lr)", "return min_lr")},
    "linear_warmup": {"ints": ("return float(base_lr)", "return base_lr")},
    "warmup_cosine": {
        "ints": (
            "    if step < warmup_steps:\n",
            "    if step >= total_steps:\n        return min_lr\n    if step < warmup_steps:\n",
        ),
        "a run that ends before its warm-up": (
            "linear_warmup(step, base_lr, warmup_steps)\n",
            "linear_warmup(step, base_lr, min(warmup_steps, total_steps))\n",
        ),
    },
    "linear_scaling": {
        "ints": (
            "float(base_lr * batch / base_batch)",
            "base_lr * batch / base_batch if base_lr * batch % base_batch else "
            "base_lr * batch // base_batch",
        )
    },
}

# step_decay, exponential_decay


def stairs_by_loop(step: Any, base_lr: Any, step_size: Any, gamma: Any = 0.1) -> Any:
    rate = float(base_lr)
    for t in range(1, step + 1):
        if t % step_size == 0:
            rate *= gamma
    return rate


def stairs_by_logarithm(step: Any, base_lr: Any, step_size: Any, gamma: Any = 0.1) -> Any:
    return np.exp(np.log(base_lr) + math.floor(step / step_size) * np.log(gamma))


def stairs_zero_dimensional(step: Any, base_lr: Any, step_size: Any, gamma: Any = 0.1) -> Any:
    cuts = (step - step % step_size) / step_size
    return np.array(base_lr * np.power(float(gamma), cuts))


def slope_by_loop(step: Any, base_lr: Any, gamma: Any) -> Any:
    return math.prod([float(base_lr), *[gamma] * step])


def slope_by_exponential(step: Any, base_lr: Any, gamma: Any) -> Any:
    return np.asarray(base_lr * math.exp(step * math.log(gamma)))


def slope_by_recursion(step: Any, base_lr: Any, gamma: Any) -> Any:
    if step == 0:
        return np.float64(base_lr)
    return gamma * slope_by_recursion(step - 1, base_lr, gamma)


# cosine


def cosine_by_half_angle(step: Any, base_lr: Any, total_steps: Any, min_lr: Any = 0.0) -> Any:
    part = min(step / total_steps, 1.0)
    return min_lr + (base_lr - min_lr) * math.cos(math.pi * part / 2) ** 2


def cosine_by_rotation(step: Any, base_lr: Any, total_steps: Any, min_lr: Any = 0.0) -> Any:
    turned = cmath.exp(1j * math.pi * min(step, total_steps) / total_steps)
    return np.array((base_lr + min_lr) / 2 + (base_lr - min_lr) / 2 * turned.real)


def cosine_by_weights(step: Any, base_lr: Any, total_steps: Any, min_lr: Any = 0.0) -> Any:
    if step < total_steps:
        low = np.sin(np.pi * step / (2 * total_steps)) ** 2
        return low * min_lr + (1 - low) * base_lr
    return 1.0 * min_lr


# linear_warmup, warmup_cosine


def warmup_clipped(step: Any, base_lr: Any, warmup_steps: Any) -> Any:
    return base_lr * min(1.0, (step + 1) / max(1, warmup_steps))


def warmup_interpolated(step: Any, base_lr: Any, warmup_steps: Any) -> Any:
    return np.interp(step, [-1, max(warmup_steps, 1) - 1], [0.0, base_lr])


def warmup_from_a_list(step: Any, base_lr: Any, warmup_steps: Any) -> Any:
    climb = np.linspace(0.0, base_lr, warmup_steps + 1)[1:]
    return climb[step] if step < len(climb) else np.float64(base_lr)


def both_in_one(
    step: Any, base_lr: Any, warmup_steps: Any, total_steps: Any, min_lr: Any = 0.0
) -> Any:
    if step <= warmup_steps - 1:
        return base_lr / warmup_steps * (step + 1)
    if step >= total_steps:
        return float(min_lr)
    part = (step - warmup_steps) / (total_steps - warmup_steps)
    return min_lr + 0.5 * (base_lr - min_lr) * (1 + math.cos(part * math.pi))


def both_from_a_list(
    step: Any, base_lr: Any, warmup_steps: Any, total_steps: Any, min_lr: Any = 0.0
) -> Any:
    climb = [base_lr * (t + 1) / warmup_steps for t in range(warmup_steps)]
    n = max(total_steps - warmup_steps, 0)
    angles = np.pi * np.arange(n) / max(n, 1)
    down = (base_lr + min_lr) / 2 + (base_lr - min_lr) / 2 * np.cos(angles)
    whole = [*climb, *down, float(min_lr)]
    return whole[min(step, len(whole) - 1)]


def both_by_other_answers(
    step: Any, base_lr: Any, warmup_steps: Any, total_steps: Any, min_lr: Any = 0.0
) -> Any:
    past = step - warmup_steps
    if past < 0:
        return warmup_clipped(step, base_lr, warmup_steps)
    return cosine_by_half_angle(past, base_lr, total_steps - warmup_steps, min_lr=min_lr)


# one_cycle


def cycle_by_half_angles(
    step: Any,
    max_lr: Any,
    total_steps: Any,
    pct_start: Any = 0.3,
    div_factor: Any = 25.0,
    final_div_factor: Any = 1e4,
) -> Any:
    peak, end = float(pct_start) * total_steps - 1, total_steps - 1
    low = max_lr / div_factor
    if step >= end:
        return low / final_div_factor
    if step > peak:
        low, part = low / final_div_factor, (end - step) / (end - peak)
    else:
        part = step / peak
    return low + (max_lr - low) * math.sin(math.pi / 2 * part) ** 2


def cycle_by_phases(
    step: Any,
    max_lr: Any,
    total_steps: Any,
    pct_start: Any = 0.3,
    div_factor: Any = 25.0,
    final_div_factor: Any = 1e4,
) -> Any:
    first = max_lr / div_factor
    stops = [pct_start * total_steps - 1.0, total_steps - 1.0]
    levels = [first, max_lr, first / final_div_factor]
    begin = 0.0
    for (a, b), stop in zip(itertools.pairwise(levels), stops, strict=True):
        if step <= stop:
            part = (step - begin) / (stop - begin) if stop > begin else 1.0
            return np.float64(b + (a - b) / 2 * (np.cos(np.pi * part) + 1))
        begin = stop
    return np.float64(levels[-1])


def cycle_zero_dimensional(
    step: Any,
    max_lr: Any,
    total_steps: Any,
    pct_start: Any = 0.3,
    div_factor: Any = 25.0,
    final_div_factor: Any = 1e4,
) -> Any:
    t = np.minimum(step, total_steps - 1)
    peak = pct_start * total_steps - 1
    first = max_lr / div_factor
    last = first / final_div_factor
    if t <= peak:
        a, b, s = first, max_lr, t / peak
    else:
        s = 1.0 if t == total_steps - 1 else (t - peak) / (total_steps - 1 - peak)
        a, b = max_lr, last
    return np.array((a + b) / 2 + (a - b) / 2 * np.cos(np.pi * s))


# linear_scaling


def scaled_ratio(base_lr: Any, base_batch: Any, batch: Any) -> Any:
    return (batch / base_batch) * base_lr


def scaled_per_example(base_lr: Any, base_batch: Any, batch: Any) -> Any:
    return np.array(batch * (base_lr / base_batch))


def scaled_by_logarithms(base_lr: Any, base_batch: Any, batch: Any) -> Any:
    return np.exp(np.log(base_lr) + np.log(batch) - np.log(base_batch))


# lr_range_test


def range_by_factor(loss_at_lr: Any, min_lr: Any, max_lr: Any, steps: Any) -> Any:
    factor = (max_lr / min_lr) ** (1 / (steps - 1))
    rate, lowest, seen = float(min_lr), math.inf, []
    for _ in range(steps):
        loss = float(loss_at_lr(rate))
        if not math.isfinite(loss) or loss > 4 * lowest:
            break
        lowest = min(lowest, loss)
        seen.append((rate, loss))
        rate *= factor
    lrs, losses = np.array(seen).T.copy()
    falls = np.diff(losses)  # equal distances on the logarithmic axis
    return [lrs, losses, lrs[int(np.argmin(falls))]]


def range_on_arrays(loss_at_lr: Any, min_lr: Any, max_lr: Any, steps: Any) -> Any:
    lrs = np.exp(np.linspace(np.log(min_lr), np.log(max_lr), steps))
    losses = np.full(steps, np.nan)
    for i, lr in enumerate(lrs):
        value = np.float64(loss_at_lr(lr))
        if not np.isfinite(value) or (i and value > 4 * np.nanmin(losses)):
            break
        losses[i] = value
    count = int(np.sum(~np.isnan(losses)))
    lrs, losses = lrs[:count].copy(), losses[:count].copy()
    slopes = np.gradient(losses)
    return lrs, losses, np.array(lrs[slopes.argmin()])


def range_with_a_generator(loss_at_lr: Any, min_lr: Any, max_lr: Any, steps: Any) -> Any:
    def run() -> Any:
        best = None
        for power in range(steps):
            lr = min_lr * (max_lr / min_lr) ** (power / (steps - 1))
            loss = float(loss_at_lr(lr))
            if loss - loss != 0 or (best is not None and loss > best * 4.0):
                return
            best = loss if best is None else min(best, loss)
            yield lr, loss

    pairs = list(run())
    lrs = np.array([lr for lr, _ in pairs], dtype=np.float64)
    losses = np.array([loss for _, loss in pairs], dtype=np.float64)
    steepest = int(np.argmin(np.diff(losses) / np.diff(np.log10(lrs)))) + 1
    return lrs, losses, float(lrs[steepest])
