"""Independent answers to lesson 07 of standardize and minibatches, right and wrong."""

from __future__ import annotations

import copy
import math

import numpy as np

# standardize


def standardize_by_columns(train, *others):
    width = math.prod(train.shape[1:])
    flat = [np.array(a, dtype=float).reshape(len(a), width) for a in (train, *others)]
    out = [np.zeros_like(a) for a in flat]
    for d in range(width):
        column = flat[0][:, d].tolist()
        if len(set(column)) == 1:
            continue
        mean = math.fsum(column) / len(column)
        deviation = math.sqrt(math.fsum((v - mean) ** 2 for v in column) / len(column))
        for a, z in zip(flat, out, strict=True):
            z[:, d] = (a[:, d] - mean) / deviation
    return tuple(z.reshape(a.shape) for z, a in zip(out, (train, *others), strict=True))


def standardize_by_factors(train, *others):
    train = train.astype(np.float64)
    varies = np.ptp(train, axis=0) > 0
    centre = np.average(train, axis=0)
    factor = np.divide(
        1.0, np.sqrt(np.var(train, axis=0)), where=varies, out=np.zeros(varies.shape)
    )
    return [(np.asarray(a, dtype=float) - centre) * factor for a in [train, *others]]


def standardize_with_nans(train, *others):
    still = np.all(train == train[:1], axis=0)
    with np.errstate(all="ignore"):
        scaled = [(a - train.mean(0)) / train.std(0) for a in (train, *others)]
    for z in scaled:
        z[..., still] = 0.0
    return scaled


def standardize_in_one_pass(train, *others):
    still = np.ptp(train, axis=0) == 0
    train, rows = train.astype(float), len(train)
    mean = train.sum(axis=0) / rows
    deviation = np.sqrt(np.abs((train**2).sum(axis=0) / rows - mean**2))
    deviation[still], results = np.inf, []
    for a in (train, *others):
        results.append((a - mean) / deviation)
    return results


def standardize_second_others(train, *others):
    last = others[-1] if others and len(others[-1]) else train
    return standardize_by_factors(last, train, *others)[1:]


def standardize_one_other(train, *others):
    return standardize_by_factors(train, *others[:1])


def standardize_as_array(train, *others):
    return standardize_by_factors(train, *others)[0]


def standardize_single(train, *others):
    return [z.astype(np.float32) for z in standardize_by_factors(train, *others)]


def standardize_last_axis(train, *others):
    every = [np.asarray(a, dtype=float) for a in (train, *others)]
    return [(a - a.mean(-1, keepdims=True)) / (a.std(-1, keepdims=True) + (np.ptp(a) == 0))
            for a in every]  # fmt: skip


def standardize_isclose(train, *others):
    still = np.isclose(train.max(0), train.min(0))
    scale = np.where(still, 1.0, train.std(0))
    return [np.where(still, 0.0, (a - train.mean(0)) / scale) for a in (train, *others)]


def standardize_clipped(train, *others):
    return [np.clip(z, -2, 2) for z in standardize_by_factors(train, *others)]


def standardize_median(train, *others):
    still = np.ptp(train, axis=0) == 0
    scale = np.where(still, 1.0, train.std(0))
    return [np.where(still, 0.0, (a - np.median(train, axis=0)) / scale) for a in (train, *others)]


def standardize_integers(train, *others):
    return [z.astype(a.dtype) for z, a in
            zip(standardize_by_factors(train, *others), (train, *others), strict=True)]  # fmt: skip


def standardize_others_in_place(train, *others):
    results = standardize_by_factors(train, *others)
    for a, z in zip(others, results[1:], strict=True):
        a[...] = z
    return results


# minibatches


def batches_by_split(x, y, batch_size, rng, drop_last=False):
    order = rng.permutation(len(x))
    for rows in np.split(order, np.arange(batch_size, len(x), batch_size)):
        if len(rows) == batch_size or not drop_last:
            yield np.take(x, rows, axis=0), np.take(y, rows, axis=0)


class BatchIterator:
    def __init__(self, x, y, size, order, drop_last):
        self.x, self.y, self.size, self.order, self.drop_last = x, y, size, order, drop_last

    def __iter__(self):
        return self

    def __next__(self):
        rows, self.order = self.order[: self.size], self.order[self.size :]
        if not rows or (self.drop_last and len(rows) < self.size):
            raise StopIteration
        return [self.x[rows], self.y[rows]]


def batches_by_iterator(x, y, batch_size, rng, drop_last=False):
    rows = list(range(len(x)))
    rng.shuffle(rows)
    return BatchIterator(x, y, batch_size, rows, drop_last)


def batches_by_expression(x, y, batch_size, rng, drop_last=False):
    keys = np.argsort(rng.random(len(x)))
    x, y = x[keys], y[keys]
    count = len(x) // batch_size if drop_last else math.ceil(len(x) / batch_size)
    spans = (slice(i * batch_size, (i + 1) * batch_size) for i in range(count))
    return ((x[s], y[s]) for s in spans)


def batches_by_pairs(x, y, batch_size, rng, drop_last=False):
    batch = []
    for i in rng.choice(len(x), size=len(x), replace=False):
        batch.append(i)
        if len(batch) == batch_size:
            yield np.stack([x[j] for j in batch]), np.stack([y[j] for j in batch])
            batch = []
    if batch and not drop_last:
        yield np.stack([x[j] for j in batch]), np.stack([y[j] for j in batch])


def batches_swapped(x, y, batch_size, rng, drop_last=False):
    return ((b, a) for a, b in batches_by_split(x, y, batch_size, rng, drop_last))


def batches_flat(x, y, batch_size, rng, drop_last=False):
    return (
        (a.reshape(len(a), -1), b) for a, b in batches_by_split(x, y, batch_size, rng, drop_last)
    )


def batches_views(x, y, batch_size, rng, drop_last=False):
    starts = rng.permutation(np.arange(0, len(x), batch_size))
    for s in starts:
        yield x[s : s + batch_size], y[s : s + batch_size]


def batches_endless(x, y, batch_size, rng, drop_last=False):
    for _ in range(2):
        yield from batches_by_split(x, y, batch_size, rng, drop_last)


def batches_first_only(x, y, batch_size, rng, drop_last=False):
    return iter(list(batches_by_split(x, y, batch_size, rng, drop_last))[:1])


def batches_equalised(x, y, batch_size, rng, drop_last=False):
    order = rng.permutation(len(x))
    for rows in np.array_split(order, -(-len(x) // batch_size)):
        yield x[rows], y[rows]


def batches_indices(x, y, batch_size, rng, drop_last=False):
    order = rng.permutation(len(x))
    for s in range(0, len(x), batch_size):
        yield order[s : s + batch_size]


def batches_as_floats(x, y, batch_size, rng, drop_last=False):
    return ((a, b.astype(float)) for a, b in batches_by_split(x, y, batch_size, rng, drop_last))


def batches_copied_rng(x, y, batch_size, rng, drop_last=False):
    return batches_by_split(x, y, batch_size, copy.deepcopy(rng), drop_last)


def batches_pixels_shuffled(x, y, batch_size, rng, drop_last=False):
    for a, b in batches_by_split(x, y, batch_size, rng, drop_last):
        yield rng.permuted(a, axis=0), b
