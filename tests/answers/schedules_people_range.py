"""Wrong answers to linear_scaling and lr_range_test as people write them; `NAMED` says what is in
them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

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


def from_the_last_along_the_rate(loss_at_lr: Any, min_lr: Any, max_lr: Any, steps: Any) -> Any:
    lrs, losses = [], []
    for lr in np.geomspace(min_lr, max_lr, steps):
        loss = float(loss_at_lr(lr))
        if not np.isfinite(loss) or (losses and loss > 4 * losses[-1]):
            break
        lrs.append(lr)
        losses.append(loss)
    x, y = np.array(lrs), np.array(losses)
    return x, y, float(x[np.argmin(np.diff(y) / np.diff(x))])


def even_distances(loss_at_lr: Any, min_lr: Any, max_lr: Any, steps: Any) -> Any:
    lrs, losses, low = [], [], np.inf
    for i in range(steps):
        lr = min_lr + (max_lr - min_lr) * i / (steps - 1)
        loss = float(loss_at_lr(lr))
        if loss > 4 * low or np.isnan(loss):
            break
        low = min(low, loss)
        lrs.append(lr)
        losses.append(loss)
    x, y = np.array(lrs), np.array(losses)
    return x, y, float(x[np.argmin(np.gradient(y, x))])


def never_stops(loss_at_lr: Any, min_lr: Any, max_lr: Any, steps: Any) -> Any:
    lrs = np.logspace(np.log10(min_lr), np.log10(max_lr), steps)
    losses = np.array([float(loss_at_lr(lr)) for lr in lrs])
    return lrs, losses, float(lrs[np.argmin(losses)])


NAMED = {
    "linear_scaling": {
        "by_the_root": "square_root",
        "whole_times": "whole_ratio",
    },
    "lr_range_test": {
        "with_a_factor": "last_rate_left_out",
        "running_average": "smoothed_losses",
        "kept_and_a_tenth": "a_tenth_of_the_lowest + leap_kept",
        "either_way_and_nan": "steepest_either_way",
        "powers_of_ten": "powers_of_ten",
        "lists_and_the_lowest": "rate_of_the_lowest_loss",
        "from_the_last_along_the_rate": "differences_along_the_rate + four_times_the_last",
        "even_distances": "equal_distances + slope_along_the_rate",
        "never_stops": "rate_of_the_lowest_loss + never_stops",
    },
}
