"""Probes of dropout, both ways."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import (
    AFTERWARDS,
    EXACT,
    OVERWRITTEN,
    Inputs,
    Probe,
    Probes,
    attempt,
    label,
    overwrite,
    snapshot,
)
from autograder.hidden.generalization.probes.chance import Draws, fresh, seeds

KEY = "dropout_forward__dropout_backward"


def many_elements(rng: np.random.Generator) -> Inputs:
    """4000 elements away from 0, for three probabilities."""
    x = rng.uniform(0.5, 2.0, size=(50, 80)) * rng.choice([-1, 1], size=(50, 80))
    return {"x": x, "p": [0.2, 0.7, 0.0], "seed": int(rng.integers(2**31))}


def run_training(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    for i, p in enumerate(inputs["p"]):
        rng = fresh([inputs["seed"], i])
        results = impl.dropout_forward(inputs["x"], p, rng)
        seen[f"for p = {p:g}"] = label(results, ("out", "mask"))
    return seen


def evaluated(rng: np.random.Generator) -> Inputs:
    arrays = {"for a batch": rng.normal(size=(4, 3)), "for images": rng.normal(size=(2, 3, 2))}
    return {"x": arrays, "seed": int(rng.integers(2**31))}


def state_of(rng: np.random.Generator) -> list[Any]:
    """Everything that a draw would change, as text."""
    state = rng.bit_generator.state
    return [str(state["state"]), str([state["has_uint32"], state["uinteger"]])]


def run_evaluation(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    for where, x in inputs["x"].items():
        for p in (0.0, 0.4):
            rng = fresh(inputs["seed"])
            before = state_of(rng)
            results = impl.dropout_forward(x, p, rng, training=False)
            named = label(results, ("out", "mask"))
            seen[f"{where}, p = {p:g}"] = {
                **snapshot(named),
                "states": [before, state_of(rng)],
            }
    return seen


def masks(rng: np.random.Generator) -> Inputs:
    cases = {}
    for where, p, shape in (
        ("for p = 0.25", 0.25, (4, 3)),
        ("for p = 0.8", 0.8, (3, 2, 5)),
        ("for p = 0.5", 0.5, (6,)),
    ):
        kept = rng.random(size=shape) < 0.6
        kept.flat[0], kept.flat[-1] = True, False
        cases[where] = {"dout": rng.normal(size=shape), "mask": kept / (1 - p)}
    return cases


def run_backward(impl: Any, inputs: Inputs) -> Any:
    return {where: {"dx": impl.dropout_backward(**case)} for where, case in inputs.items()}


def few_elements(rng: np.random.Generator) -> Inputs:
    return {**seeds(rng), "x": rng.normal(size=(8, 12, 10))}


def mask_once(impl: Any, inputs: Inputs, rng: np.random.Generator) -> Any:
    return impl.dropout_forward(inputs["x"], 0.5, rng)[1]


class Independent:
    """The draws of one mask; then one hundred small masks with one rng."""

    def __init__(self) -> None:
        self.draws = Draws(mask_once)

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        rng = fresh(inputs["seeds"][0])
        ones = np.ones((4, 5))
        small = [impl.dropout_forward(ones, 0.5, rng)[1] for _ in range(100)]
        return {"draws": self.draws(impl, inputs), "small": [np.asarray(m) for m in small]}


def odd_p(rng: np.random.Generator) -> Inputs:
    x, dout = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    mask = (rng.random((3, 4)) < 0.5) * 2.0
    return {"x": x, "dout": dout, "mask": mask, "seed": int(rng.integers(2**31))}


def run_edges(impl: Any, inputs: Inputs) -> Any:
    x, dout, mask = (inputs[name] for name in ("x", "dout", "mask"))
    refused = {
        f"p = {p:g} with training={training}": attempt(
            impl.dropout_forward, x, p, fresh(inputs["seed"]), training
        )
        for p in (-0.1, 1.0, 1.5)
        for training in (True, False)
    }
    results: dict[str, Any] = {}
    for p, training in ((0.0, True), (0.5, True), (0.5, False)):
        rng = fresh(inputs["seed"])
        out, own = impl.dropout_forward(x, p, rng, training)
        results[f"p = {p:g}, training={training}"] = {"out": out, "mask": own}
    results["the backward"] = {"dx": impl.dropout_backward(dout, mask)}
    before = snapshot(results)
    afterwards = snapshot({"x": x, "dout": dout, "mask": mask})
    overwrite([x, dout, mask])
    return {
        "refused": refused,
        "before": before,
        AFTERWARDS: afterwards,
        OVERWRITTEN: snapshot(results),
    }


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "training",
            "what is dropped and what is kept in training",
            0.5,
            many_elements,
            run_training,
            experiment="drop 20000 ones with p = 0.2: print np.unique(mask) and the share of "
            "zeros.",
        ),
        Probe(
            "evaluation",
            "evaluation",
            0.5,
            evaluated,
            run_evaluation,
            experiment="compare out with x, and the state of rng before and after.",
        ),
        Probe(
            "backward",
            "the backward with a given mask",
            0.5,
            masks,
            run_backward,
            experiment="try dout = [1, 1] with mask [0, 4]: dx is [0, 4].",
        ),
        Probe(
            "chance",
            "a lot of its own for every element, from rng alone",
            0.25,
            few_elements,
            Independent(),
            EXACT,
            experiment="drop ones of shape (5, 8) with p = 0.5 twice with one rng, and print the "
            "masks.",
        ),
        Probe(
            "edges",
            "p outside [0, 1); nothing that was handed in is changed",
            0.25,
            odd_p,
            run_edges,
            EXACT,
            experiment="try p = 1 and p = -0.1, with training=True and training=False.",
        ),
    ):
        probes.add(KEY, probe)
