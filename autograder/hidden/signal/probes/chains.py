"""Probes of forward_statistics."""

import itertools
from typing import Any

import numpy as np

from autograder.api import (
    AFTERWARDS,
    AGAIN,
    FORMULA,
    Inputs,
    Probes,
    results,
    snapshot,
)

probes = Probes()
forward = probes.exercise("forward_statistics")


def relu(z: Any) -> Any:
    return np.maximum(z, 0)


def doubled(z: Any) -> Any:
    return 2 * z + 1


def plain(z: Any) -> Any:
    return z


def chain(rng: np.random.Generator, rows: int, *widths: int, scale: float = 1.0) -> Inputs:
    """A batch of some scale and the weights of a chain of layers, widths[0] the input's."""
    return {
        "x": scale * (rng.normal(size=(rows, widths[0])) + 0.5),
        "weights": [
            rng.normal(size=pair) / np.sqrt(pair[0]) + 0.05 for pair in itertools.pairwise(widths)
        ],
    }


def several(rng: np.random.Generator) -> Inputs:
    return {
        "with relu": {**chain(rng, 7, 4, 6, 3, 5), "activation": relu},
        "with tanh": {**chain(rng, 5, 3, 5, 4), "activation": np.tanh},
        "with relu and square weights": {**chain(rng, 6, 4, 4, 4, 4), "activation": relu},
    }


def activations(rng: np.random.Generator) -> Inputs:
    return {
        "without an activation function": {**chain(rng, 3, 2, 3, 2), "activation": plain},
        "with 2 z + 1": {**chain(rng, 3, 4, 2, 3), "activation": doubled},
        "for large inputs": {**chain(rng, 4, 3, 5, 2, scale=1e3), "activation": relu},
        "for tiny inputs": {**chain(rng, 4, 3, 5, 2, scale=1e-4), "activation": relu},
    }


def short(rng: np.random.Generator) -> Inputs:
    return {
        "for one layer": {**chain(rng, 2, 3, 2), "activation": np.tanh},
        "for one row": {**chain(rng, 1, 3, 2, 3), "activation": plain},
        "for a layer of one unit": {**chain(rng, 3, 2, 1, 2), "activation": np.tanh},
        "for no layer": {"x": rng.normal(size=(3, 2)), "weights": [], "activation": relu},
    }


def statistics(impl: Any, one: Inputs) -> Any:
    return sequences(*impl.forward_statistics(**one))


def sequences(means: Any, stds: Any) -> Any:
    """Both as vectors: a list, a tuple and an array are the same."""
    return {"means": sequence(means), "stds": sequence(stds)}


def sequence(entries: Any) -> Any:
    """A vector; where an entry is no number, the entries as they are."""
    several = list(entries)
    if any(np.ndim(entry) for entry in several):
        return [np.array(entry, dtype=np.float64) for entry in several]
    return np.array([float(entry) for entry in several], dtype=np.float64)


def each(impl: Any, inputs: Inputs) -> Any:
    called = results(impl.forward_statistics, inputs, "x, weights, activation")
    return {where: sequences(*both) for where, both in called}


for name, topic, points, inputs, experiment in (
    (
        "several_layers",
        "the statistics of several layers",
        0.75,
        several,
        "print h.shape, and h.std() after every layer, beside what you return.",
    ),
    (
        "activations",
        "other activation functions, and inputs of other sizes",
        0.5,
        activations,
        "try two numbers, 1 and 3, one layer [[1.0]], and no activation function: 2 and 1.",
    ),
    (
        "short",
        "one layer, one row, one unit, no layer",
        0.5,
        short,
        "try weights = []: two empty sequences.",
    ),
):
    forward.probe(
        topic, points=points, inputs=inputs, name=name, tolerance=FORMULA, experiment=experiment
    )(each)


@forward.probe(
    "weights in a tuple, and inputs that stay as they were",
    points=0.25,
    inputs=lambda rng: {**chain(rng, 4, 3, 3, 3), "activation": np.tanh},
    name="pure",
    kind="side",
)
def untouched(impl: Any, inputs: Inputs) -> Any:
    seen = statistics(impl, {**inputs, "weights": tuple(inputs["weights"])})
    kept = {
        "x": inputs["x"],
        **{f"weight matrix {i}": W for i, W in enumerate(inputs["weights"])},
    }
    return {**seen, AFTERWARDS: snapshot(kept), AGAIN: statistics(impl, inputs)}
