"""Probes of lesson 00: all of this may enter a kernel."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.probe import Probe, Probes
from autograder.toolbox import Purity, snapshot

probes = Probes("00_orientation", __name__)


def one_step(rng: np.random.Generator) -> dict[str, Any]:
    return {"x": rng.normal(size=3), "grad": rng.normal(size=3), "lr": float(rng.uniform(0.1, 0.9))}


def one_float_step(rng: np.random.Generator) -> dict[str, Any]:
    return {"x": float(rng.normal()), "grad": float(rng.normal()), "lr": float(rng.uniform(0.1, 0.9))}


@probes.probe("descent_step", "one step of a single number", points=0.5, inputs=one_float_step)
def single_number(impl: Any, inputs: dict[str, Any]) -> Any:
    return impl.descent_step(**inputs)


@probes.probe("descent_step", "one step of three numbers at once", points=0.25, inputs=one_step)
def three_numbers(impl: Any, inputs: dict[str, Any]) -> Any:
    return impl.descent_step(**inputs)


probes.add(
    "descent_step",
    Probe("pure", "your inputs stay as they were", 0.25, one_step, Purity("descent_step")),
)


def bowl(rng: np.random.Generator) -> dict[str, Any]:
    return {"x0": rng.normal(size=2), "curvature": rng.uniform(0.5, 2.0, size=2), "lr": 0.3, "steps": 5}


@probes.probe("descend", "five steps down a bowl", points=1.0, inputs=bowl)
def five_steps(impl: Any, inputs: dict[str, Any]) -> Any:
    path = impl.descend(
        lambda x: inputs["curvature"] * x, snapshot(inputs["x0"]), inputs["lr"], inputs["steps"]
    )
    return {"path": path}
