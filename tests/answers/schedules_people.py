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


def bert(
    step: Any, base_lr: Any, warmup_steps: Any, total_steps: Any, min_lr: Any = 0.0
) -> Any:
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


def no_end(
    step: Any, base_lr: Any, warmup_steps: Any, total_steps: Any, min_lr: Any = 0.0
) -> Any:
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


def bolts(
    step: Any, base_lr: Any, warmup_steps: Any, total_steps: Any, min_lr: Any = 0.0
) -> Any:
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


# linear_scaling


def by_the_root(base_lr: Any, base_batch: Any, batch: Any) -> Any:
    return base_lr * math.sqrt(batch / base_batch)


def whole_times(base_lr: Any, base_batch: Any, batch: Any) -> Any:
    k = batch // base_batch
    return k * base_lr


# lr_range_test


def with_a_factor(loss_at_lr: Any, min_lr: Any, max_lr: Any, steps: Any) -> Any:
    factor = (max_lr / min_lr) ** (1 / steps)
    lr, lrs, losses, best = min_lr, [], [], float("inf")
    for _ in range(steps):
        loss = loss_at_lr(lr)
        if math.isnan(loss) or math.isinf(loss) or loss > 4 * best:
            break
        best = min(best, loss)
        lrs.append(lr)
        losses.append(loss)
        lr *= factor
    lrs, losses = np.array(lrs, dtype=float), np.array(losses, dtype=float)
    return lrs, losses, lrs[np.argmin(np.gradient(losses, np.log(lrs)))]


def running_average(loss_at_lr: Any, min_lr: Any, max_lr: Any, steps: Any) -> Any:
    avg, best, beta, lr = 0.0, 0.0, 0.98, min_lr
    mult = (max_lr / min_lr) ** (1 / (steps - 1))
    losses, lrs = [], []
    for batch in range(1, steps + 1):
        loss = float(loss_at_lr(lr))
        avg = beta * avg + (1 - beta) * loss
        smoothed = avg / (1 - beta**batch)
        if not np.isfinite(smoothed) or (batch > 1 and smoothed > 4 * best):
            break
        if smoothed < best or batch == 1:
            best = smoothed
        losses.append(smoothed)
        lrs.append(lr)
        lr *= mult
    lrs, losses = np.array(lrs), np.array(losses)
    return lrs, losses, float(lrs[np.argmin(np.gradient(losses, np.log(lrs)))])


def kept_and_a_tenth(loss_at_lr: Any, min_lr: Any, max_lr: Any, steps: Any) -> Any:
    lrs = np.geomspace(min_lr, max_lr, steps)
    losses: list[Any] = []
    for lr in lrs:
        losses.append(float(loss_at_lr(lr)))
        if not np.isfinite(losses[-1]) or losses[-1] > 4 * min(losses):
            break
    lrs, found = lrs[: len(losses)], np.array(losses)
    return lrs, found, float(lrs[np.argmin(found)] / 10)


def either_way_and_nan(loss_at_lr: Any, min_lr: Any, max_lr: Any, steps: Any) -> Any:
    lrs, losses = [], []
    for lr in np.geomspace(min_lr, max_lr, steps):
        loss = float(loss_at_lr(lr))
        if losses and loss > 4 * min(losses):
            break
        lrs.append(float(lr))
        losses.append(loss)
    slopes = np.gradient(np.array(losses), np.log(np.array(lrs)))
    return np.array(lrs), np.array(losses), lrs[int(np.argmax(abs(slopes)))]


def powers_of_ten(loss_at_lr: Any, min_lr: Any, max_lr: Any, steps: Any) -> Any:
    lrs, losses = [], []
    for lr in np.logspace(min_lr, max_lr, steps):
        loss = float(loss_at_lr(lr))
        if not np.isfinite(loss) or any(loss > 4 * other for other in losses):
            break
        lrs.append(lr)
        losses.append(loss)
    x, y = np.array(lrs), np.array(losses)
    return x, y, float(x[np.gradient(y, np.log(x)).argmin()])


def lists_and_the_lowest(loss_at_lr: Any, min_lr: Any, max_lr: Any, steps: Any) -> Any:
    lrs, losses, lowest = [], [], None
    for i in range(steps):
        lr = min_lr * (max_lr / min_lr) ** (i / (steps - 1))
        loss = float(loss_at_lr(lr))
        if not math.isfinite(loss):
            break
        if lowest is not None and loss > 4 * lowest:
            break
        lowest = loss if lowest is None else min(lowest, loss)
        lrs.append(lr)
        losses.append(loss)
    return lrs, losses, lrs[losses.index(min(losses))]
