"""Probes of the two initialisers. They return raw draws; the bank makes features of them."""

from typing import Any

import numpy as np

from autograder.api import Draws, Inputs, Probes

probes = Probes()
xavier = probes.exercise("xavier_uniform")
he = probes.exercise("he_normal")


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
    return {"seeds": [int(seed) for seed in rng.choice(2**31, size=4, replace=False)]}


class Source:
    """One matrix, from the generator that is handed in."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, impl: Any, inputs: Inputs, rng: np.random.Generator) -> Any:
        return getattr(impl, self.name)(20, 30, rng)


for exercise, points, experiment in (
    (xavier, 1.0, "compare W.var() with 2 / (fan_in + fan_out), and look at a histogram."),
    (he, 0.5, "compare W.var() with 2 / fan_in, and look at a histogram."),
):
    exercise.probe(
        "the distribution of a wide and of a tall matrix",
        points=points,
        inputs=wide_and_tall,
        name="wide_and_tall",
        experiment=experiment,
    )(Matrices(exercise.key))
    exercise.probe(
        "draws that depend on rng, and on nothing else",
        points=points / 2,
        inputs=seeds,
        name="sources",
        kind="side",
        experiment="call it twice with default_rng(0), once with default_rng(1), and compare.",
    )(Draws(Source(exercise.key)))
xavier.probe(
    "many small matrices from one generator",
    points=0.5,
    inputs=small,
    name="small",
    experiment="for fans of 1 and 4 the variance is 0.4 over many draws.",
)(ManySmall("xavier_uniform"))
he.probe(
    "one input, and two",
    points=0.25,
    inputs=few_inputs,
    name="few_inputs",
    experiment="for fan_in = 2 the variance is 1.",
)(Matrices("he_normal"))
