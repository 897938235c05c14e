"""Probes: the ways in which an implementation is exercised."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import cloudpickle
import numpy as np

from autograder import toolbox

Inputs = dict[str, Any]
Run = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Tolerance:
    """Equal means `|got - expected| <= atol + rtol * |expected|`, element by element.

    `exact_dtype` asks for the reference's integer width as well; the width of floats always counts.
    """

    rtol: float
    atol: float
    exact_dtype: bool = False


FLOAT64 = Tolerance(1e-6, 1e-9)
FLOAT32 = Tolerance(1e-4, 1e-6)
EXACT = Tolerance(0.0, 0.0)


@dataclass(frozen=True)
class Given:
    """Inputs that go into a kernel, and secrets that `observe` gets and no kernel ever does."""

    inputs: dict[str, Any]
    secrets: dict[str, Any]


@dataclass(frozen=True)
class Probe:
    """One way to exercise an implementation (see DESIGN, "Words").

    Attributes:
        name: unique within the exercise; shown to instructors only.
        topic: what may be said of it to a learner, as a noun phrase: "six steps in a row".
        points: what it is worth; the probes of an exercise add up to its points.
        inputs: `rng -> dict`, or `Given` where there are secrets; run by the judge only.
        run: `(impl, inputs) -> raw`; `impl` has the learner's names as attributes.
        tolerance: when two numbers count as equal.
        seconds: CPU time that `run` may take.
        experiment: what a learner could try to see why it differs, when no misconception fits.
        uses: further names that `run` may look at: `impl` has those that the notebook defines, and
            `run` has to do without the others.
    """

    name: str
    topic: str
    points: float
    inputs: Callable[[np.random.Generator], Any] = field(repr=False)
    run: Run = field(repr=False)
    tolerance: Tolerance = FLOAT64
    seconds: float = 10.0
    experiment: str = ""
    uses: tuple[str, ...] = ()

    def given(self, seed: int, exercise: str) -> Given:
        """Fresh inputs for this probe in a batch: the same for the same seed."""
        label = hashlib.sha256(f"{exercise}/{self.name}".encode()).digest()
        words = np.frombuffer(label[:16], dtype=np.uint32)
        rng = np.random.default_rng([seed & 0xFFFFFFFF, seed >> 32, *map(int, words)])
        made = self.inputs(rng)
        return made if isinstance(made, Given) else Given(made, {})

    def payload(self, inputs: dict[str, Any]) -> bytes:
        """`run` and its inputs as bytes that stand alone: no module of ours is needed to load
        them."""
        return bytes(cloudpickle.dumps((self.run, inputs)))


class Probes:
    """The probes of one lesson, by exercise, in the order in which they were declared."""

    def __init__(self, lesson_id: str, module: str) -> None:
        self.lesson_id = lesson_id
        self.by_exercise: dict[str, list[Probe]] = {}
        self._module = module

    def probe(
        self,
        exercise: str,
        topic: str,
        *,
        points: float,
        inputs: Callable[[np.random.Generator], Any],
        tolerance: Tolerance = FLOAT64,
        seconds: float = 10.0,
        experiment: str = "",
        uses: tuple[str, ...] = (),
    ) -> Callable[[Run], Run]:
        """Declare a probe: the decorated function is its `run`, and its name the probe's name."""

        def declare(run: Run) -> Run:
            self.add(
                exercise,
                Probe(
                    run.__name__, topic, points, inputs, run, tolerance, seconds, experiment, uses
                ),
            )
            return run

        return declare

    def add(self, exercise: str, probe: Probe) -> None:
        """Declare a probe that a factory made."""
        known = self.by_exercise.setdefault(exercise, [])
        if any(probe.name == other.name for other in known):
            raise ValueError(f"{exercise} has two probes named {probe.name!r}")
        known.append(probe)

    def prediction(self, topic: str) -> None:
        """Declare the one probe of `prediction_<topic>`: it returns the letter that was chosen."""
        key = f"prediction_{topic}"
        self.add(
            key,
            Probe("letter", "your prediction", 1.0, _nothing, toolbox.Letter(key), EXACT),
        )


def _nothing(rng: np.random.Generator) -> dict[str, Any]:
    return {}


def load_probes(slug: str) -> Probes:
    """The probes of a lesson, ready to be sent: their module is pickled by value."""
    module = importlib.import_module(f"autograder.hidden.{slug}.probes")
    _by_value(toolbox)
    _by_value(module)
    probes: Probes = module.probes
    return probes


def _by_value(module: ModuleType) -> None:
    cloudpickle.register_pickle_by_value(module)
