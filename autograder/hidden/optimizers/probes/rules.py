"""How a step function is exercised: several steps in a row, or one, by keywords."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.api import Inputs, label, snapshot

Make = Callable[[np.random.Generator], Inputs]
VARIED = (0.1, 0.1, 0.03, 0.03, 0.2, 0.2)


@dataclass(frozen=True)
class Rule:
    """A step function: `name(param, grad, *state, [t], **options)` -> param and the new state.

    Attributes:
        state: what it carries along, by parameter name.
        squares: which of them averages or adds up squares, and is never negative.
        timed: takes the number of the step after its state.
    """

    name: str
    state: tuple[str, ...] = ()
    squares: str = ""
    timed: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """What a step returns."""
        return ("param", *self.state)

    def in_a_row(self, impl: Any, inputs: Inputs) -> Inputs:
        """Several steps, each from what the one before it returned."""
        step, now = getattr(impl, self.name), list(inputs["start"])
        seen = {}
        for t, (grad, options) in enumerate(inputs["steps"], inputs["first"]):
            place = [now[0], grad, *now[1:], *([t] if self.timed else [])]
            if inputs["positional"]:
                result = step(*place, *options.values())
            else:
                result = step(*place, **options)
            named = label(result, self.labels)
            seen[f"after step {t}"] = {name: snapshot(named[name]) for name in inputs["shown"]}
            now = list(named.values())
        return seen

    def steps(
        self,
        *rates: float,
        steps: int = 6,
        shape: tuple[int, ...] = (2, 3),
        scale: float | Sequence[float] = 0.5,
        size: float = 1.0,
        first: int = 0,
        idle: bool = False,
        positional: bool = False,
        shown: Sequence[str] = (),
        **options: Any,
    ) -> Make:
        """Inputs of several steps with random gradients.

        Args:
            rates: a learning rate for each step; without any, the default is left.
            scale: of the gradients; several are taken in turn.
            size: of the parameters.
            first: number of the first step, its state a random one; 0 starts from zeros at 1.
            idle: the first weight's gradient and state are always zero.
            shown: what is observed of the results; all of them, if nothing is named.
        """
        chosen = [{"lr": lr} for lr in rates[:steps]] or [{}] * steps
        scales = np.resize(scale, len(chosen))

        def inputs(rng: np.random.Generator) -> Inputs:
            state = self._state(rng, shape, scales[0] if first else 0.0)
            grads = [one * rng.normal(size=shape) for one in scales]
            if idle:
                for array in (*state, *grads):
                    array.flat[0] = 0.0
            told = [{**rate, **options} for rate in chosen]
            return {
                "start": [size * rng.normal(size=shape), *state],
                "steps": list(zip(grads, told, strict=True)),
                "first": first or 1,
                "positional": positional,
                "shown": shown or self.labels,
            }

        return inputs

    def one(self, **options: Any) -> Make:
        """Inputs of a single step, by keywords, from a state in mid-run."""

        def inputs(rng: np.random.Generator) -> Inputs:
            shape = (4,)
            arrays = {"param": rng.normal(size=shape), "grad": rng.normal(size=shape)}
            state = dict(zip(self.state, self._state(rng, shape, 1.0), strict=True))
            return arrays | state | options

        return inputs

    def early(self, rng: np.random.Generator) -> Inputs:
        """A step whose number is right, and numbers below 1."""
        refused = {f"for t = {t}": {"t": t} for t in (0, -1, -7)}
        return {"right": self.one(t=3, lr=0.1)(rng), "refused": refused}

    def _state(self, rng: np.random.Generator, shape: tuple[int, ...], scale: float) -> list[Any]:
        """A state in mid-run, of the size that gradients of this scale lead to."""
        return [
            scale**2 * rng.uniform(0.2, 1.5, size=shape)
            if name == self.squares
            else scale * rng.normal(size=shape)
            for name in self.state
        ]
