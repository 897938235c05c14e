"""Probes of lesson 99: all of this may enter a kernel."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Probe, Probes, Purity, Raises

probes = Probes("99_topic", __name__)
probes.prediction("first_value")


def series(rng: np.random.Generator) -> dict[str, Any]:
    return {"values": rng.normal(2.0, 1.0, size=12), "beta": float(rng.uniform(0.6, 0.8))}


def bad_beta(rng: np.random.Generator) -> dict[str, Any]:
    return {"values": rng.normal(size=3), "beta": float(rng.uniform(1.5, 2.0))}


@probes.probe("smooth", "a series of twelve values", points=2.0, inputs=series)
def twelve_values(impl: Any, inputs: dict[str, Any]) -> Any:
    return impl.smooth(**inputs)


@probes.probe("smooth", "the default beta", points=0.5, inputs=series)
def default_beta(impl: Any, inputs: dict[str, Any]) -> Any:
    return impl.smooth(inputs["values"])


probes.add("smooth", Probe("pure", "your inputs stay as they were", 0.5, series, Purity("smooth")))
probes.add("smooth", Probe("bad_beta", "a beta outside [0, 1)", 1.0, bad_beta, Raises("smooth")))
