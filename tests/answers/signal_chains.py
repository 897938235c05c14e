"""Independent answers to lesson 04, right and wrong: counting units, statistics."""

from __future__ import annotations

import itertools
import math

import numpy as np

# distinct_units


def units_by_pairs(W, tol=1e-12):
    columns = [tuple(map(float, column)) for column in np.asarray(W).T]
    count = 0
    for i, column in enumerate(columns):
        seen = False
        for other in columns[:i]:
            if max(abs(a - b) for a, b in zip(column, other, strict=True)) <= tol:
                seen = True
        count += not seen
    return count


def units_by_components(W, tol=1e-12):
    units = W.shape[1]
    parent = list(range(units))

    def root(i):
        while parent[i] != i:
            i = parent[i]
        return i

    for i, j in itertools.combinations(range(units), 2):
        if np.abs(W[:, i] - W[:, j]).max() <= tol:
            parent[root(j)] = root(i)
    return len({root(i) for i in range(units)})


def units_by_broadcasting(W, tol=1e-12):
    equal = (np.abs(W[:, :, None] - W[:, None, :]) <= tol).all(axis=0)
    return np.sum(equal.argmax(axis=1) == np.arange(W.shape[1]))


def units_by_removing(W, tol=1e-12):
    left, count = W.copy(), 0
    while left.shape[1]:
        left = left[:, np.max(np.abs(left - left[:, :1]), axis=0) > tol]
        count += 1
    return np.int64(count)


def units_sorted(W, tol=1e-12):
    return units_by_pairs(np.sort(W, axis=0), tol)


def units_unlike_the_first(W, tol=1e-12):
    return 1 + int((np.abs(W - W[:, :1]).max(axis=0) > tol).sum())


def units_as_float(W, tol=1e-12):
    return float(units_by_pairs(W, tol))


def units_by_rank(W, tol=1e-12):
    return int(np.linalg.matrix_rank(W))


def units_rounded(W, tol=1e-12):
    return int(np.unique(W.round(12), axis=1).shape[1])


def units_overwriting(W, tol=1e-12):
    count = units_by_pairs(W, tol)
    W[:] = 0
    return count


def units_with_twins(W, tol=1e-12):
    return W.shape[1] - units_by_pairs(W, tol)


# forward_statistics


def statistics_recursive(x, weights, activation):
    if len(weights) == 0:
        return (), ()
    h = activation(x @ weights[0])
    means, stds = statistics_recursive(h, weights[1:], activation)
    return (h.mean(), *means), (h.std(), *stds)


def statistics_by_moments(x, weights, activation):
    means, stds, h = [], [], x
    for W in weights:
        h = activation(np.dot(h, W))
        first = h.sum() / h.size
        means.append(first)
        stds.append(math.sqrt(((h - first) ** 2).sum() / h.size))
    return [means, stds]


def statistics_in_arrays(x, weights, activation):
    means, stds = np.empty(len(weights)), np.empty(len(weights))
    for i, W in enumerate(weights):
        x = activation(x @ W)
        means[i], stds[i] = np.mean(x), np.sqrt(np.var(x))
    return means, stds


def statistics_by_loops(x, weights, activation):
    outputs = list(itertools.accumulate(weights, lambda h, W: activation(h @ W), initial=x))[1:]
    return [np.asarray(h.mean()) for h in outputs], [np.asarray(h.std()) for h in outputs]


def statistics_from_the_input(x, weights, activation):
    hs = [activation(x @ W) if W.shape[0] == x.shape[1] else x for W in weights]
    return [h.mean() for h in hs], [h.std() for h in hs]


def statistics_swapped(x, weights, activation):
    means, stds = statistics_recursive(x, weights, activation)
    return stds, means


def statistics_in_place(x, weights, activation):
    result = statistics_recursive(x, weights, activation)
    x *= 0.5
    return result


def statistics_normalised(x, weights, activation):
    means, stds, h = [], [], x
    for W in weights:
        h = activation(h @ W)
        means.append(h.mean())
        stds.append(h.std())
        h = (h - h.mean()) / (h.std() + 1e-5)
    return means, stds


def statistics_mean_absolute(x, weights, activation):
    means, stds, h = [], [], x
    for W in weights:
        h = activation(h @ W)
        means.append(h.mean())
        stds.append(np.abs(h - h.mean()).mean())
    return means, stds


def statistics_last_only(x, weights, activation):
    means, stds = statistics_recursive(x, weights, activation)
    return means[-1:], stds[-1:]


def statistics_as_pairs(x, weights, activation):
    return list(zip(*statistics_recursive(x, weights, activation), strict=True))
