"""How a schedule is exercised: asked for its rate at several steps, in several settings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autograder.api import Inputs


def asked(steps: Iterable[int], *args: Any, **options: Any) -> dict[str, Any]:
    """One setting of a schedule: the steps to ask for, and its other arguments."""
    return {"steps": [int(step) for step in steps], "args": list(args), "options": options}


class Rates:
    """The rate at each step of each setting; the setting's label completes the sentence."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        schedule = getattr(impl, self.name)
        return {
            where: {
                f"the rate at step {step}": schedule(step, *one["args"], **one["options"])
                for step in one["steps"]
            }
            for where, one in inputs.items()
        }
