"""Probes of layer norm."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.api import FORMULA, Inputs, Pair, Probes

probes = Probes()
norm = probes.exercise("layernorm_forward__layernorm_backward", tolerance=FORMULA)
LAYER = Pair(
    "layernorm_forward",
    "layernorm_backward",
    outputs=("out", "cache"),
    grads=("dx", "dgamma", "dbeta"),
    order="x, gamma, beta, eps",
)
NUDGE = "nudge one element of x at a time, with dout random, and compare with dx."


def rows(rng: np.random.Generator, *shape: int, **options: Any) -> Inputs:
    """Rows that differ in mean and deviation, a gamma that differs from feature to feature."""
    d, per_row = shape[-1], (*shape[:-1], 1)
    return {
        "x": rng.uniform(0.5, 2.0, size=per_row) * rng.normal(size=shape)
        + 3 * rng.normal(size=per_row),
        "gamma": rng.uniform(0.5, 2.0, size=d) * rng.choice([-1, 1], size=d),
        "beta": rng.normal(size=d),
        "dout": rng.normal(size=shape),
        **options,
    }


def tables(**several: tuple[int, ...]) -> Callable[[Any], Inputs]:
    """Rows of several shapes, under the phrase that names each, and some with a large eps."""

    def inputs(rng: np.random.Generator) -> Inputs:
        named = {
            f"for {where}".replace("_", " "): rows(rng, *shape) for where, shape in several.items()
        }
        shape = next(iter(several.values()))
        return {**named, "with a large eps": rows(rng, *shape, eps=0.7)}

    return inputs


def corners(rng: np.random.Generator) -> Inputs:
    constant = rows(rng, 4, 3)
    constant["x"][1] = 2.5
    closed = rows(rng, 3, 4)
    closed["gamma"][[0, 2]] = 0.0
    return {
        "for a constant row": constant,
        "for gamma with zeros": closed,
        "for one row": rows(rng, 1, 4),
        "for two features": rows(rng, 3, 2),
        "for one feature": rows(rng, 3, 1),
    }


norm.probe(
    "the output for two axes",
    points=0.75,
    inputs=tables(five_rows=(5, 4), a_square_batch=(3, 3)),
    name="forward",
    experiment="with gamma 1, beta 0 and eps 1 a row of variance 3 gets variance 3/4.",
)(LAYER.ahead)
norm.probe(
    "the gradients for two axes",
    points=1.0,
    inputs=tables(five_rows=(5, 4), a_square_batch=(3, 3)),
    name="backward",
    experiment=NUDGE,
)(LAYER.back)
norm.probe(
    "three axes, and four",
    points=1.0,
    inputs=tables(three_axes=(2, 5, 3), four_axes=(2, 3, 2, 4), equal_axes=(3, 3, 3)),
    name="more_axes",
    experiment="reshape x to two axes and compare: rows are rows in any arrangement.",
)(LAYER.both)
norm.probe(
    "a constant row, zeros in gamma, one row, one feature",
    points=0.5,
    inputs=corners,
    name="corners",
    experiment="set one element of gamma to 0, and print dgamma.",
)(LAYER.both)
norm.probe(
    "two caches at once, and one used twice",
    points=0.25,
    inputs=lambda rng: {"first": rows(rng, 4, 3), "second": rows(rng, 4, 3)},
    name="outstanding",
    experiment="run two forwards before the first backward, and one backward twice.",
)(LAYER.outstanding)
norm.probe(
    "nothing that is passed in gets changed",
    points=0.5,
    inputs=lambda rng: {"for two axes": rows(rng, 3, 4), "for three axes": rows(rng, 2, 3, 2)},
    name="pure",
    kind="side",
)(LAYER.pure)
