"""Wrong answers to ReduceOnPlateau as people write them: after other libraries, or from memory."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


class Base:
    """What all of them remember; each has its own `step`."""

    def __init__(
        self,
        lr: Any,
        factor: Any = 0.1,
        patience: Any = 10,
        threshold: Any = 1e-4,
        cooldown: Any = 0,
        min_lr: Any = 0.0,
    ) -> None:
        self.lr, self.factor, self.patience, self.threshold = lr, factor, patience, threshold
        self.cooldown, self.min_lr = cooldown, min_lr
        self.best: Any = float("inf")
        self.wait = self.cooling = 0

    def cut(self) -> None:
        self.lr = max(self.lr * self.factor, self.min_lr)

    def better(self, metric: Any) -> bool:
        return bool(metric < self.best * (1 - self.threshold))


class Keras(Base):
    def step(self, metric: Any) -> Any:
        if self.cooling > 0:
            self.cooling -= 1
            self.wait = 0
        if np.less(metric, self.best - self.threshold):
            self.best = metric
            self.wait = 0
        elif not self.cooling > 0:
            self.wait += 1
            if self.wait >= self.patience and self.lr > self.min_lr:
                self.cut()
                self.cooling = self.cooldown
                self.wait = 0
        return self.lr


class OlderKeras(Base):
    def step(self, metric: Any) -> Any:
        if self.cooling > 0:
            self.cooling -= 1
            self.wait = 0
        if metric < self.best - self.threshold:
            self.best = metric
            self.wait = 0
        elif self.cooling <= 0:
            if self.wait >= self.patience:
                self.cut()
                self.cooling = self.cooldown
                self.wait = 0
            self.wait += 1
        return self.lr


class TestsBeforeItCounts(Base):
    def step(self, metric: Any) -> Any:
        if self.better(metric):
            self.best, self.wait = metric, 0
            self.cooling = max(0, self.cooling - 1)
        elif self.cooling:
            self.cooling -= 1
        else:
            if self.wait >= self.patience:
                self.cut()
                self.cooling, self.wait = self.cooldown, 0
                if self.cooldown == 0:
                    self.wait = 1
            else:
                self.wait += 1
        return self.lr


class EarlyStopping(Base):
    def step(self, metric: Any) -> Any:
        if self.better(metric):
            self.best = metric
            self.wait = 0
        else:
            self.wait += 1
            if self.wait >= self.patience:
                self.cut()
                self.wait = 0
        return self.lr


class NoneAtFirst(Base):
    def step(self, metric: Any) -> Any:
        if self.best == math.inf:
            self.best = metric
        elif self.better(metric):
            self.best, self.wait = metric, 0
        else:
            self.wait += 1
        if self.cooling:
            self.cooling, self.wait = self.cooling - 1, 0
        if self.wait > self.patience:
            self.cut()
            self.cooling, self.wait = self.cooldown, 0
        return self.lr


class CoolsAfterTheCut(Base):
    def step(self, metric: Any) -> Any:
        if self.better(metric):
            self.best, self.wait = metric, 0
        else:
            self.wait += 1
        if self.wait > self.patience:
            self.cut()
            self.wait = 0
            self.cooling = self.cooldown
        if self.cooling > 0:
            self.wait = 0
            self.cooling -= 1
        return self.lr


class RelativeFall(Base):
    def step(self, metric: Any) -> Any:
        improvement = (self.best - metric) / self.best
        if improvement > self.threshold:
            self.best = metric
            self.wait = 0
        else:
            self.wait += 1
        if self.cooling > 0:
            self.cooling -= 1
            self.wait = 0
        if self.wait > self.patience:
            self.cut()
            self.cooling = self.cooldown
            self.wait = 0
        return self.lr


class CoolsInsteadOfCounting(Base):
    def step(self, metric: Any) -> Any:
        if self.better(metric):
            self.best, self.wait = metric, 0
        elif self.cooling > 0:
            self.cooling -= 1
        else:
            self.wait += 1
            if self.wait > self.patience:
                self.cut()
                self.cooling, self.wait = self.cooldown, 0
        return self.lr


class LowestAlways(Base):
    def step(self, metric: Any) -> Any:
        if metric < self.best * (1 - self.threshold):
            self.wait = 0
        else:
            self.wait += 1
        self.best = min(self.best, metric)
        if self.cooling > 0:
            self.cooling -= 1
            self.wait = 0
        if self.wait >= self.patience + 2:
            self.cut()
            self.cooling = self.cooldown
            self.wait = 0
        return self.lr


class SetsAndReturnsNothing(Base):
    def step(self, metric: Any) -> Any:
        if metric < self.best - self.threshold:
            self.best, self.wait = metric, 0
        else:
            self.wait += 1
        if self.cooling > 0:
            self.cooling -= 1
            self.wait = 0
        if self.wait > self.patience:
            self.cut()
            self.cooling = self.cooldown
            self.wait = 0


class BeforeTheCut(Base):
    def step(self, metric: Any) -> Any:
        current = self.lr
        if metric >= self.best * (1 - self.threshold):
            self.wait += 1
        else:
            self.best, self.wait = metric, 0
        if self.cooling > 0:
            self.cooling -= 1
            self.wait = 0
        if self.wait > self.patience:
            self.lr = self.lr * self.factor
            self.cooling = self.cooldown
            self.wait = 0
        return current


class WaitsWithTheCut(Base):
    def step(self, metric: Any) -> Any:
        if self.better(metric):
            self.best, self.wait = metric, 0
        else:
            self.wait += 1
        if self.wait >= self.patience and self.cooling == 0:
            self.cut()
            self.cooling, self.wait = self.cooldown, 0
        elif self.cooling > 0:
            self.cooling -= 1
        return self.lr


NAMED = {
    "ReduceOnPlateau": {
        "Keras": "as_in_keras",
        "OlderKeras": "as_in_older_keras",
        "TestsBeforeItCounts": "counted_after_the_cut",
        "EarlyStopping": "cut_an_epoch_early + no_cooldown",
        "NoneAtFirst": "first_metric_is_the_best",
        "CoolsAfterTheCut": "cooldown_an_epoch_short",
        "RelativeFall": "infinity_is_never_beaten",
        "CoolsInsteadOfCounting": "only_bad_epochs_cool",
        "LowestAlways": "cut_an_epoch_late + best_moves_by_less_than_the_threshold",
        "SetsAndReturnsNothing": "absolute_threshold + nothing_returned",
        "BeforeTheCut": "no_min_lr + the_rate_before_the_cut",
        "WaitsWithTheCut": "cut_at_patience + counts_during_the_cooldown",
    },
}
