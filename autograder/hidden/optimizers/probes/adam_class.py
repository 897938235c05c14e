"""What the probes of the class Adam share: a problem to optimise, and a run on it.

The parameters observed are the arrays that the caller holds: nothing moves unless it is in place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.api import snapshot

OPTIONS = ("lr", "betas", "eps", "weight_decay", "decoupled")
Groups = Sequence[Sequence[tuple[int, ...]]]
TWINS = ((2, 3), (2, 3), (4,))


def problem(
    rng: np.random.Generator,
    groups: Groups,
    *,
    steps: int = 6,
    overrides: Sequence[dict[str, Any]] = (),
    scale: float = 0.3,
    size: float = 1.0,
    **defaults: Any,
) -> dict[str, Any]:
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
    rng: np.random.Generator,
    groups: Groups,
    steps: int,
    scale: float = 0.3,
) -> list[list[list[Any]]]:
    """Random gradients: `[step][group][parameter]`."""
    return [
        [[scale * rng.normal(size=shape) for shape in shapes] for shapes in groups]
        for _ in range(steps)
    ]


class Run:
    """An optimizer together with the arrays and the dicts that its caller holds."""

    def __init__(self, impl: Any, inputs: dict[str, Any], params: Any = None) -> None:
        self.params = snapshot(inputs["params"] if params is None else params)
        self.dicts = [
            {"params": list(arrays), **snapshot(options)}
            for arrays, options in zip(self.params, inputs["overrides"], strict=True)
        ]
        self.optimizer = impl.Adam(self.dicts, **snapshot(inputs["defaults"]))

    def step(self, grads: list[list[Any]]) -> None:
        """One step, with gradients that only it uses."""
        self.optimizer.step(snapshot(grads))

    def steps(self, several: list[list[list[Any]]]) -> dict[str, Any]:
        """Several steps; the parameters at the end of them."""
        for grads in several:
            self.step(grads)
        return self.seen()

    def seen(self) -> dict[str, Any]:
        """The caller's arrays now."""
        return {
            f"groups[{i}] params[{j}]": snapshot(array)
            for i, arrays in enumerate(self.params)
            for j, array in enumerate(arrays)
        }

    def set_rate(self, index: int, lr: float) -> None:
        """Write a rate where the contract says that it can be written."""
        self.optimizer.groups[index]["lr"] = lr

    def options(self) -> dict[str, Any]:
        """The resolved options of every group, and whatever else `groups` holds left out."""
        return {
            f"in groups[{i}]": {name: snapshot(group[name]) for name in OPTIONS}
            for i, group in enumerate(self.optimizer.groups)
        }


def stepwise(impl: Any, inputs: dict[str, Any]) -> Any:
    """Every step of a run, its rates changed where `rates` says so: `{step: {group: lr}}`."""
    run = Run(impl, inputs)
    seen = {}
    for t, grads in enumerate(inputs["grads"], 1):
        for index, lr in inputs.get("rates", {}).get(t, {}).items():
            run.set_rate(index, lr)
        run.step(grads)
        seen[f"after step {t}"] = run.seen()
    return seen


def scramble(value: Any) -> None:
    """Change in place whatever a dict or a list holds, arrays included, to any depth."""
    if isinstance(value, np.ndarray):
        if value.flags.writeable and value.dtype.kind in "fiu":
            value += 17
    elif isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in list(items):
            if isinstance(item, int | float) and not isinstance(item, bool):
                value[key] = item + 17
            scramble(item)
    elif isinstance(value, tuple):
        for item in value:
            scramble(item)


def refusal(run: Run, state: Any) -> str:
    """What happens when a state is loaded."""
    try:
        run.optimizer.load_state_dict(snapshot(state))
    except NotImplementedError:
        raise
    except ValueError:
        return "ValueError"
    except Exception as error:  # noqa: BLE001 (whatever a learner raises is the answer)
        return type(error).__name__
    return "accepted"
