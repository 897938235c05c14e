"""Independent answers to lesson 04, right and wrong: the two initialisers."""

from __future__ import annotations

import copy
import math

import numpy as np

# xavier_uniform


def bound(fan_in, fan_out):
    return math.sqrt(6 / (fan_in + fan_out))


def xavier_from_unit(fan_in, fan_out, rng):
    return (2 * rng.random((fan_in, fan_out)) - 1) * bound(fan_in, fan_out)


def xavier_transposed(fan_in, fan_out, rng):
    a = bound(fan_in, fan_out)
    return rng.uniform(-a, a, (fan_out, fan_in)).T


def xavier_shifted(fan_in, fan_out, rng):
    deviation = np.sqrt(2.0 / (fan_in + fan_out))
    return deviation * np.sqrt(12) * (rng.random(size=(fan_in, fan_out)) - 0.5)


def xavier_by_columns(fan_in, fan_out, rng):
    a = bound(fan_in, fan_out)
    return np.stack([rng.uniform(-a, a, fan_in) for _ in range(fan_out)], axis=1)


def xavier_from_integers(fan_in, fan_out, rng):
    steps = rng.integers(-(2**40), 2**40, size=(fan_in, fan_out), endpoint=True)
    return steps / 2**40 * bound(fan_in, fan_out)


def xavier_by_loops(fan_in, fan_out, rng):
    W = np.zeros((fan_in, fan_out))
    for i in range(fan_in):
        W[i] = rng.random(fan_out) * rng.choice([-1, 1], fan_out) * bound(fan_in, fan_out)
    return W


def xavier_from_a_child(fan_in, fan_out, rng):
    a = bound(fan_in, fan_out)
    return rng.spawn(1)[0].uniform(-a, a, size=(fan_in, fan_out))


def xavier_two_values(fan_in, fan_out, rng):
    return rng.choice([-1.0, 1.0], size=(fan_in, fan_out)) * np.sqrt(2 / (fan_in + fan_out))


def xavier_triangular(fan_in, fan_out, rng):
    a = math.sqrt(12 / (fan_in + fan_out))
    return rng.triangular(-a, 0, a, size=(fan_in, fan_out))


def xavier_one_row(fan_in, fan_out, rng):
    return np.tile(xavier_from_unit(1, fan_out, rng) / bound(1, fan_out), (fan_in, 1)) * bound(
        fan_in, fan_out
    )


def xavier_from_a_copy(fan_in, fan_out, rng):
    return xavier_from_unit(fan_in, fan_out, copy.deepcopy(rng))


def xavier_one_more(fan_in, fan_out, rng):
    a = math.sqrt(6 / (fan_in + fan_out + 1))
    return rng.uniform(-a, a, size=(fan_in, fan_out))


def xavier_product(fan_in, fan_out, rng):
    a = math.sqrt(6 / (fan_in * fan_out))
    return rng.uniform(-a, a, size=(fan_in, fan_out))


def xavier_geometric(fan_in, fan_out, rng):
    a = math.sqrt(3 / math.sqrt(fan_in * fan_out))
    return rng.uniform(-a, a, size=(fan_in, fan_out))


def xavier_flat(fan_in, fan_out, rng):
    return xavier_from_unit(fan_in, fan_out, rng).ravel()


def xavier_single_precision(fan_in, fan_out, rng):
    return xavier_from_unit(fan_in, fan_out, rng).astype(np.float32)


def xavier_seeds_globally(fan_in, fan_out, rng):
    np.random.seed(int(rng.integers(2**31)))  # noqa: NPY002 (a wrong answer)
    a = bound(fan_in, fan_out)
    return np.random.uniform(-a, a, (fan_in, fan_out))  # noqa: NPY002


# he_normal


def he_standard(fan_in, fan_out, rng):
    return rng.standard_normal((fan_in, fan_out)) * math.sqrt(2 / fan_in)


def he_transposed(fan_in, fan_out, rng):
    return np.asfortranarray(rng.normal(scale=(2 / fan_in) ** 0.5, size=(fan_out, fan_in)).T)


def he_by_rows(fan_in, fan_out, rng):
    rows = [[rng.standard_normal(fan_out)] for _ in range(fan_in)]
    return np.sqrt(2.0) / np.sqrt(fan_in) * np.concatenate(rows)


def he_by_box_muller(fan_in, fan_out, rng):
    u, v = 1 - rng.random((fan_in, fan_out)), rng.random((fan_in, fan_out))
    return np.sqrt(-2 * np.log(u)) * np.cos(2 * np.pi * v) * np.sqrt(2 / fan_in)


def he_multivariate(fan_in, fan_out, rng):
    total = rng.standard_normal((4, fan_in, fan_out)).sum(axis=0)
    return total / math.sqrt(2 * fan_in)


def he_seeded_by_rng(fan_in, fan_out, rng):
    own = np.random.default_rng(rng.integers(2**63))
    return own.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))


def he_from_single_precision(fan_in, fan_out, rng):
    draws = rng.standard_normal((fan_in, fan_out), dtype=np.float32)
    return draws.astype(np.float64) * np.sqrt(2 / fan_in)


def he_absolute(fan_in, fan_out, rng):
    return np.abs(he_standard(fan_in, fan_out, rng))


def he_clipped(fan_in, fan_out, rng):
    scale = np.sqrt(2 / fan_in)
    return np.clip(rng.normal(0, scale, (fan_in, fan_out)), -1.5 * scale, 1.5 * scale)


def he_laplace(fan_in, fan_out, rng):
    return rng.laplace(0, np.sqrt(1 / fan_in), size=(fan_in, fan_out))


def he_zeros(fan_in, fan_out, rng):
    return np.zeros((fan_in, fan_out))


def he_rescaled(fan_in, fan_out, rng):
    return 1.1 * he_standard(fan_in, fan_out, rng)


def he_one_more(fan_in, fan_out, rng):
    return rng.normal(0, np.sqrt(2 / (fan_in + 1)), size=(fan_in, fan_out))


def he_remembered(fan_in, fan_out, rng, known={}):  # noqa: B006 (a wrong answer)
    if (fan_in, fan_out) not in known:
        known[fan_in, fan_out] = he_standard(fan_in, fan_out, rng)
    return known[fan_in, fan_out].copy()


def he_orthogonal(fan_in, fan_out, rng):
    big, small = max(fan_in, fan_out), min(fan_in, fan_out)
    q, _ = np.linalg.qr(rng.normal(size=(big, small)))
    return (q if fan_in == big else q.T) * np.sqrt(2)


def he_bias_row(fan_in, fan_out, rng):
    W = he_standard(fan_in, fan_out, rng)
    return np.vstack([W, np.zeros((1, fan_out))])
