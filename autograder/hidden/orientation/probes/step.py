"""Probes of a single step."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Probe, Probes, Purity

Inputs = dict[str, Any]


def numbers_to_step(rng: np.random.Generator) -> Inputs:
    cases = {}
    for sign, name in ((1.0, "uphill to the right"), (-1.0, "uphill to the left")):
        grad = sign * float(rng.uniform(0.5, 3.0))
        cases[name] = {"x": float(rng.normal()), "grad": grad, "lr": float(rng.uniform(0.1, 0.9))}
    cases["a rate above 1"] = {**cases["uphill to the right"], "lr": float(rng.uniform(1.5, 2.5))}
    return {"cases": cases}


def arrays_to_step(rng: np.random.Generator) -> Inputs:
    grad = rng.normal(size=(2, 3))
    grad[0, 1] = 0.0
    return {"x": rng.normal(size=(2, 3)), "grad": grad, "lr": float(rng.uniform(0.1, 0.9))}


def integers_to_step(rng: np.random.Generator) -> Inputs:
    x, grad = rng.integers(1, 9, size=4), rng.integers(1, 9, size=4)
    lr = float(rng.uniform(0.1, 0.3))
    return {
        "cases": {
            "a number": {"x": int(x[0]), "grad": int(grad[0]), "lr": lr},
            "an array": {"x": x, "grad": grad, "lr": lr},
        }
    }


def steps_by_case(impl: Any, inputs: Inputs) -> Any:
    return {case: {"x_new": impl.descent_step(**args)} for case, args in inputs["cases"].items()}


TRY_ONE_STEP = "call descent_step(1.0, 2.0, 0.25) and work out by hand what it should give."


def two_rows(impl: Any, inputs: Inputs) -> Any:
    return {"x_new": impl.descent_step(**inputs)}


def declare(probes: Probes) -> None:
    probes.add(
        "descent_step",
        Probe(
            "numbers",
            "single numbers, on both sides of a valley",
            0.25,
            numbers_to_step,
            steps_by_case,
            experiment=TRY_ONE_STEP,
        ),
    )
    probes.add(
        "descent_step",
        Probe(
            "integers",
            "integers as the point and the gradient",
            0.25,
            integers_to_step,
            steps_by_case,
        ),
    )
    probes.probe(
        "descent_step",
        "an array of two rows",
        points=0.25,
        inputs=arrays_to_step,
        experiment=TRY_ONE_STEP,
    )(two_rows)
    probes.add(
        "descent_step",
        Probe("pure", "inputs left as they were", 0.25, arrays_to_step, Purity("descent_step")),
    )
