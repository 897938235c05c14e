"""Probes of linear_scaling."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Inputs, Probe, Probes


def larger(rng: np.random.Generator) -> Inputs:
    return {
        "for a larger batch": _ask(rng, 32, 32 * int(rng.integers(3, 9)) + 7),
        "for the same batch": _ask(rng, 48, 48),
    }


def smaller(rng: np.random.Generator) -> Inputs:
    return {
        "for a smaller batch": _ask(rng, 256, int(rng.integers(20, 200))),
        "for a batch of one": _ask(rng, 64, 1),
    }


def integers(rng: np.random.Generator) -> Inputs:
    base = int(rng.integers(2, 9))
    return {
        "where all arguments are ints": {"base_lr": base, "base_batch": 4, "batch": 8},
        "where the ratio is not whole": {"base_lr": 2 * base + 1, "base_batch": 8, "batch": 20},
    }


def _ask(rng: np.random.Generator, base_batch: int, batch: int) -> dict[str, Any]:
    return {"base_lr": float(rng.uniform(0.5, 2.0)), "base_batch": base_batch, "batch": batch}


def scaled(impl: Any, inputs: Inputs) -> Any:
    """The rate by name, and in the order of the arguments."""
    return {
        where: {
            "the rate": impl.linear_scaling(**one),
            "the rate by position": impl.linear_scaling(*one.values()),
        }
        for where, one in inputs.items()
    }


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "larger",
            "larger batches",
            0.5,
            larger,
            scaled,
            experiment="try 0.1 at 32 for a batch of 64: it should be 0.2.",
        ),
        Probe(
            "smaller",
            "smaller batches",
            0.25,
            smaller,
            scaled,
            experiment="try 0.1 at 256 for a batch of 64: it should be 0.025.",
        ),
        Probe("integers", "integer arguments", 0.25, integers, scaled),
    ):
        probes.add("linear_scaling", probe)
