"""Probes of distinct_units. Columns of one group lie within tol of each other, and those of two
groups far outside it, so that every way of grouping gives the same count."""

from typing import Any

import numpy as np

from autograder.api import Calls, Inputs, Probes

probes = Probes()
probes.predictions("equal_start", "ten_percent", "scaled_weights")
units = probes.exercise("distinct_units")

Array = Any


def groups(rng: np.random.Generator, rows: int, *sizes: int) -> Array:
    """A matrix with `sizes[i]` copies of column i, equal ones never all side by side."""
    columns = rng.normal(size=(rows, len(sizes)))
    order = [i for turn in range(max(sizes)) for i, size in enumerate(sizes) if turn < size]
    return columns[:, order]


def copies(rng: np.random.Generator) -> Inputs:
    return {
        "for nine columns": {"W": groups(rng, 6, 3, 1, 3, 2)},
        "for as many rows as columns": {"W": groups(rng, 5, 2, 1, 2)},
        "for columns that all differ": {"W": groups(rng, 3, 1, 1, 1, 1, 1, 1, 1)},
        "for columns that are all equal": {"W": groups(rng, 4, 6)},
        "for one column": {"W": rng.normal(size=(4, 1))},
        "for one row": {"W": groups(rng, 1, 3, 4, 1, 2, 1)},
    }


def near(rng: np.random.Generator, tol: float, size: float) -> Array:
    """Four groups a few tol apart in one element only, spread over most of a tol inside."""
    W = np.repeat(size * rng.uniform(0.5, 1.0, size=(16, 1)), 12, axis=1)
    W[3] += 2.5 * tol * (np.arange(12) % 4)
    W += tol * rng.uniform(-0.45, 0.45, size=W.shape)
    return W[:, rng.permutation(12)]


def tolerances(rng: np.random.Generator) -> Inputs:
    apart = np.repeat(rng.uniform(0.5, 1.0, size=(3, 1)), 5, axis=1)
    apart[1] += 1e-7 * np.arange(5)
    large = np.repeat(rng.uniform(500, 900, size=(3, 1)), 7, axis=1)
    large[2] += 0.001 * np.arange(7)
    far = np.hstack([near(rng, 0.01, 1.0), near(rng, 0.01, 1.0) + 7])
    return {
        "with the default tol": {"W": near(rng, 1e-12, 1.0)},
        "with tol = 0.01": {"W": near(rng, 0.01, 1.0), "tol": 0.01},
        "for columns 1e-7 apart": {"W": apart},
        "for two sets of columns 1e-7 apart": {"W": np.hstack([apart, 3 - apart])},
        "for two sets of columns": {"W": far, "tol": 0.01},
        "for large columns 0.001 apart": {"W": large, "tol": 1e-6},
        "with tol = 3": {"W": near(rng, 3.0, 1.0), "tol": 3.0},
    }


def at_the_edge(rng: np.random.Generator) -> Inputs:
    """Sixteenths are exact, and so are their differences. The columns of `close` lie near multiples
    of tol, where rounding to those does no harm."""
    base = rng.integers(-8, 8, size=(3, 1)) / 4
    exact = np.repeat(base, 6, axis=1)
    exact[1] += np.array([0, 4, 0.5, 8, 4.5, 0])
    close = np.repeat(np.floor(base), 5, axis=1)
    close[0] += np.array([0, 0.0625, 2, 0.125, 2.0625])
    alike = np.repeat(base + 4, 4, axis=1)
    alike[0] += np.array([0, 1e-14, -2e-14, 1.0])
    tiny = np.repeat(base + 4, 4, axis=1)
    tiny[2] += np.array([0, 2.0**-40, 0, 2.0**-39])
    return {
        "for columns exactly tol apart": {"W": exact, "tol": 0.5},
        "for columns far less than tol apart": {"W": close, "tol": 0.5},
        "for columns 1e-14 apart": {"W": alike},
        "with tol = 0": {"W": tiny, "tol": 0.0},
    }


def look_alikes(rng: np.random.Generator) -> Inputs:
    column = rng.uniform(0.5, 2.0, size=(4, 1))
    rolled = np.hstack([np.roll(column, k, axis=0) for k in (0, 1, 2, 3, 0)])
    signed = np.hstack([column, -column, column * [[1], [-1], [1], [-1]], column])
    shared = np.repeat(column, 5, axis=1)
    shared[2] = rng.normal(size=5)
    return {
        "for columns with equal sums": {"W": rolled},
        "for columns that differ in sign": {"W": signed},
        "for columns that differ in one element": {"W": shared},
    }


COUNTED = Calls("distinct_units", "the count", order="W, tol")
for name, topic, points, inputs, experiment in (
    (
        "copies",
        "columns and their copies",
        0.5,
        copies,
        "try [[1, 2, 1]]: two units, though no neighbours are equal.",
    ),
    (
        "look_alikes",
        "columns that are nearly alike",
        0.25,
        look_alikes,
        "try [[1, 2], [2, 1]] and [[1, -1], [2, -2]]: two units each.",
    ),
    (
        "tolerances",
        "columns within tol and beyond it",
        0.5,
        tolerances,
        "try [[0.0, 0.009, 0.02]] with tol = 0.01: two units.",
    ),
    (
        "at_the_edge",
        "columns exactly tol apart, and tol = 0",
        0.5,
        at_the_edge,
        "try [[0.0, 0.5]] with tol = 0.5, and then with tol = 0.",
    ),
):
    units.probe(topic, points=points, inputs=inputs, name=name, experiment=experiment)(COUNTED)
units.pure("the count", points=0.25, inputs=lambda rng: {"W": near(rng, 0.1, 1.0), "tol": 0.1})
