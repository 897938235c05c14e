"""Probes of log_softmax, softmax and cross_entropy."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import (
    AFTERWARDS,
    OVERWRITTEN,
    Inputs,
    Probe,
    Probes,
    Purity,
    overwrite,
    snapshot,
)
from autograder.hidden.losses.probes.calls import Each, Reductions, refuses_unknown


def rows(rng: np.random.Generator) -> Inputs:
    sizes = {"five rows": (5, 4), "as many rows as classes": (3, 3), "one row": (1, 4)}
    return {f"for {where}": {"logits": 2 * rng.normal(size=s)} for where, s in sizes.items()}


def other_axes(rng: np.random.Generator) -> Inputs:
    sizes = {"one axis": (4,), "three axes": (2, 3, 4), "four axes": (2, 3, 3, 2)}
    made = {f"for {where}": {"logits": 2 * rng.normal(size=s)} for where, s in sizes.items()}
    return {**made, "for one class": {"logits": rng.normal(size=(3, 1))}}


def far(rng: np.random.Generator) -> Inputs:
    near, gap = rng.normal(size=(3, 4)), float(rng.uniform(0.5, 2.0))
    return {
        "for rows near 1e4, -1e4 and 0": {"logits": near + np.array([[1e4], [-1e4], [0.0]])},
        "for logits 1e4 apart": {"logits": np.array([[0.0, 1e4, 1e4 - gap], [-1e4, 1e4, 0.0]])},
        "for logits 40 apart": {"logits": np.array([[0.0, -40.0 - gap, -1.0]])},
        "for one axis": {"logits": np.array([-1e4, -1e4 - gap, -1e4 + gap])},
    }


def declare_softmax(probes: Probes, name: str, points: float, label: str) -> None:
    """The probes of log_softmax or of softmax."""
    for probe in (
        Probe(
            "rows",
            "rows of logits",
            0.3 * points,
            rows,
            Each(name, label),
            experiment="try [[0, 0], [log 3, 0]]: the probabilities are 1/2, 1/2 and 3/4, 1/4.",
        ),
        Probe(
            "axes",
            "one, three and four axes",
            0.25 * points,
            other_axes,
            Each(name, label),
            experiment="exponentiate or not, then sum along the last axis: each sum is 1.",
        ),
        Probe(
            "stable",
            "logits of -1e4 and 1e4",
            0.3 * points,
            far,
            Each(name, label),
            experiment="try [[0, 1e4], [-1e4, -1e4]]: each row is exact, whatever the other is.",
        ),
        Probe(
            "pure",
            "nothing that was handed in is changed",
            0.15 * points,
            lambda rng: {"logits": 2 * rng.normal(size=(3, 4))},
            Purity(name, label),
        ),
    ):
        probes.add(name, probe)


def classified(rng: np.random.Generator, n: int, c: int) -> Inputs:
    targets = rng.integers(0, c, size=n)
    targets[:2] = [0, c - 1][: len(targets)]
    return {"logits": 2 * rng.normal(size=(n, c)), "targets": targets}


def classified_rows(rng: np.random.Generator) -> Inputs:
    sizes = {"six rows": (6, 4), "as many rows as classes": (4, 4), "one row": (1, 3)}
    return {
        f"for {where}": {**classified(rng, *size), "reduction": "none"}
        for where, size in sizes.items()
    }


def far_from_target(rng: np.random.Generator) -> Inputs:
    near, gap = rng.normal(size=(3, 4)), float(rng.uniform(0.5, 2.0))
    shifted = near + np.array([[1e4], [-1e4], [0.0]])
    cases = {
        "rows near 1e4, -1e4 and 0": (shifted, rng.integers(0, 4, size=3)),
        "a target 1e4 below": (np.array([[0.0, 1e4]]), np.array([0])),
        "a target 2e4 below": (np.array([[1e4, -1e4, 1e4 - gap]]), np.array([1])),
        "a target 1e4 above": (np.array([[1e4, 0.0]]), np.array([0])),
        "a target 50 below": (np.array([[-50.0 - gap, 0.0]]), np.array([0])),
    }
    return {f"for {where}": {"logits": z, "targets": t} for where, (z, t) in cases.items()}


class PureLosses:
    """Losses of rows; then the inputs, and the losses once those were overwritten."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        losses = getattr(impl, self.name)(**inputs, reduction="none")
        seen = {"loss": snapshot(losses), AFTERWARDS: snapshot(inputs)}
        overwrite(inputs)
        return {**seen, OVERWRITTEN: {"loss": snapshot(losses)}}


def declare(probes: Probes) -> None:
    """In the order of the lesson."""
    declare_softmax(probes, "log_softmax", 2, "the result")
    declare_softmax(probes, "softmax", 1, "the result")
    for probe in (
        Probe(
            "rows",
            "the loss of each row",
            0.5,
            classified_rows,
            Each("cross_entropy", "loss"),
            experiment="take the logarithms of 1/2, 1/4, 1/4 as logits: target 0 costs log 2, "
            "target 1 costs log 4.",
        ),
        Probe(
            "reductions",
            "mean, sum, and neither",
            0.5,
            lambda rng: classified(rng, 5, 3),
            Reductions("cross_entropy"),
            experiment="logits of all zeros: the mean is the logarithm of the number of classes, "
            "the sum is N times that.",
        ),
        Probe(
            "stable",
            "logits of -1e4 and 1e4",
            0.5,
            far_from_target,
            Each("cross_entropy", "loss"),
            experiment="try logits [[0, 1e4]] with target 0: the loss is 10000.",
        ),
        refuses_unknown("cross_entropy", 0.25, lambda rng: classified(rng, 4, 3)),
        Probe(
            "pure",
            "nothing that was handed in is changed",
            0.25,
            lambda rng: classified(rng, 4, 3),
            PureLosses("cross_entropy"),
        ),
    ):
        probes.add("cross_entropy", probe)
