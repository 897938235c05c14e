"""Probes of standardize."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, OVERWRITTEN, Inputs, Probe, Probes, overwrite, snapshot


def table(rng: np.random.Generator, n: int, d: int) -> Any:
    return rng.uniform(-5, 5, size=d) + rng.uniform(0.5, 3, size=d) * rng.normal(size=(n, d))


def three_sets(rng: np.random.Generator) -> Inputs:
    first = [table(rng, 7, 3), table(rng, 4, 3), table(rng, 5, 3) + 2]
    return {
        "for two other sets": first,
        "for as many rows as features": [table(rng, 4, 4), table(rng, 2, 4)],
        "for training rows alone": [table(rng, 6, 2)],
    }


def named(results: Any, sets: list[Any]) -> dict[str, Any]:
    """The training rows and the others under their names; None for what is missing."""
    arrays = list(results) if isinstance(results, list | tuple) else []
    padded = [*arrays, *[None] * len(sets)]
    names = ["train", *(f"other set {i}" for i in range(len(sets) - 1))]
    return {
        "the number of arrays that come back": len(arrays),
        **dict(zip(names, padded, strict=False)),
    }


def run_standardize(impl: Any, inputs: Inputs) -> Any:
    return {where: named(impl.standardize(*sets), sets) for where, sets in inputs.items()}


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


def far_scales(rng: np.random.Generator) -> Inputs:
    scale = np.array([1e6, 1.0, 1e-6, 1e-11])
    spread, other = rng.normal(size=(9, 4)) * scale, rng.normal(size=(3, 4)) * scale
    shifted = 5000 + rng.normal(size=(8, 2))
    return {
        "for scales from 1e6 to 1e-11": [spread, other],
        "for values near 5000": [shifted, shifted[:3] + 1],
    }


def images(rng: np.random.Generator) -> Inputs:
    levels = rng.integers(0, 256, size=(6, 3, 4)).astype(np.uint8)
    return {
        "for images of bytes": [levels, rng.integers(0, 256, size=(2, 3, 4)).astype(np.uint8)],
        "for a single feature": [table(rng, 5, 1), table(rng, 4, 1)],
        "for another set without rows": [table(rng, 5, 3), np.zeros((0, 3))],
    }


def run_pure(impl: Any, inputs: Inputs) -> Any:
    seen: dict[str, Any] = {}
    for where, sets in inputs.items():
        results = named(impl.standardize(*sets), sets)
        seen[where] = {**snapshot(results), AFTERWARDS: {"the data": snapshot(sets)}}
        overwrite(sets)
        seen[where][OVERWRITTEN] = snapshot(results)
    return seen


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "by_training_rows",
            "training rows and two other sets",
            0.75,
            three_sets,
            run_standardize,
            experiment="try train [[1], [3]] and another set [[5]]: it becomes 3.",
        ),
        Probe(
            "constant",
            "features that never vary in training",
            0.5,
            constant_features,
            run_standardize,
            experiment="try thirty rows of 0.1, and another set that holds 0.7.",
        ),
        Probe(
            "scales",
            "tiny and huge scales",
            0.5,
            far_scales,
            run_standardize,
            experiment="multiply a feature by 1e-11: what comes out must not change.",
        ),
        Probe(
            "pure",
            "images, one feature, no rows; nothing that was handed in is changed",
            0.25,
            images,
            run_pure,
            experiment="try train and others of shape (6, 3, 4) and dtype uint8.",
        ),
    ):
        probes.add("standardize", probe)
