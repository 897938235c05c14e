"""Probes of the two initialisers. They return raw draws; the bank makes features of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Inputs, Probe, Probes

SOURCE = "call it twice with default_rng(0), once with default_rng(1), and compare."


def seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**32))


def wide_and_tall(rng: np.random.Generator) -> Inputs:
    few, many = int(rng.integers(68, 74)), int(rng.integers(276, 288))
    return {
        "for a wide matrix": {"fan_in": few, "fan_out": many, "seed": seed(rng)},
        "for a tall matrix": {"fan_in": many, "fan_out": few, "seed": seed(rng)},
    }


class Matrices:
    """One matrix for each pair of fans, each from a generator of its own."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        return {
            where: getattr(impl, self.name)(
                fan_in=one["fan_in"],
                fan_out=one["fan_out"],
                rng=np.random.default_rng(one["seed"]),
            )
            for where, one in inputs.items()
        }


def small(rng: np.random.Generator) -> Inputs:
    return {
        "for 1 input and 4 outputs": {"fan_in": 1, "fan_out": 4, "seed": seed(rng)},
        "for 3 inputs and 1 output": {"fan_in": 3, "fan_out": 1, "seed": seed(rng)},
    }


class ManySmall:
    """About 4800 weights for each pair of fans: many small matrices from one generator."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        draw, seen = getattr(impl, self.name), {}
        for where, one in inputs.items():
            fans = one["fan_in"], one["fan_out"]
            rng = np.random.default_rng(one["seed"])
            first = draw(*fans, rng)
            more = [draw(*fans, rng) for _ in range(4800 // (fans[0] * fans[1]) - 1)]
            seen[where] = {"first": first, "all": np.array([first, *more])}
        return seen


def few_inputs(rng: np.random.Generator) -> Inputs:
    return {
        "for 1 input": {"fan_in": 1, "fan_out": 20000, "seed": seed(rng)},
        "for 2 inputs": {"fan_in": 2, "fan_out": 10000, "seed": seed(rng)},
    }


def seeds(rng: np.random.Generator) -> Inputs:
    return {"seeds": [seed(rng), seed(rng), seed(rng)], "global": seed(rng)}


class Sources:
    """Draws from equal and from different generators, and NumPy's global generator afterwards."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        draw, (one, other, third) = getattr(impl, self.name), inputs["seeds"]
        before = np.random.get_state()  # noqa: NPY002
        np.random.seed(inputs["global"])  # noqa: NPY002 (the global generator is what is watched)
        rng = np.random.default_rng(third)
        try:
            return {
                "W": draw(20, 30, np.random.default_rng(one)),
                "again": draw(20, 30, np.random.default_rng(one)),
                "other": draw(20, 30, np.random.default_rng(other)),
                "first of two": draw(20, 30, rng),
                "second of two": draw(20, 30, rng),
                "global": float(np.random.random_sample()),  # noqa: NPY002
            }
        finally:
            np.random.set_state(before)  # noqa: NPY002


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "wide_and_tall",
            "the distribution of a wide and of a tall matrix",
            1.0,
            wide_and_tall,
            Matrices("xavier_uniform"),
            experiment="compare W.var() with 2 / (fan_in + fan_out), and look at a histogram.",
        ),
        Probe(
            "small",
            "many small matrices from one generator",
            0.5,
            small,
            ManySmall("xavier_uniform"),
            experiment="for fans of 1 and 4 the variance is 0.4 over many draws.",
        ),
        Probe(
            "sources",
            "draws that depend on rng, and on nothing else",
            0.5,
            seeds,
            Sources("xavier_uniform"),
            experiment=SOURCE,
        ),
    ):
        probes.add("xavier_uniform", probe)
    for probe in (
        Probe(
            "wide_and_tall",
            "the distribution of a wide and of a tall matrix",
            0.5,
            wide_and_tall,
            Matrices("he_normal"),
            experiment="compare W.var() with 2 / fan_in, and look at a histogram.",
        ),
        Probe(
            "few_inputs",
            "one input, and two",
            0.25,
            few_inputs,
            Matrices("he_normal"),
            experiment="for fan_in = 2 the variance is 1.",
        ),
        Probe(
            "sources",
            "draws that depend on rng, and on nothing else",
            0.25,
            seeds,
            Sources("he_normal"),
            experiment=SOURCE,
        ),
    ):
        probes.add("he_normal", probe)
