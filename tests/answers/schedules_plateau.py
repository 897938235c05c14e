"""Right answers to ReduceOnPlateau, written in other ways than the reference."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


class OfEpochs:
    """Keeps the numbers of epochs in place of counters."""

    def __init__(
        self,
        lr: Any,
        factor: Any = 0.1,
        patience: Any = 10,
        threshold: Any = 1e-4,
        cooldown: Any = 0,
        min_lr: Any = 0.0,
    ) -> None:
        self.lr = lr
        self.options = factor, patience, threshold, cooldown, min_lr
        self.best: Any = None
        self.epoch = 0
        self.good_at = 0  # the last epoch from which bad ones are counted
        self.cool_until = 0

    def step(self, metric: Any) -> Any:
        factor, patience, threshold, cooldown, min_lr = self.options
        self.epoch += 1
        if not math.isnan(metric) and (
            self.best is None or metric < self.best - threshold * self.best
        ):
            self.best, self.good_at = metric, self.epoch
        if self.epoch <= self.cool_until:
            self.good_at = self.epoch
        if self.epoch - self.good_at > patience:
            self.lr = max(min_lr, self.lr * factor)
            self.good_at = self.epoch
            self.cool_until = self.epoch + cooldown
        return self.lr


class OfHistory:
    """Remembers every metric and works everything out anew each time."""

    def __init__(
        self,
        lr: Any,
        factor: Any = 0.1,
        patience: Any = 10,
        threshold: Any = 1e-4,
        cooldown: Any = 0,
        min_lr: Any = 0.0,
    ) -> None:
        self.first, self.factor, self.patience = lr, factor, patience
        self.threshold, self.cooldown, self.min_lr = threshold, cooldown, min_lr
        self.metrics: list[Any] = []

    @property
    def lr(self) -> Any:
        rate, best, bad, cooling = np.float64(self.first), np.inf, 0, 0
        for metric in self.metrics:
            better = bool(metric < best * (1 - self.threshold))
            best = metric if better else best
            bad = 0 if better or cooling else bad + 1
            cooling = max(cooling - 1, 0)
            if bad > self.patience:
                rate, bad, cooling = max(rate * self.factor, self.min_lr), 0, self.cooldown
        return np.asarray(rate, dtype=float)

    def step(self, metric: Any) -> Any:
        self.metrics.append(metric)
        return self.lr


class OfAGenerator:
    """All state in the local variables of a generator."""

    def __init__(
        self,
        lr: Any,
        factor: Any = 0.1,
        patience: Any = 10,
        threshold: Any = 1e-4,
        cooldown: Any = 0,
        min_lr: Any = 0.0,
    ) -> None:
        def watch(rate: float) -> Any:
            best, left, rest = float("inf"), patience, 0
            while True:
                metric = yield rate
                if rest:
                    rest, left = rest - 1, patience
                    if metric < best * (1 - threshold):
                        best = metric
                elif metric < best * (1 - threshold):
                    best, left = metric, patience
                elif left:
                    left -= 1
                else:
                    rate, left, rest = max(rate * factor, min_lr), patience, cooldown

        self.lr = float(lr)
        self._watch = watch(self.lr)
        next(self._watch)

    def step(self, metric: Any) -> Any:
        self.lr = self._watch.send(metric)
        return self.lr
