"""Independent answers to lesson 17's info_nce, right and wrong."""

from __future__ import annotations

import math

import numpy as np


def nce_by_loops(a, b, temperature=0.07):
    """Every question on its own, in Python floats."""

    def cosine(u, v):
        dot = math.fsum(x * y for x, y in zip(u, v, strict=True))
        return dot / math.sqrt(math.fsum(x * x for x in u) * math.fsum(y * y for y in v))

    total = 0.0
    for one, other in ((a.tolist(), b.tolist()), (b.tolist(), a.tolist())):
        for i, row in enumerate(one):
            z = [cosine(row, candidate) / temperature for candidate in other]
            top = max(z)
            total += top + math.log(math.fsum(math.exp(v - top) for v in z)) - z[i]
    return total / (2 * len(a))


def nce_by_logaddexp(a, b, temperature=0.07):
    u, v = (c / np.sqrt(np.einsum("nd,nd->n", c, c))[:, None] for c in (a, b))
    z = np.einsum("id,jd->ij", u, v) / temperature
    guesses = (np.logaddexp.reduce(z, axis=0) + np.logaddexp.reduce(z, axis=1)) / 2
    return np.asarray((guesses - np.diagonal(z)).mean())


def nce_by_scaled_table(a, b, temperature=0.07):
    """The lengths divide the table of inner products, not the rows."""
    lengths = np.outer(np.sqrt((a * a).sum(axis=1)), np.sqrt((b * b).sum(axis=1)))
    z = np.dot(a, b.transpose()) / lengths / temperature

    def one_way(table):
        table = table - table.max(axis=1, keepdims=True)
        return float(np.mean(np.log(np.exp(table).sum(axis=1)) - np.diag(table)))

    return 0.5 * one_way(z) + 0.5 * one_way(z.T)


# Wrong as people write it


def softmax_rows(z):
    exps = np.exp(z - z.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1, keepdims=True)


def unit(c):
    return c / np.linalg.norm(c, axis=1, keepdims=True)


def nce_one_way(a, b, temperature=0.07):
    z = unit(a) @ unit(b).T / temperature
    return np.mean(np.logaddexp.reduce(z, axis=1) - np.diagonal(z))


def nce_unscaled(a, b, temperature=0.07):
    z = a @ b.T / temperature
    rows = np.mean(np.logaddexp.reduce(z, axis=1) - np.diagonal(z))
    columns = np.mean(np.logaddexp.reduce(z, axis=0) - np.diagonal(z))
    return (rows + columns) / 2


def nce_multiplied(a, b, temperature=0.07):
    return nce_by_logaddexp(a, b, 1 / temperature)


def nce_guarded(a, b, temperature=0.07):
    z = unit(a) @ unit(b).T / temperature
    both = [np.diagonal(softmax_rows(table)) for table in (z, z.T)]
    return -np.mean(np.log(np.array(both) + 1e-8))


def nce_one_way_unscaled(a, b, temperature=0.07):
    z = a @ b.T / temperature
    return np.mean(np.logaddexp.reduce(z, axis=1) - np.diagonal(z))


def nce_of_columns(a, b, temperature=0.07):
    u, v = a / np.linalg.norm(a, axis=0), b / np.linalg.norm(b, axis=0)
    z = u @ v.T / temperature
    rows = np.mean(np.logaddexp.reduce(z, axis=1) - np.diagonal(z))
    return (rows + np.mean(np.logaddexp.reduce(z, axis=0) - np.diagonal(z))) / 2


def nce_by_a_margin(a, b, temperature=0.07):
    z = unit(a) @ unit(b).T
    return np.mean(np.maximum(0, temperature + z - np.diagonal(z)[:, None]))


def nce_of_the_hardest(a, b, temperature=0.07):
    z = unit(a) @ unit(b).T / temperature
    rest = np.where(np.eye(len(a)) > 0, -np.inf, z).max(axis=1)
    return np.mean(np.logaddexp(0, rest - np.diagonal(z)))


RIGHT = (nce_by_loops, nce_by_logaddexp, nce_by_scaled_table)
WRONG = (
    nce_one_way,
    nce_unscaled,
    nce_multiplied,
    nce_guarded,
    nce_one_way_unscaled,
    nce_of_columns,
    nce_by_a_margin,
    nce_of_the_hardest,
)
NAMED = {
    "nce_one_way": "one_direction",
    "nce_unscaled": "not_normalised",
    "nce_multiplied": "temperature_multiplied",
    "nce_guarded": "log_of_softmax_plus_1e_8",
    "nce_one_way_unscaled": "not_normalised + one_direction",
    "nce_of_columns": "columns_normalised",
}
