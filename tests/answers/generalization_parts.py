"""Independent answers to lesson 07 of split, stratified_split and k_fold, right and wrong."""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from fractions import Fraction

import numpy as np

# split


def exact_sizes(n, fractions):
    shares = [n * Fraction(float(f)) for f in fractions]
    sizes = [math.floor(s) for s in shares]
    order = sorted(range(len(sizes)), key=lambda i: (sizes[i] - shares[i], i))
    for i in order[: n - sum(sizes)]:
        sizes[i] += 1
    return sizes


def check(fractions):
    if abs(math.fsum(fractions) - 1) > 1e-8:
        raise ValueError(f"fractions sum to {math.fsum(fractions)}")


def split_exactly(n, fractions, rng):
    check(fractions)
    rows = list(range(n))
    rng.shuffle(rows)
    parts, start = [], 0
    for size in exact_sizes(n, fractions):
        parts.append(np.array(rows[start : start + size], dtype=np.int64))
        start += size
    return parts


def split_by_keys(n, fractions, rng):
    if not math.isclose(sum(fractions), 1, rel_tol=0, abs_tol=1e-8):
        raise ValueError(fractions)
    order = rng.random(n).argsort()
    sizes = [int(n * f) for f in fractions]
    lost = [n * f - s for f, s in zip(fractions, sizes, strict=True)]
    for _ in range(n - sum(sizes)):
        most = lost.index(max(lost))
        sizes[most], lost[most] = sizes[most] + 1, -1.0
    ends = np.cumsum([0, *sizes])
    return tuple(order[a:b] for a, b in itertools.pairwise(ends))


def split_by_choice(n, fractions, rng):
    check(fractions)
    left, parts = np.arange(n, dtype=np.int32), []
    for size in exact_sizes(n, fractions):
        taken = rng.choice(left, size=size, replace=False, shuffle=True)
        parts.append(taken)
        left = np.setdiff1d(left, taken)
    return parts


def split_by_a_spawned_seed(n, fractions, rng):
    check(fractions)
    own = np.random.default_rng(rng.integers(2**63))
    ends = np.cumsum(exact_sizes(n, fractions))
    return [p.copy() for p in np.array_split(own.permutation(n), ends[:-1])]


def split_round_robin(n, fractions, rng):
    if not math.isclose(sum(fractions), 1):
        raise ValueError("fractions")
    lengths = [math.floor(n * f) for f in fractions]
    for i in range(n - sum(lengths)):
        lengths[i % len(lengths)] += 1
    perm, parts, start = rng.permutation(n), [], 0
    for length in lengths:
        parts.append(perm[start : start + length])
        start += length
    return parts


def split_at_cuts(n, fractions, rng):
    if abs(sum(fractions) - 1) > 1e-6:
        raise ValueError("fractions have to sum to 1")
    return np.split(rng.permutation(n), (np.cumsum(fractions)[:-1] * n).astype(int))


def split_empty_floats(n, fractions, rng):
    """Parts without rows are arrays of floats, as NumPy makes them of empty lists."""
    return [np.array(p.tolist()) for p in split_exactly(n, fractions, rng)]


def split_isclose(n, fractions, rng):
    if not np.isclose(sum(fractions), 1):
        raise ValueError(f"{fractions} sum to {sum(fractions)}")
    return split_exactly(n, np.array(fractions) / sum(fractions), rng)


def split_rotated(n, fractions, rng):
    check(fractions)
    order = np.roll(np.arange(n), rng.integers(n) if n else 0)
    return np.split(order, np.cumsum(exact_sizes(n, fractions))[:-1])


def split_reversed(n, fractions, rng):
    return [p[::-1] for p in split_exactly(n, fractions[::-1], rng)]


def split_floats(n, fractions, rng):
    return [p.astype(float) for p in split_exactly(n, fractions, rng)]


def split_masks(n, fractions, rng):
    return [np.isin(np.arange(n), p) for p in split_exactly(n, fractions, rng)]


def split_lists(n, fractions, rng):
    return [p.tolist() for p in split_exactly(n, fractions, rng)]


def split_copied_rng(n, fractions, rng):
    state = rng.bit_generator.state
    parts = split_exactly(n, fractions, rng)
    rng.bit_generator.state = state
    return parts


def split_seeds_the_global(n, fractions, rng):
    check(fractions)
    np.random.seed(rng.integers(2**31))  # noqa: NPY002
    order = np.random.permutation(n)  # noqa: NPY002
    return np.split(order, np.cumsum(exact_sizes(n, fractions))[:-1])


def split_from_one(n, fractions, rng):
    return [p + 1 for p in split_exactly(n, fractions, rng)]


def split_rescaled(n, fractions, rng):
    total = math.fsum(fractions)
    return split_exactly(n, [f / total for f in fractions], rng)


def split_wrong_error(n, fractions, rng):
    assert abs(math.fsum(fractions) - 1) <= 1e-8
    return split_exactly(n, fractions, rng)


def split_without_empty_parts(n, fractions, rng):
    return [p for p in split_exactly(n, fractions, rng) if len(p)]


def split_python_random(n, fractions, rng):
    check(fractions)
    rows = list(range(n))
    random.shuffle(rows)
    ends = np.cumsum(exact_sizes(n, fractions))[:-1]
    return np.split(np.array(rows, dtype=int), ends)


# stratified_split


def stratified_by_rounded_cuts(labels, fractions, rng):
    check(fractions)
    parts = [[] for _ in fractions]
    for label in dict.fromkeys(labels.tolist()):
        rows = rng.permutation([i for i, one in enumerate(labels.tolist()) if one == label])
        cuts = [round(len(rows) * sum(fractions[: i + 1])) for i in range(len(fractions))]
        for i, (a, b) in enumerate(zip([0, *cuts], cuts, strict=False)):
            parts[i].extend(rows[a:b].tolist())
    return [np.array(p, dtype=int) for p in parts]


def stratified_by_sorting(labels, fractions, rng):
    check(fractions)
    order = rng.permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]
    where = np.empty(len(labels), dtype=int)
    start = 0
    for size in np.unique(labels, return_counts=True)[1]:
        sizes = exact_sizes(int(size), fractions)
        where[order[start : start + size]] = np.repeat(np.arange(len(fractions)), sizes)
        start += size
    return tuple(np.flatnonzero(where == i) for i in range(len(fractions)))


def stratified_by_split(labels, fractions, rng):
    _, codes = np.unique(labels, return_inverse=True)
    split_exactly(0, fractions, rng)
    groups = [np.nonzero(codes == c)[0] for c in range(codes.max(initial=-1) + 1)]
    cut = [[g[p] for p in split_by_keys(len(g), list(fractions), rng)] for g in groups]
    return [np.concatenate(pieces) for pieces in zip(*cut, strict=True)]


def stratified_two_classes(labels, fractions, rng):
    names = np.unique(labels)[:2]
    parts = [stratified_by_split(labels, fractions, rng)]
    return [p[np.isin(labels[p], names)] for p in parts[0]]


def stratified_by_int(labels, fractions, rng):
    return stratified_by_sorting(np.array([int(v) for v in labels]), fractions, rng)


def stratified_truncating(labels, fractions, rng):
    check(fractions)
    parts = [[] for _ in fractions]
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))
        start = 0
        for i, f in enumerate(fractions):
            parts[i].extend(rows[start : start + int(f * len(rows))])
            start += int(f * len(rows))
    return [np.array(p, dtype=int) for p in parts]


def stratified_remainder_first(labels, fractions, rng):
    parts = [set(p.tolist()) for p in stratified_truncating(labels, fractions, rng)]
    rest = set(range(len(labels))) - set().union(*parts)
    return [np.array(sorted(p | (rest if i == 0 else set())), dtype=int)
            for i, p in enumerate(parts)]  # fmt: skip


def stratified_sorts_labels(labels, fractions, rng):
    labels.sort()
    return stratified_by_sorting(labels, fractions, rng)


def stratified_values(labels, fractions, rng):
    return [labels[p] for p in stratified_by_sorting(labels, fractions, rng)]


def stratified_same_rows(labels, fractions, rng):
    rng.random()
    return stratified_by_sorting(labels, fractions, np.random.default_rng(3))


# k_fold


def folds_by_stride(n, k, rng):
    order = rng.permutation(n)
    return [(np.setdiff1d(order, order[i::k]), np.sort(order[i::k])) for i in range(k)]


def folds_by_number(n, k, rng):
    number = np.arange(n) % k
    rng.shuffle(number)
    return tuple((np.nonzero(number != i)[0], np.nonzero(number == i)[0]) for i in range(k))


def folds_by_lists(n, k, rng):
    rows = [int(r) for r in rng.choice(n, n, replace=False)]
    folds, start = [], 0
    for i in range(k):
        size = n // k + (i >= k - n % k)
        val = rows[start : start + size]
        folds.append([np.array([r for r in range(n) if r not in val]), np.array(val)])
        start += size
    return folds


def folds_only_first(n, k, rng):
    return folds_by_stride(n, k, rng)[:1] * k


def folds_only_validation(n, k, rng):
    return [val for _, val in folds_by_stride(n, k, rng)]


def folds_one_short(n, k, rng):
    return folds_by_stride(n, k, rng)[:-1]


def folds_of_n_minus_1(n, k, rng):
    return folds_by_stride(n - 1, min(k, n - 1), rng)


def folds_rolled(n, k, rng):
    number = np.roll(np.arange(n) * k // n, rng.integers(n))
    return [(np.nonzero(number != i)[0], np.nonzero(number == i)[0]) for i in range(k)]


def folds_lists(n, k, rng):
    return [(t.tolist(), v.tolist()) for t, v in folds_by_stride(n, k, rng)]


def folds_masks(n, k, rng):
    return [(np.isin(np.arange(n), t), np.isin(np.arange(n), v))
            for t, v in folds_by_stride(n, k, rng)]  # fmt: skip


def folds_random_sizes(n, k, rng):
    number = rng.integers(0, k, size=n)
    return [(np.nonzero(number != i)[0], np.nonzero(number == i)[0]) for i in range(k)]


def folds_bootstrap(n, k, rng):
    pairs = folds_by_stride(n, k, rng)
    return [(rng.choice(t, len(t)), v) for t, v in pairs]


def folds_balanced_late(n, k, rng):
    counts = Counter(i % k for i in range(n))
    order = rng.permutation(n)
    size = max(counts.values())
    vals = [order[i * size : (i + 1) * size] for i in range(k)]
    return [(np.setdiff1d(order, v), v) for v in vals]
