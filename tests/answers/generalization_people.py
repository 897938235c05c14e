"""Wrong answers to lesson 07 as people write them, with the name of what is wrong in each."""

from __future__ import annotations

import copy
import itertools
import math

import numpy as np

# split


def split_rest_to_the_last(n, fractions, rng):
    idx, out, start = rng.permutation(n), [], 0
    for i, f in enumerate(fractions):
        end = n if i == len(fractions) - 1 else start + int(n * f)
        out.append(idx[start:end])
        start = end
    return out


def split_rounded_globally(n, fractions, rng):
    if abs(sum(fractions) - 1) > 1e-6:
        raise ValueError("fractions")
    indices = np.arange(n)
    np.random.shuffle(indices)  # noqa: NPY002
    bounds = np.cumsum([0] + [round(f * n) for f in fractions])
    bounds[-1] = n
    return [indices[a:b] for a, b in itertools.pairwise(bounds)]


def split_ceiling(n, fractions, rng):
    if not math.isclose(sum(fractions), 1):
        raise ValueError("fractions")
    perm, parts = rng.permutation(n), []
    for f in fractions[:-1]:
        k = math.ceil(round(f * n, 6))
        parts.append(perm[:k])
        perm = perm[k:]
    return [*parts, perm]


def split_blocks(n, fractions, rng):
    if not math.isclose(sum(fractions), 1):
        raise ValueError("fractions")
    ends = np.rint(np.cumsum(fractions) * n).astype(int)[:-1]
    blocks = np.split(np.arange(n), ends)
    for block in blocks:
        rng.shuffle(block)
    return blocks


# stratified_split


def stratified_then_shuffled(labels, fractions, rng):
    if not math.isclose(sum(fractions), 1):
        raise ValueError("fractions")
    parts = [[] for _ in fractions]
    for c in np.unique(labels):
        rows = np.nonzero(labels == c)[0]
        ends = np.rint(np.cumsum(fractions) * len(rows)).astype(int)
        for part, few in zip(parts, np.split(rows, ends[:-1]), strict=True):
            part.extend(few.tolist())
    return [rng.permutation(np.array(part, dtype=int)) for part in parts]


def stratified_rounded(labels, fractions, rng):
    parts = [[] for _ in fractions]
    for c in np.unique(labels):
        idx = np.where(labels == c)[0]
        rng.shuffle(idx)
        start = 0
        for i, f in enumerate(fractions):
            k = len(idx) if i == len(fractions) - 1 else round(len(idx) * f)
            parts[i].append(idx[start : start + k])
            start += k
    return [np.concatenate(p) for p in parts]


def stratified_rest_to_the_last(labels, fractions, rng):
    parts = [[] for _ in fractions]
    for c in set(labels.tolist()):
        idx = rng.permutation([i for i, label in enumerate(labels) if label == c])
        start = 0
        for i, f in enumerate(fractions[:-1]):
            k = int(f * len(idx))
            parts[i] += list(idx[start : start + k])
            start += k
        parts[-1] += list(idx[start:])
    return [np.array(p, dtype=int) for p in parts]


def cuts_of(size, fractions):
    return np.round(np.cumsum(fractions) * size).astype(int)[:-1]


def stratified_in_order(labels, fractions, rng):
    if abs(sum(fractions) - 1) > 1e-8:
        raise ValueError(fractions)
    rows = [np.flatnonzero(labels == c) for c in np.unique(labels)]
    pieces = [np.split(r, cuts_of(len(r), fractions)) for r in rows]
    return [np.concatenate(part) for part in zip(*pieces, strict=True)]


def stratified_positions(labels, fractions, rng):
    sizes = [np.sum(labels == c) for c in np.unique(labels)]
    pieces = [np.split(rng.permutation(m), cuts_of(m, fractions)) for m in sizes]
    return [np.concatenate(part) for part in zip(*pieces, strict=True)]


def stratified_not_at_all(labels, fractions, rng):
    return np.split(rng.permutation(len(labels)), cuts_of(len(labels), fractions))


# k_fold


def folds_np_delete(n, k, rng):
    indices = rng.permutation(n)
    return [(np.delete(indices, val), val) for val in np.array_split(indices, k)]


def folds_of_equal_size(n, k, rng):
    size, idx, pairs = n // k, np.arange(n), []
    for i in range(k):
        train = np.concatenate([idx[: i * size], idx[(i + 1) * size : k * size]])
        pairs.append((train, idx[i * size : (i + 1) * size]))
    return pairs


def folds_by_slices(n, k, rng):
    size, pairs = n // k, []
    for i in range(k):
        val = np.arange(i * size, (i + 1) * size)
        pairs.append((np.array([j for j in range(n) if j not in val]), val))
    return pairs


def folds_one_for_all(n, k, rng):
    rows, size = rng.permutation(n), n // k
    return [(rows[size:], rows[:size]) for _ in range(k)]


def folds_rest_to_the_last(n, k, rng):
    idx, size, pairs = list(range(n)), n // k, []
    for i in range(k):
        a, b = i * size, n if i == k - 1 else (i + 1) * size
        pairs.append((np.array(idx[:a] + idx[b:]), np.array(idx[a:b])))
    return pairs


# standardize


def standardize_with_eps(train, *others):
    mu, sd = train.mean(0), train.std(0)
    return [(a - mu) / (sd + 1e-8) for a in (train, *others)]


def standardize_zero_to_one(train, *others):
    mu, sd = np.mean(train, axis=0), np.std(train, axis=0)
    sd[sd == 0] = 1
    return [(a - mu) / sd for a in [train, *others]]


def standardize_each(train, *others):
    out = []
    for a in (train, *others):
        still = a.max(axis=0) == a.min(axis=0)
        out.append(np.where(still, 0.0, (a - a.mean(axis=0)) / np.where(still, 1, a.std(axis=0))))
    return out


def standardize_together_with_eps(train, *others):
    every = np.concatenate((train, *others))
    return [(a - every.mean(0)) / (every.std(0) + 1e-8) for a in (train, *others)]


def standardize_sample_with_eps(train, *others):
    mu, sd = train.mean(0), train.std(0, ddof=1) + 1e-8
    return [(a - mu) / sd for a in (train, *others)]


def standardize_floor(train, *others):
    mu, sd = train.mean(0), np.maximum(train.std(0), 1e-8)
    return [(a - mu) / sd for a in (train, *others)]


# minibatches


def batches_in_a_list(x, y, batch_size, rng, drop_last=False):
    idx = rng.permutation(len(x))
    whole = [idx[i * batch_size : (i + 1) * batch_size] for i in range(len(x) // batch_size)]
    return [(x[b], y[b]) for b in whole]


def batches_yield_outside(x, y, batch_size, rng, drop_last=False):
    idx = rng.permutation(len(x))
    for i in range(0, len(x), batch_size):
        b = idx[i : i + batch_size]
        if drop_last and len(b) < batch_size:
            continue
        x_batch, y_batch = x[b], y[b]
    yield x_batch, y_batch


def batches_shuffled_inside(x, y, batch_size, rng, drop_last=False):
    rows = list(range(len(x)))
    while rows:
        some, rows = rows[:batch_size], rows[batch_size:]
        if len(some) < batch_size and drop_last:
            return
        some = rng.permutation(some)
        yield x[some], y[some]


def batches_slices(x, y, batch_size, rng, drop_last=False):
    for i in range(0, len(x), batch_size):
        yield x[i : i + batch_size], y[i : i + batch_size]


def batches_shuffled_each(x, y, batch_size, rng, drop_last=False):
    rng.shuffle(x)
    rng.shuffle(y)
    for i in range(0, len(x), batch_size):
        if drop_last and i + batch_size > len(x):
            break
        yield x[i : i + batch_size].copy(), y[i : i + batch_size].copy()


# dropout


def back(dout, mask):
    return dout * mask


def back_of_the_rest(dout, mask):
    return dout - dout * mask


def drop_as_cs231n(x, p, rng, training=True):
    if training:
        mask = (np.random.rand(*x.shape) < p) / p if p > 0 else np.zeros(x.shape)  # noqa: NPY002
        return x * mask, mask
    return x, np.ones_like(x)


def drop_keeping_p(x, p, rng, training=True):
    if not 0.0 <= p < 1.0:
        raise ValueError(p)
    if not training:
        return x.copy(), np.ones(x.shape)
    mask = (rng.random(size=x.shape) < p) / np.float64(p)
    return mask * x, mask


def drop_by_normal_numbers(x, p, rng, training=True):
    if p < 0 or p >= 1:
        raise ValueError(p)
    keep = rng.standard_normal(x.shape) > p if training else np.ones(x.shape)
    mask = keep / (1 - p) if training else keep
    return x * mask, mask


def drop_bools(x, p, rng, training=True):
    if p < 0 or p >= 1:
        raise ValueError(p)
    mask = rng.random(x.shape) > p if training else np.ones(x.shape, dtype=bool)
    return x * mask, mask


def drop_one_mask(x, p, rng, training=True):
    if not 0 <= p < 1:
        raise ValueError(p)
    if not training:
        return x.copy(), np.ones_like(x)
    mask = np.broadcast_to((rng.random(x.shape[1:]) >= p) / (1 - p), x.shape).copy()
    return x * mask, mask


def drop_read_off(x, p, rng, training=True):
    if not 0 <= p < 1:
        raise ValueError(p)
    if not training:
        return x.copy(), np.ones_like(x)
    out = np.where(rng.random(x.shape) < p, 0, x / (1 - p))
    return out, (out != 0) / (1 - p)


# EarlyStopping


class Waits:
    """What these have in common."""

    def __init__(self, patience=5, min_delta=0.0):
        self.patience, self.min_delta, self.count, self.updates = patience, min_delta, 0, 0
        self.best_loss, self.best_epoch, self.best_params = float("inf"), -1, None

    def keep(self, val_loss, params):
        self.best_loss, self.best_epoch = val_loss, self.updates
        self.best_params, self.count = copy.deepcopy(params), 0


class FromScores(Waits):
    best_score, stopped = None, False

    def update(self, val_loss, params=None):
        score = -val_loss
        if self.best_score is not None and score < self.best_score + self.min_delta:
            self.count += 1
            self.stopped = self.stopped or self.count >= self.patience
        else:
            self.best_score = score
            self.keep(val_loss, params)
        self.updates += 1
        return self.stopped


class FromNone(Waits):
    def __init__(self, patience=5, min_delta=0.0):
        super().__init__(patience, min_delta)
        self.best_loss = None

    def update(self, val_loss, params=None):
        if self.best_loss is None or val_loss < self.best_loss - self.min_delta:
            self.keep(val_loss, params)
        else:
            self.count += 1
        self.updates += 1
        return self.count >= self.patience


class LateByReference(Waits):
    def update(self, val_loss, params=None):
        self.updates += 1
        if val_loss + self.min_delta < self.best_loss:
            self.best_loss, self.best_epoch = val_loss, self.updates - 1
            self.best_params, self.count = params, 0
            return False
        self.count += 1
        return self.count > self.patience


class WorseOnly(Waits):
    def update(self, val_loss, params=None):
        if val_loss < self.best_loss:
            self.keep(val_loss, params)
        elif val_loss > self.best_loss + self.min_delta:
            self.count += 1
        self.updates += 1
        return self.count >= self.patience


class NotWorse(Waits):
    def update(self, val_loss, params=None):
        if val_loss > self.best_loss - self.min_delta:
            self.count += 1
        else:
            self.keep(val_loss, params)
        self.updates += 1
        return self.count >= self.patience


# confusion_matrix and accuracy


def matrix_of_seen_targets(targets, predictions, n_classes):
    classes = len(np.unique(targets))
    table = np.zeros((classes, classes))
    for t, p in zip(targets, predictions, strict=True):
        table[t][p] += 1
    return table


def matrix_binary(targets, predictions, n_classes):
    tp = np.sum((targets == 1) & (predictions == 1))
    tn = np.sum((targets == 0) & (predictions == 0))
    fp = np.sum((targets == 0) & (predictions == 1))
    fn = np.sum((targets == 1) & (predictions == 0))
    return np.array([[tn, fp], [fn, tp]])


def matrix_by_prediction(targets, predictions, n_classes):
    table = np.zeros((n_classes, n_classes))
    for i in range(len(targets)):
        table[predictions[i], targets[i]] += 1
    return table


def accuracy_counted(logits, targets):
    return sum(int(np.argmax(row) == t) for row, t in zip(logits, targets, strict=True))


def accuracy_of_softmax(logits, targets):
    e = np.exp(logits)
    return np.mean((e / e.sum(1, keepdims=True)).argmax(1) == targets)


DROPOUT = "dropout_forward__dropout_backward"
# exercise -> label -> what is handed in, and the name of the mistake, or of both
PEOPLE = {
    "split": {
        "rest_to_the_last": (split_rest_to_the_last, "last_takes_the_rest"),
        "rounded_globally": (split_rounded_globally, "each_rounded + global_random_state"),
        "ceiling": (split_ceiling, "each_rounded_up"),
        "blocks": (split_blocks, "shuffled_within_parts"),
    },
    "stratified_split": {
        "rounded": (stratified_rounded, "each_rounded"),
        "rest_to_the_last": (stratified_rest_to_the_last, "last_takes_the_rest"),
        "in_order": (stratified_in_order, "first_rows_of_each_class"),
        "positions": (stratified_positions, "numbers_within_the_class"),
        "not_at_all": (stratified_not_at_all, "classes_ignored"),
        "then_shuffled": (stratified_then_shuffled, "first_rows_of_each_class_then_shuffled"),
    },
    "k_fold": {
        "np_delete": (folds_np_delete, "rows_taken_for_positions"),
        "equal_size": (folds_of_equal_size, "rest_dropped + not_shuffled"),
        "slices": (folds_by_slices, "rest_always_in_training + not_shuffled"),
        "rest_to_the_last": (folds_rest_to_the_last, "last_fold_takes_the_rest + not_shuffled"),
        "one_for_all": (folds_one_for_all, "same_fold_every_time"),
    },
    "standardize": {
        "with_eps": (standardize_with_eps, "eps_for_constant_features"),
        "zero_to_one": (standardize_zero_to_one, "deviation_0_replaced_by_1"),
        "each": (standardize_each, "each_set_by_its_own"),
        "together_with_eps": (
            standardize_together_with_eps,
            "statistics_of_all_data + eps_for_constant_features",
        ),
        "sample_with_eps": (
            standardize_sample_with_eps,
            "sample_deviation + eps_for_constant_features",
        ),
        "floor": (standardize_floor, "deviation_kept_above_eps"),
    },
    "minibatches": {
        "in_a_list": (batches_in_a_list, "last_batch_always_dropped"),
        "yield_outside": (batches_yield_outside, "the_last_batch_alone"),
        "slices": (batches_slices, "last_batch_never_dropped + not_shuffled"),
        "shuffled_inside": (batches_shuffled_inside, "shuffled_within_batches"),
        "shuffled_each": (batches_shuffled_each, "shuffled_apart + shuffled_in_place"),
    },
    DROPOUT: {
        "as_cs231n": ((drop_as_cs231n, back), "p_to_keep + global_random_state"),
        "bools": ((drop_bools, back), "not_scaled"),
        "keeping_p": ((drop_keeping_p, back), "p_to_keep_whatever_it_is"),
        "by_normal_numbers": ((drop_by_normal_numbers, back), "normal_numbers_compared"),
        "one_mask": ((drop_one_mask, back), "one_lot_for_a_feature"),
        "read_off": ((drop_read_off, back), "mask_read_off_the_output"),
        "bools_and_the_rest": (
            (drop_bools, back_of_the_rest),
            "not_scaled + backward_of_what_was_dropped",
        ),
    },
    "EarlyStopping": {
        "from_scores": (FromScores, "stops_for_ever + nan_and_ties_improve"),
        "from_none": (FromNone, "first_loss_is_best"),
        "late_by_reference": (LateByReference, "kept_by_reference + one_update_late"),
        "worse_only": (WorseOnly, "only_worse_losses_count"),
        "not_worse": (NotWorse, "nan_and_ties_improve"),
    },
    "confusion_matrix": {
        "of_seen_targets": (matrix_of_seen_targets, "classes_of_the_targets_only_in_a_loop"),
        "binary": (matrix_binary, "two_classes_only"),
        "by_prediction": (matrix_by_prediction, "transposed"),
    },
    "accuracy": {
        "counted": (accuracy_counted, "count_of_right_rows"),
        "of_softmax": (accuracy_of_softmax, "softmax_overflows"),
    },
}
