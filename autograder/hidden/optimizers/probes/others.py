"""Probes of Newton's step and of the memory count."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Probe, Probes, Purity


def quadratic(rng: np.random.Generator, eigenvalues: Any) -> dict[str, Any]:
    """A point, a gradient and a symmetric Hessian with these eigenvalues, not along the axes."""
    n = len(eigenvalues)
    axes, _ = np.linalg.qr(rng.normal(size=(n, n)) + np.eye(n))
    hessian = (axes * np.asarray(eigenvalues)) @ axes.T
    return {
        "x": rng.normal(size=n),
        "grad": rng.normal(size=n),
        "hessian": (hessian + hessian.T) / 2,
    }


def bowls(rng: np.random.Generator) -> dict[str, Any]:
    """A bowl in four dimensions, one in one, a narrow ravine, and a nearly flat bowl."""
    return {
        "x_new for a bowl": quadratic(rng, [0.5, 0.9, 1.6, 2.5]),
        "x_new in one dimension": quadratic(rng, [float(rng.uniform(1.5, 3.0))]),
        "x_new for a ravine": quadratic(rng, [0.01, 1.0, 100.0]),
        "x_new for a nearly flat bowl": quadratic(rng, [1e-5, 2e-5, 3e-5, 5e-5]),
    }


def saddles(rng: np.random.Generator) -> dict[str, Any]:
    """Hessians with eigenvalues of both signs, one with zeros on its diagonal, and a hill."""
    crossed = quadratic(rng, [1.0, 1.0])
    crossed["hessian"] = float(rng.uniform(0.5, 2.0)) * np.array([[0.0, 1.0], [1.0, 0.0]])
    return {
        "x_new for a saddle": quadratic(rng, [-1.5, 0.6, 2.0]),
        "x_new for a saddle across the axes": crossed,
        "x_new for a hill": quadratic(rng, [-0.7, -1.9]),
    }


def newton_steps(impl: Any, inputs: dict[str, Any]) -> Any:
    """One step for each case."""
    return {label: impl.newton_step(**case) for label, case in inputs.items()}


def one_bowl(rng: np.random.Generator) -> dict[str, Any]:
    """Inputs of a single step."""
    return quadratic(rng, [0.7, 1.1, 3.0])


def positional_newton(impl: Any, inputs: dict[str, Any]) -> Any:
    """The step, with its arguments by position."""
    return {"x_new": impl.newton_step(inputs["x"], inputs["grad"], inputs["hessian"])}


def declare_newton(probes: Probes) -> None:
    """Newton's step: one point."""
    key = "newton_step"
    hint = "try it on a bowl: from anywhere, one step lands on its lowest point."
    probes.probe(key, "bowls and ravines", points=0.25, inputs=bowls, experiment=hint)(newton_steps)
    probes.probe(key, "one step in three dimensions", points=0.25, inputs=one_bowl)(
        positional_newton
    )
    probes.add(key, Probe("saddles", "saddles and hills", 0.25, saddles, newton_steps))
    probes.add(key, Probe("pure", "your inputs stay as they were", 0.25, one_bowl, Purity(key)))


def counts(rng: np.random.Generator) -> dict[str, Any]:
    """A small model, a large one, and none."""
    return {"counts": [int(rng.integers(3, 99)), int(rng.integers(10**9, 10**11)), 0, 1]}


def known_optimizers(impl: Any, inputs: dict[str, Any]) -> Any:
    """The count for each of the four names."""
    names = ("sgd", "momentum", "adam", "adamw")
    return {
        f'the count for "{name}"': [impl.optimizer_floats(n, name) for n in inputs["counts"]]
        for name in names
    }


def unknown_optimizers(impl: Any, inputs: dict[str, Any]) -> Any:
    """Names that the contract does not list, after one that it does."""
    n = inputs["counts"][0]
    seen = {"the count for sgd": impl.optimizer_floats(n_params=n, optimizer="sgd")}
    for name in ("rmsprop", "lion", ""):
        try:
            seen[f'the count for "{name}"'] = impl.optimizer_floats(n, name)
        except ValueError:
            seen[f'the count for "{name}"'] = "ValueError"
    return seen


def declare_memory(probes: Probes) -> None:
    """The memory count: one point."""
    key = "optimizer_floats"
    probes.probe(key, "the four optimizers", points=0.75, inputs=counts)(known_optimizers)
    probes.probe(key, "other names", points=0.25, inputs=counts)(unknown_optimizers)
