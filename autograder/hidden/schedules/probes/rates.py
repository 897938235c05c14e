"""How a schedule is exercised: asked for its rate at several steps, in several settings."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograder.api import AGAIN, FORMULA, Inputs

Rows = dict[tuple[Callable[[np.random.Generator], Inputs], str, float, str], str]


def table(exercise: Any, rows: Rows, run: Any = None) -> None:
    """Declare a probe for each row: its inputs, kind, points and topic, and an experiment."""
    for (inputs, kind, points, topic), experiment in rows.items():
        exercise.probe(
            topic,
            points=points,
            inputs=inputs,
            name=inputs.__name__,
            kind=kind,
            tolerance=FORMULA,
            experiment=experiment,
        )(run or Rates(exercise.key))


def asked(steps: Iterable[int], *args: Any, **options: Any) -> Inputs:
    """One setting of a schedule: the steps to ask for, and its other arguments."""
    return {"steps": [int(step) for step in steps], "args": list(args), "options": options}


def bases(rng: np.random.Generator) -> list[float]:
    """A rate near 1, a tiny one, and a large one."""
    near, tiny, large = rng.uniform(0.5, 2.0), 10 ** rng.uniform(-5, -4), rng.uniform(20, 80)
    return [float(near), float(tiny), float(large)]


class Rates:
    """The rate at each step of each setting, and those of the first setting once more, from the
    last step to the first: a schedule remembers nothing."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        seen = {where: self.ask(impl, one, one["steps"]) for where, one in inputs.items()}
        where, first = next(iter(inputs.items()))
        return {**seen, AGAIN: {where: self.ask(impl, first, first["steps"][::-1])}}

    def ask(self, impl: Any, one: Inputs, steps: list[int]) -> Inputs:
        """The rates of one setting."""
        rate = getattr(impl, self.name)
        return {f"the rate at step {t}": rate(t, *one["args"], **one["options"]) for t in steps}
