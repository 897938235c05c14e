"""Probes of Newton's step, of the memory count, and of the predictions."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.api import FORMULA, Calls, Inputs, Probes

probes = Probes()
newton = probes.exercise("newton_step")
floats = probes.exercise("optimizer_floats")
probes.predictions("rate_cut", "first_average", "uneven_decay")


def quadratic(rng: np.random.Generator, eigenvalues: Sequence[float], slope: float = 1.0) -> Inputs:
    """A point, a gradient and a symmetric Hessian with these eigenvalues, not along the axes."""
    n = len(eigenvalues)
    axes, _ = np.linalg.qr(rng.normal(size=(n, n)) + np.eye(n))
    hessian = (axes * np.asarray(eigenvalues)) @ axes.T
    return {
        "x": rng.normal(size=n),
        "grad": slope * rng.normal(size=n),
        "hessian": (hessian + hessian.T) / 2,
    }


def bowls(rng: np.random.Generator) -> Inputs:
    """Bowls of several dimensions, steep and flat, near their lowest points and far away."""
    return {
        "for a bowl": quadratic(rng, [0.5, 0.9, 1.6, 2.5]),
        "in one dimension": quadratic(rng, [float(rng.uniform(1.5, 3.0))]),
        "for a ravine": quadratic(rng, [0.01, 1.0, 100.0]),
        "for a nearly flat bowl": quadratic(rng, [1e-5, 2e-5, 3e-5, 5e-5]),
        "for a tiny gradient": quadratic(rng, [1.1, 2.3], slope=1e-5),
        "for a large gradient": quadratic(rng, [20.0, 50.0, 90.0], slope=1e4),
    }


def saddles(rng: np.random.Generator) -> Inputs:
    """Hessians with eigenvalues of both signs, one with zeros on its diagonal, and a hill."""
    crossed = quadratic(rng, [1.0, 1.0])
    crossed["hessian"] = float(rng.uniform(0.5, 2.0)) * np.array([[0.0, 1.0], [1.0, 0.0]])
    return {
        "for a saddle": quadratic(rng, [-1.5, 0.6, 2.0]),
        "for a saddle across the axes": crossed,
        "for a hill": quadratic(rng, [-0.7, -1.9]),
    }


def one_bowl(rng: np.random.Generator) -> Inputs:
    """Inputs of a single step."""
    return quadratic(rng, [0.7, 1.1, 3.0])


newton.probe(
    "bowls and ravines",
    points=0.25,
    inputs=bowls,
    name="newton_steps",
    tolerance=FORMULA,
    experiment="try it on a bowl: from anywhere, one step lands on its lowest point.",
)(Calls("newton_step", "x_new", order="x, grad, hessian"))


@newton.probe(
    "one step in three dimensions", points=0.25, inputs=one_bowl, kind="side", tolerance=FORMULA
)
def positional_newton(impl: Any, inputs: Inputs) -> Inputs:
    """The step, with its arguments by position."""
    return {"x_new": impl.newton_step(inputs["x"], inputs["grad"], inputs["hessian"])}


newton.probe("saddles and hills", points=0.25, inputs=saddles, name="saddles", tolerance=FORMULA)(
    Calls("newton_step", "x_new", order="x, grad, hessian")
)
newton.pure("x_new", points=0.25, inputs=one_bowl)


def counts(rng: np.random.Generator) -> Inputs:
    """A small model, a large one, and the smallest."""
    return {"counts": [int(rng.integers(3, 99)), int(rng.integers(10**9, 10**11)), 1]}


def other_names(rng: np.random.Generator) -> Inputs:
    """Names that the contract does not list, and one that it does."""
    refused = {f"for {name or 'an empty name'}": {"optimizer": name} for name in OTHERS}
    return {"right": {"n_params": int(rng.integers(3, 99)), "optimizer": "sgd"}, "refused": refused}


OTHERS = ("rmsprop", "lion", "")


@floats.probe("the four optimizers", points=0.9, inputs=counts)
def known_optimizers(impl: Any, inputs: Inputs) -> Inputs:
    """The count for each of the four names."""
    return {
        f"the counts for '{name}'": [impl.optimizer_floats(n, name) for n in inputs["counts"]]
        for name in ("sgd", "momentum", "adam", "adamw")
    }


floats.refuses(
    "other names", "the count", points=0.1, inputs=other_names, name="unknown_optimizers"
)
