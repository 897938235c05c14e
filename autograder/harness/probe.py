"""Probes: the ways in which an implementation is exercised."""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Literal, Required, TypedDict, Unpack

import cloudpickle
import numpy as np

from autograder.course.hidden_tests import part
from autograder.harness import looking, patterns, replay

Inputs = dict[str, Any]
Run = Callable[[Any, Any], Any]
MakeInputs = Callable[[np.random.Generator], Any]
ProbeKind = Literal["values", "side"]


@dataclass(frozen=True)
class Tolerance:
    """Equal means `|got - expected| <= atol + rtol * |expected|`, element by element.

    `exact_dtype` asks for the reference's integer width as well; the width of floats always counts.
    """

    rtol: float
    atol: float
    exact_dtype: bool = False


FLOAT64 = Tolerance(1e-6, 1e-9)
FORMULA = Tolerance(1e-9, 1e-12)  # where every right order of operations was seen to stay within
FLOAT32 = Tolerance(1e-4, 1e-6)
EXACT = Tolerance(0.0, 0.0)


@dataclass(frozen=True)
class Given:
    """Inputs that go into a kernel, and secrets that `observe` gets and no kernel ever does."""

    inputs: dict[str, Any]
    secrets: dict[str, Any]


@dataclass(frozen=True)
class Probe:
    """One way to exercise an implementation.

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
        kind: "values" where a thought shows itself; "side" for what stands beside it: refusals,
            purity, keywords, types. A diagnosis rests on the first.
    """

    name: str
    topic: str
    points: float
    inputs: MakeInputs = field(repr=False)
    run: Run = field(repr=False)
    tolerance: Tolerance = FLOAT64
    seconds: float = 10.0
    experiment: str = ""
    uses: tuple[str, ...] = ()
    kind: ProbeKind = "values"

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


PURE = "your inputs stay as they were, and a second call gives the same"


class Side(TypedDict, total=False):
    """What any probe of a side condition may be told; see `Probe`."""

    points: Required[float]
    inputs: Required[MakeInputs]
    tolerance: Tolerance | None
    experiment: str


class ExerciseProbes:
    """Declares the probes of one exercise."""

    def __init__(self, key: str, declared: list[Probe], tolerance: Tolerance) -> None:
        self.key = key
        self._declared = declared
        self._tolerance = tolerance

    def probe(
        self,
        topic: str,
        *,
        points: float,
        inputs: MakeInputs,
        name: str = "",
        kind: ProbeKind = "values",
        tolerance: Tolerance | None = None,
        seconds: float = 10.0,
        experiment: str = "",
        uses: tuple[str, ...] = (),
    ) -> Callable[[Run], Run]:
        """Declare the decorated function, or a pattern, as the `run` of a probe.

        The probe is called as the function is; a pattern, which has no name, needs `name`.
        """

        def declare(run: Run) -> Run:
            called = name or getattr(run, "__name__", "")
            if not called or called == "<lambda>":
                raise ValueError(f"{self.key}: the probe of {topic!r} needs a name")
            if any(called == other.name for other in self._declared):
                raise ValueError(f"{self.key} has two probes named {called!r}")
            self._declared.append(
                Probe(
                    *(called, topic, points, inputs, run, tolerance or self._tolerance),
                    *(seconds, experiment, uses, kind),
                )
            )
            return run

        return declare

    def pure(
        self,
        *labels: str,
        topic: str = PURE,
        name: str = "pure",
        function: str = "",
        **declared: Unpack[Side],
    ) -> None:
        """Declare `patterns.Purity` of the exercise's function; `labels` name what it returns."""
        pure = patterns.Purity(function or self.key, *labels)
        self.probe(topic, name=name, kind="side", **declared)(pure)

    def refuses(
        self,
        topic: str,
        *labels: str,
        name: str = "refuses",
        function: str = "",
        **declared: Unpack[Side],
    ) -> None:
        """Declare `patterns.Refusals` of the exercise's function."""
        refusals = patterns.Refusals(function or self.key, *labels)
        self.probe(topic, name=name, kind="side", **declared)(refusals)


class Probes:
    """Probes by exercise, in the order in which a module declares them.

    Each module of a lesson's probes makes one, called `probes`; all of them together are the
    lesson's.
    """

    def __init__(self) -> None:
        self.by_exercise: dict[str, list[Probe]] = {}

    def exercise(self, key: str, *, tolerance: Tolerance = FLOAT64) -> ExerciseProbes:
        """Where the probes of one exercise are declared; `tolerance` is that of each which has no
        other."""
        return ExerciseProbes(key, self.by_exercise.setdefault(key, []), tolerance)

    def predictions(self, *topics: str) -> None:
        """Declare the one probe of each `prediction_<topic>`: it returns the letter chosen."""
        for topic in topics:
            key = f"prediction_{topic}"
            self.exercise(key).probe(
                "your prediction", points=1.0, inputs=_nothing, name="letter", tolerance=EXACT
            )(patterns.Letter(key))


def _nothing(rng: np.random.Generator) -> dict[str, Any]:
    return {}


def load_probes(slug: str) -> dict[str, list[Probe]]:
    """The probes of a lesson by exercise, ready to be sent: their modules are pickled by value.

    Raises:
        ValueError: two probes of an exercise have one name.
    """
    package = part(slug, "probes")
    cloudpickle.register_pickle_by_value(looking)
    cloudpickle.register_pickle_by_value(patterns)
    cloudpickle.register_pickle_by_value(replay)
    cloudpickle.register_pickle_by_value(package)
    merged: dict[str, list[Probe]] = {}
    for declared in declarations(package, "probes"):
        for key, several in declared.by_exercise.items():
            known = merged.setdefault(key, [])
            names = {probe.name for probe in known}
            if twice := names & {probe.name for probe in several}:
                raise ValueError(f"{key} has two probes named {sorted(twice)[0]!r}")
            known.extend(several)
    return merged


def declarations(package: ModuleType, name: str) -> Iterator[Any]:
    """What a module, or a package and each of its modules in alphabetical order, binds to
    `name`: nothing has to be listed to be found."""
    found = [package]
    for info in pkgutil.iter_modules(getattr(package, "__path__", ())):
        found.append(importlib.import_module(f"{package.__name__}.{info.name}"))
    seen: set[int] = set()
    for module in found:
        declared = vars(module).get(name)
        if (
            declared is not None
            and not isinstance(declared, ModuleType)
            and id(declared) not in seen
        ):
            seen.add(id(declared))
            yield declared
