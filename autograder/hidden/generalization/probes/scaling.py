"""Probes of standardize."""

from typing import Any

import numpy as np

from autograder.api import FORMULA, Inputs, Probes
from autograder.hidden.generalization.probes.chance import Kept

probes = Probes()
standardize = probes.exercise("standardize")


def table(rng: np.random.Generator, n: int, d: int) -> Any:
    return rng.uniform(-5, 5, size=d) + rng.uniform(0.5, 3, size=d) * rng.normal(size=(n, d))


def three_sets(rng: np.random.Generator) -> Inputs:
    return {
        "for two other sets": [table(rng, 7, 3), table(rng, 4, 3), table(rng, 5, 3) + 2],
        "for as many rows as features": [table(rng, 4, 4), table(rng, 2, 4)],
        "for training rows alone": [table(rng, 6, 2)],
        "for values below 1": [rng.uniform(0, 0.9, size=(5, 2)), rng.uniform(0, 0.9, size=(3, 2))],
        "for values above 10": [rng.uniform(20, 90, size=(5, 2)), rng.uniform(20, 90, (3, 2))],
    }


def constant_features(rng: np.random.Generator) -> Inputs:
    """A feature that never varies in training: exactly, and where its mean is not quite its
    value; in a last set it varies in the others only."""
    train, other = table(rng, 10, 4), table(rng, 6, 4)
    train[:, 1], train[:, 3] = 0.1, 3.0
    other[:, 3] = 3.0
    digits = rng.integers(0, 5, size=(8, 3))
    digits[:, 2] = 4
    alike, flat = table(rng, 6, 2), table(rng, 5, 2)
    flat[:, 0] = 1.7  # constant in the other set, not in training
    return {
        "for two constant features": [train, other],
        "for a constant feature of integers": [digits, rng.integers(0, 5, size=(4, 3))],
        "for one training row": [table(rng, 1, 3), table(rng, 3, 3)],
        "for a feature that is constant in another set": [alike, flat],
    }


def scales_apart(rng: np.random.Generator) -> Inputs:
    scale = np.array([1e6, 1.0, 1e-6])
    shifted = 5000 + rng.normal(size=(8, 2))
    return {
        "for scales from 1e6 to 1e-6": [rng.normal(size=(n, 3)) * scale for n in (9, 3)],
        "for values near 5000": [shifted, shifted[:3] + 1],
    }


def images(rng: np.random.Generator) -> Inputs:
    levels = rng.integers(0, 256, size=(8, 3, 4)).astype(np.uint8)
    return {
        "for images of bytes": [levels[:6], levels[6:]],
        "for a single feature": [table(rng, 5, 1), table(rng, 4, 1)],
    }


def named(results: Any, sets: list[Any]) -> dict[str, Any]:
    """The training rows and the others under their names; None for what is missing."""
    arrays = list(results) if isinstance(results, list | tuple) else []
    padded = [*arrays, *[None] * len(sets)]
    names = ["train", *(f"other set {i}" for i in range(len(sets) - 1))]
    return {
        **dict(zip(names, padded, strict=False)),
        "the number of arrays that come back": len(arrays),
    }


def run_standardize(impl: Any, inputs: Inputs) -> Any:
    return {where: named(impl.standardize(*sets), sets) for where, sets in inputs.items()}


standardize.probe(
    "training rows and two other sets",
    name="by_training_rows",
    points=0.7,
    inputs=three_sets,
    tolerance=FORMULA,
    experiment="try train [[1], [3]] and another set [[5]]: it becomes 3.",
)(run_standardize)
standardize.probe(
    "features that never vary in training",
    name="constant",
    points=0.5,
    inputs=constant_features,
    experiment="try thirty rows of 0.1, and another set that holds 0.7.",
)(run_standardize)
standardize.probe(
    "small and large scales",
    name="scales",
    points=0.3,
    inputs=scales_apart,
    experiment="multiply a feature by 1e-6: what comes out must not change.",
)(run_standardize)
standardize.probe(
    "features in tiny units",
    name="tiny",
    points=0.1,
    inputs=lambda rng: {"for a scale of 1e-11": [1e-11 * rng.normal(size=(n, 2)) for n in (9, 3)]},
    experiment="multiply a feature by 1e-11: what comes out must not change.",
)(run_standardize)
standardize.probe(
    "images, and a single feature",
    name="shapes",
    points=0.2,
    inputs=images,
    tolerance=FORMULA,
    experiment="try train and others of shape (6, 3, 4) and dtype uint8.",
)(run_standardize)


standardize.probe(
    "new arrays of float64, with your data left as they were",
    name="pure",
    points=0.2,
    inputs=lambda rng: {"arguments": {**three_sets(rng), **images(rng)}, "seed": 0},
    kind="side",
)(Kept(lambda impl, arguments, rng: run_standardize(impl, arguments)))
