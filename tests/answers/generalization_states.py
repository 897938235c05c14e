"""Independent answers to lesson 07 of EarlyStopping and the two counts, right and wrong."""

from __future__ import annotations

import math
import pickle
from collections import Counter

import numpy as np

# EarlyStopping


class FromDistance:
    def __init__(self, patience=5, min_delta=0.0):
        self.options = patience, min_delta
        self.best_loss, self.best_epoch, self.best_params, self.seen = math.inf, -1, None, 0

    def update(self, val_loss, params=None):
        patience, min_delta = self.options
        if float(val_loss) < self.best_loss - min_delta:
            self.best_loss = float(val_loss)
            self.best_epoch = self.seen
            self.best_params = pickle.loads(pickle.dumps(params))
        self.seen += 1
        return not self.seen - 1 - self.best_epoch < patience


def copied(value):
    if isinstance(value, dict):
        return {k: copied(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(copied(v) for v in value)
    return None if value is None else np.array(value)


class FromHistory:
    """Keeps all losses, and finds everything out anew from them."""

    def __init__(self, patience=5, min_delta=0.0):
        self._patience, self._delta, self._losses, self._kept = patience, min_delta, [], None

    def _best(self):
        best, where = np.inf, -1
        for i, loss in enumerate(self._losses):
            if loss < best - self._delta:
                best, where = loss, i
        return best, where

    @property
    def best_loss(self):
        return np.float64(self._best()[0])

    @property
    def best_epoch(self):
        return np.int64(self._best()[1])

    @property
    def best_params(self):
        return self._kept

    def update(self, val_loss, params=None):
        self._losses.append(val_loss)
        if self._best()[1] == len(self._losses) - 1:
            self._kept = copied(params)
        return np.bool_(len(self._losses) - 1 - self._best()[1] >= self._patience)


class Countdown:
    def __init__(self, patience=5, min_delta=0.0):
        self.full = self.left = patience
        self.delta = min_delta
        self.best_loss, self.best_epoch, self.best_params = float("inf"), -1, None
        self.clock = -1

    def update(self, val_loss, params=None):
        self.clock += 1
        better = not math.isnan(val_loss) and self.best_loss - self.delta > val_loss
        self.left = self.full if better else self.left - 1
        if better:
            self.best_loss, self.best_epoch = val_loss, self.clock
            self.best_params = copied(params)
        return self.left <= 0


class IntAnswer(Countdown):
    def update(self, val_loss, params=None):
        return int(super().update(val_loss, params))


class NoAnswer(Countdown):
    def update(self, val_loss, params=None):
        super().update(val_loss, params)


class RaisesOnNaN(Countdown):
    def update(self, val_loss, params=None):
        if math.isnan(val_loss):
            raise ValueError("NaN")
        return super().update(val_loss, params)


class StopsOnNaN(Countdown):
    def update(self, val_loss, params=None):
        return super().update(val_loss, params) or math.isnan(val_loss)


class NaNSkipped(Countdown):
    def update(self, val_loss, params=None):
        if math.isnan(val_loss):
            self.clock += 1
            return self.left <= 0
        return super().update(val_loss, params)


class FirstCounts(Countdown):
    def update(self, val_loss, params=None):
        answer = super().update(val_loss, params)
        if self.clock == 0:
            self.best_loss, self.best_epoch, self.left = val_loss, 0, self.full
        return answer


class SelfReset(Countdown):
    def update(self, val_loss, params=None):
        answer = super().update(val_loss, params)
        if answer:
            self.left = self.full
        return answer


class Rounded(Countdown):
    def update(self, val_loss, params=None):
        return super().update(round(val_loss, 1) if math.isfinite(val_loss) else val_loss, params)


class Arrays(Countdown):
    def update(self, val_loss, params=None):
        before = self.best_epoch
        answer = super().update(val_loss, None)
        if self.best_epoch != before and isinstance(params, dict):
            self.best_params = {k: np.array(v, dtype=object) for k, v in params.items()}
        return answer


class Restores(Countdown):
    def update(self, val_loss, params=None):
        answer = super().update(val_loss, params)
        if answer and isinstance(params, list):
            for one, best in zip(params, self.best_params, strict=True):
                one[...] = best
        return answer


class TwoChances(Countdown):
    def __init__(self, patience=5, min_delta=0.0):
        super().__init__(patience, min_delta)
        self.left += 1


class FromZero(Countdown):
    def __init__(self, patience=5, min_delta=0.0):
        super().__init__(patience, min_delta)
        self.best_loss = 1e9


class HalfReset(Countdown):
    def update(self, val_loss, params=None):
        left, before = self.left, self.best_epoch
        answer = super().update(val_loss, params)
        if self.best_epoch != before:
            self.left = min(self.full, left + 1)
        return answer


# confusion_matrix


def matrix_by_bincount(targets, predictions, n_classes):
    flat = np.bincount(n_classes * targets + predictions, minlength=n_classes**2)
    return flat.reshape(n_classes, n_classes).astype(np.int64)


def matrix_by_one_hot(targets, predictions, n_classes):
    eye = np.eye(n_classes, dtype=np.int64)
    return eye[targets].T @ eye[predictions]


def matrix_by_pairs(targets, predictions, n_classes):
    pairs = Counter(zip(targets.tolist(), predictions.tolist(), strict=True))
    rows = [[pairs[i, j] for j in range(n_classes)] for i in range(n_classes)]
    return np.array(rows, dtype="int64")


def matrix_by_masks(targets, predictions, n_classes):
    m = np.empty((n_classes, n_classes), np.int64)
    for i, j in np.ndindex(m.shape):
        m[i, j] = np.count_nonzero((targets == i) & (predictions == j))
    return m


def matrix_small_ints(targets, predictions, n_classes):
    return matrix_by_masks(targets, predictions, n_classes).astype(np.int32)


def matrix_bytes(targets, predictions, n_classes):
    return matrix_by_masks(targets, predictions, n_classes).astype(np.uint8).astype(np.int64)


def matrix_lists(targets, predictions, n_classes):
    return matrix_by_masks(targets, predictions, n_classes).tolist()


def matrix_from_one(targets, predictions, n_classes):
    return matrix_by_masks(targets - 1, predictions - 1, n_classes)


def matrix_sorted(targets, predictions, n_classes):
    targets.sort()
    predictions.sort()
    return matrix_by_masks(targets, predictions, n_classes)


def matrix_with_totals(targets, predictions, n_classes):
    m = matrix_by_masks(targets, predictions, n_classes)
    return np.vstack([m, m.sum(axis=0)])


def matrix_first_only(targets, predictions, n_classes):
    return np.minimum(matrix_by_masks(targets, predictions, n_classes), 100)


def matrix_flat(targets, predictions, n_classes):
    return matrix_by_bincount(targets, predictions, n_classes).ravel()


# accuracy


def accuracy_by_loops(logits, targets):
    right = 0
    for row, target in zip(logits.tolist(), targets.tolist(), strict=True):
        right += row.index(max(row)) == target
    return right / len(targets)


def accuracy_by_maxima(logits, targets):
    rows = np.arange(len(targets))
    return np.asarray((logits[rows, targets] >= logits.max(axis=-1)).mean())


def accuracy_by_sorting(logits, targets):
    return np.count_nonzero(np.argsort(logits, axis=1)[:, -1] == targets) / np.float64(len(targets))


def accuracy_among_two(logits, targets):
    return float(np.mean((np.argsort(logits, axis=1)[:, -2:] == targets[:, None]).any(axis=1)))


def accuracy_whole(logits, targets):
    return int(accuracy_by_loops(logits, targets))


def accuracy_per_row(logits, targets):
    return (logits.argmax(axis=1) == targets).astype(float)


def accuracy_balanced(logits, targets):
    right = logits.argmax(axis=1) == targets
    return float(np.mean([right[targets == c].mean() for c in np.unique(targets)]))


def accuracy_rounded(logits, targets):
    return round(accuracy_by_loops(logits, targets), 1)


def accuracy_absolute(logits, targets):
    return accuracy_by_loops(np.abs(logits), targets)


def accuracy_unbiased(logits, targets):
    return float(np.sum(logits.argmax(axis=1) == targets) / max(1, len(targets) - 1))


def accuracy_in_place(logits, targets):
    logits -= logits.max(axis=1, keepdims=True)
    return accuracy_by_maxima(logits, targets)
