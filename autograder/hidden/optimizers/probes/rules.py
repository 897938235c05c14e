"""How a step function is exercised: several steps in a row, purity, and what it refuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.api import Probe, Probes, Purity, snapshot

VARIED = (0.1, 0.1, 0.03, 0.03, 0.2, 0.2)


@dataclass(frozen=True)
class Rule:
    """A step function: `name(param, grad, *state, [t], **options)` -> param and the new state.

    Attributes:
        state: what it carries along, by parameter name.
        squares: those of them that average or add up squares, and are never negative.
        timed: takes the number of the step after its state.
    """

    name: str
    state: tuple[str, ...] = ()
    squares: tuple[str, ...] = ()
    timed: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """What a step returns."""
        return ("param", *self.state)

    def start(self, rng: np.random.Generator, shape: tuple[int, ...], scale: float) -> list[Any]:
        """A state in mid-run, of the size that gradients of this scale lead to."""
        return [
            scale**2 * rng.uniform(0.2, 1.5, size=shape)
            if name in self.squares
            else scale * rng.normal(size=shape)
            for name in self.state
        ]


class InARow:
    """Runs several steps, each from what the one before it returned."""

    def __init__(self, rule: Rule, positional: bool = False) -> None:
        self.rule = rule
        self.positional = positional

    def __call__(self, impl: Any, inputs: dict[str, Any]) -> Any:
        now = [snapshot(inputs["param"]), *snapshot(inputs["state"])]
        seen = {}
        for index, (grad, options) in enumerate(
            zip(inputs["grads"], inputs["options"], strict=True)
        ):
            t = inputs["first"] + index
            place = [now[0], grad, *now[1:], *([t] if self.rule.timed else [])]
            now = self._step(impl, place, options)
            seen[f"after step {t}"] = dict(zip(self.rule.labels, snapshot(now), strict=True))
        return seen

    def _step(self, impl: Any, place: list[Any], options: dict[str, Any]) -> list[Any]:
        step = getattr(impl, self.rule.name)
        result = step(*place, *options.values()) if self.positional else step(*place, **options)
        if not self.rule.state:
            return [result]
        if not isinstance(result, tuple | list) or len(result) != len(self.rule.labels):
            raise TypeError(f"it should return ({', '.join(self.rule.labels)})")
        return list(result)


class Refuses:
    """Calls a timed step with good and bad values of t; the bad ones raise ValueError."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def __call__(self, impl: Any, inputs: dict[str, Any]) -> Any:
        step = getattr(impl, self.rule.name)
        seen = {}
        for t in (3, 1, 0, -1, -7):
            given = snapshot(inputs)
            try:
                result = snapshot(step(**given, t=t))
                seen[f"the answer to t = {t}"] = result if t >= 1 else "no error"
            except NotImplementedError:
                raise
            except ValueError:
                seen[f"the answer to t = {t}"] = "ValueError"
        return seen


class RuleProbes:
    """Declares the probes of one rule."""

    def __init__(self, probes: Probes, rule: Rule) -> None:
        self.probes = probes
        self.rule = rule

    def in_a_row(
        self,
        name: str,
        topic: str,
        points: float,
        *,
        options: dict[str, Any],
        rates: Sequence[float] | None = None,
        steps: int = 6,
        shape: tuple[int, ...] = (2, 3),
        scale: float = 0.5,
        size: float = 1.0,
        first: int | None = None,
        idle: bool = False,
        positional: bool = False,
        experiment: str = "",
    ) -> None:
        """Several steps with random gradients.

        Args:
            rates: a learning rate for each step; None leaves the default.
            scale, size: of the gradients and of the parameters.
            first: number of the first step, its state a random one; None starts from zeros at 1.
            idle: the first weight's gradient and state are always zero.
        """
        rule = self.rule

        def inputs(rng: np.random.Generator) -> dict[str, Any]:
            fresh = first is None
            state = (
                [np.zeros(shape) for _ in rule.state] if fresh else rule.start(rng, shape, scale)
            )
            grads = [scale * rng.normal(size=shape) for _ in range(steps)]
            if idle:
                for array in (*state, *grads):
                    array.flat[0] = 0.0
            chosen = [{} for _ in range(steps)] if rates is None else [{"lr": lr} for lr in rates]
            return {
                "param": size * rng.normal(size=shape),
                "state": state,
                "grads": grads,
                "options": [{**one, **options} for one in chosen[:steps]],
                "first": 1 if first is None else first,
            }

        run = InARow(rule, positional)
        self.probes.add(rule.name, Probe(name, topic, points, inputs, run, experiment=experiment))

    def pure(
        self, points: float, *, options: dict[str, Any], name: str = "pure", topic: str = ""
    ) -> None:
        """One step by keywords, from a state in mid-run, that leaves its inputs alone."""
        said = topic or "your inputs stay as they were"
        given = self._one_step(options, t=7)
        self.probes.add(self.rule.name, Probe(name, said, points, given, Purity(self.rule.name)))

    def refuses_early_steps(self, points: float) -> None:
        """A t below 1 is a ValueError, t = 1 is not."""
        given = self._one_step({"lr": 0.1})
        self.probes.add(
            self.rule.name,
            Probe("t_below_one", "t counts from 1", points, given, Refuses(self.rule)),
        )

    def _one_step(self, options: dict[str, Any], t: int | None = None) -> Any:
        rule = self.rule

        def inputs(rng: np.random.Generator) -> dict[str, Any]:
            shape = (4,)
            made = {"param": rng.normal(size=shape), "grad": rng.normal(size=shape)}
            made |= dict(zip(rule.state, rule.start(rng, shape, 1.0), strict=True))
            return made | ({"t": t} if rule.timed and t is not None else {}) | options

        return inputs
