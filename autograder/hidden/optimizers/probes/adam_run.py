"""What the probes of the class Adam share: a problem to optimise, and a run on it.

The parameters observed are the arrays that the caller holds: nothing moves unless it is in place.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.api import Inputs, snapshot

OPTIONS = ("lr", "betas", "eps", "weight_decay", "decoupled")
Groups = Sequence[Sequence[tuple[int, ...]]]
TWINS = ((2, 3), (2, 3), (4,))
TOLD: Inputs = {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-2, "decoupled": True}  # no default


def problem(
    rng: np.random.Generator,
    groups: Groups,
    *,
    steps: int = 6,
    overrides: Sequence[Inputs] = (),
    scale: float = 0.3,
    size: float = 1.0,
    **defaults: Any,
) -> Inputs:
    """Groups of parameters, gradients for each step, options of the groups and of the whole.

    The first two parameters of a group start from the same values, where their shapes allow it.
    """
    made = []
    for shapes in groups:
        params = [size * rng.normal(size=shape) for shape in shapes]
        if len(shapes) > 1 and shapes[0] == shapes[1]:
            params[1] = params[0].copy()
        made.append(params)
    return {
        "params": made,
        "overrides": [dict(one) for one in overrides or [{}] * len(made)],
        "defaults": defaults,
        "grads": gradients(rng, groups, steps, scale),
    }


def gradients(
    rng: np.random.Generator, groups: Groups, steps: int, scale: float = 0.3
) -> list[list[list[Any]]]:
    """Random gradients: `[step][group][parameter]`."""
    return [
        [[scale * rng.normal(size=shape) for shape in shapes] for shapes in groups]
        for _ in range(steps)
    ]


class Run:
    """An optimizer together with the arrays and the dicts that its caller holds."""

    def __init__(self, impl: Any, inputs: Inputs, params: Any = None) -> None:
        self.params = snapshot(inputs["params"] if params is None else params)
        self.dicts = [
            {"params": list(arrays), **snapshot(options)}
            for arrays, options in zip(self.params, inputs["overrides"], strict=True)
        ]
        self.optimizer = impl.Adam(self.dicts, **snapshot(inputs["defaults"]))

    def steps(self, several: list[list[list[Any]]]) -> Inputs:
        """Several steps, with gradients that only they use; the parameters at the end of them."""
        for grads in several:
            self.optimizer.step(snapshot(grads))
        return self.seen()

    def seen(self) -> Inputs:
        """The caller's arrays now."""
        return {
            f"groups[{i}]['params'][{j}]": snapshot(array)
            for i, arrays in enumerate(self.params)
            for j, array in enumerate(arrays)
        }

    def set_rate(self, index: int, lr: float) -> None:
        """Write a rate where the contract says that it can be written."""
        self.optimizer.groups[index]["lr"] = lr

    def options(self) -> Inputs:
        """The resolved options of every group, and whatever else `groups` holds left out."""
        return {
            f"in groups[{i}]": {name: snapshot(group[name]) for name in OPTIONS}
            for i, group in enumerate(self.optimizer.groups)
        }


def stepwise(impl: Any, inputs: Inputs) -> Inputs:
    """Every step of a run, its rates changed where `rates` says so: `{step: {group: lr}}`."""
    run = Run(impl, inputs)
    seen = {}
    for t, grads in enumerate(inputs["grads"], 1):
        for index, lr in inputs.get("rates", {}).get(t, {}).items():
            run.set_rate(index, lr)
        seen[f"after step {t}"] = run.steps([grads])
    return seen
