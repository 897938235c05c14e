"""Probes of forward_statistics and of sigmoid_gradient_bound."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, Inputs, Probe, Probes, Tolerance, snapshot


def relu(z: Any) -> Any:
    return np.maximum(z, 0)


def doubled(z: Any) -> Any:
    return 2 * z + 1


def plain(z: Any) -> Any:
    return z


def chain(rng: np.random.Generator, rows: int, *widths: int) -> Inputs:
    """A batch and the weights of a chain of layers, widths[0] the input's."""
    return {
        "x": rng.normal(size=(rows, widths[0])) + 0.5,
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


def bends(rng: np.random.Generator) -> Inputs:
    return {
        "without a bend": {**chain(rng, 3, 2, 3, 2), "activation": plain},
        "with 2 z + 1": {**chain(rng, 3, 4, 2, 3), "activation": doubled},
    }


def short(rng: np.random.Generator) -> Inputs:
    return {
        "for one layer": {**chain(rng, 2, 3, 2), "activation": np.tanh},
        "for one row": {**chain(rng, 1, 3, 2, 3), "activation": plain},
        "for a layer of one unit": {**chain(rng, 3, 2, 1, 2), "activation": np.tanh},
        "for no layer": {"x": rng.normal(size=(3, 2)), "weights": [], "activation": relu},
    }


def statistics(impl: Any, one: Inputs) -> Any:
    """Both sequences as vectors: a list, a tuple and an array are the same."""
    means, stds = impl.forward_statistics(**one)
    return {
        "means": np.array([float(mean) for mean in means], dtype=np.float64),
        "stds": np.array([float(std) for std in stds], dtype=np.float64),
    }


def each(impl: Any, inputs: Inputs) -> Any:
    return {where: statistics(impl, one) for where, one in inputs.items()}


def untouched(impl: Any, inputs: Inputs) -> Any:
    seen = statistics(impl, {**inputs, "weights": tuple(inputs["weights"])})
    kept = {
        "x": inputs["x"],
        **{f"weight matrix {i}": W for i, W in enumerate(inputs["weights"])},
    }
    return {**seen, AFTERWARDS: snapshot(kept)}


class Bounds:
    """The bound for several depths."""

    def __init__(self, *depths: int) -> None:
        self.depths = depths

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        return {
            f"for depth {depth}": {"the bound": impl.sigmoid_gradient_bound(depth)}
            for depth in (*self.depths, *inputs.get("depths", ()))
        }


def any_depths(low: int, high: int) -> Callable[[np.random.Generator], Inputs]:
    return lambda rng: {"depths": [int(depth) for depth in rng.integers(low, high, size=3)]}


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "several_layers",
            "the statistics of several layers",
            0.75,
            several,
            each,
            experiment="print h.shape, and h.std() after every layer, beside what you return.",
        ),
        Probe(
            "bends",
            "other activations",
            0.5,
            bends,
            each,
            experiment="try two numbers, 1 and 3, one layer [[1.0]], and no bend: 2 and 1.",
        ),
        Probe(
            "short",
            "one layer, one row, one unit, no layer",
            0.5,
            short,
            each,
            experiment="try weights = []: two empty sequences.",
        ),
        Probe(
            "pure",
            "weights in a tuple, and inputs that stay as they were",
            0.25,
            lambda rng: {**chain(rng, 4, 3, 3, 3), "activation": np.tanh},
            untouched,
        ),
    ):
        probes.add("forward_statistics", probe)
    relative = Tolerance(1e-6, 0.0)  # 0.25**20 is below any useful absolute tolerance
    for probe in (
        Probe(
            "shallow",
            "up to eight sigmoids",
            0.5,
            any_depths(3, 9),
            Bounds(1, 2),
            relative,
            experiment="print it for depth 1, 2 and 3: each is a quarter of the one before.",
        ),
        Probe("deep", "up to a hundred sigmoids", 0.25, any_depths(30, 100), Bounds(10), relative),
        Probe("none", "no sigmoid at all", 0.25, lambda rng: {}, Bounds(0, 5), relative),
    ):
        probes.add("sigmoid_gradient_bound", probe)
