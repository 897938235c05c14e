"""Probes of lesson 99: all of this may enter a kernel."""

from typing import Any

import numpy as np

from autograder.api import FORMULA, Inputs, Probes

probes = Probes()
probes.predictions("first_value")
smooth = probes.exercise("smooth")


def series(rng: np.random.Generator) -> Inputs:
    return {"values": rng.normal(2.0, 1.0, size=12), "beta": float(rng.uniform(0.6, 0.8))}


def bad_betas(rng: np.random.Generator) -> Inputs:
    refused = {f"for beta = {beta}": {"beta": beta} for beta in (-0.5, 1.0, 1.5)}
    return {"right": series(rng), "refused": refused}


@smooth.probe("a series of twelve values", points=2.0, inputs=series, tolerance=FORMULA)
def twelve_values(impl: Any, inputs: Inputs) -> Any:
    return impl.smooth(**inputs)


@smooth.probe("the default beta", points=0.5, inputs=series, kind="side")
def default_beta(impl: Any, inputs: Inputs) -> Any:
    return impl.smooth(inputs["values"])


smooth.pure("smoothed", points=0.5, inputs=series)
smooth.refuses("a beta outside [0, 1)", points=1.0, inputs=bad_betas)
