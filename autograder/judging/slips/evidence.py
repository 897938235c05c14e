"""What an exercise's probes show of a slip, and what there is to read it from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from autograder.course.lesson import Exercise, Lesson
from autograder.harness.observation import Lost, Observation, Raised, inside
from autograder.harness.probe import Probe, Tolerance
from autograder.judging.compare import equal
from autograder.judging.slips.code import Written, asked, helpers, of_program
from autograder.judging.verdict import Diagnosis
from autograder.static_analysis.program import Program

OF_NONE = "NoneType"


@dataclass(frozen=True)
class Evidence:
    """An exercise that is not right.

    Attributes:
        expected, got: the reference's and the learner's observations, by probe name.
        program: what the learner wrote; None where only its behaviour is known.
        observe_as_arrays: what would have been observed, had arrays come instead of lists.
    """

    lesson: Lesson
    exercise: Exercise
    probes: Sequence[Probe]
    expected: dict[str, Observation]
    got: dict[str, Observation]
    program: Program | None = None
    observe_as_arrays: Callable[[Probe], Observation] = lambda probe: None

    @cached_property
    def asked(self) -> dict[str, Written]:
        """The reference's functions and methods, by name."""
        return {one.name: one for one in asked(self.lesson, self.exercise.names)}

    @cached_property
    def written(self) -> dict[str, Written]:
        """The learner's functions and methods of the same names, and other methods."""
        if self.program is None:
            return {}
        return {one.name: one for one in of_program(self.program, self.exercise.names)}

    @cached_property
    def helpers(self) -> list[Written]:
        """Other functions of the learner's that the exercise reaches."""
        return [] if self.program is None else helpers(self.program, self.exercise.names)

    @cached_property
    def everything(self) -> list[Written]:
        """All of the learner's functions that have a part in the exercise."""
        return [*self.written.values(), *self.helpers]

    @cached_property
    def differing(self) -> list[tuple[Any, Any, Tolerance]]:
        """The innermost places where the learner's values are not the reference's."""
        return list(self._differing(self.probes))

    @cached_property
    def differing_values(self) -> list[tuple[Any, Any, Tolerance]]:
        """The same on probes of values; on all where every value is right."""
        return list(self._differing([p for p in self.probes if p.kind == "values"])) or list(
            self.differing
        )

    @cached_property
    def raised(self) -> list[Raised]:
        """The exceptions that nobody asked for, each once."""
        unasked = (
            got
            for expected, got, _ in self.differing
            if isinstance(got, Raised) and not isinstance(expected, Raised)
        )
        return list(dict.fromkeys(unasked))

    @cached_property
    def shows_none(self) -> bool:
        """Whether a None came where a value was expected, or something failed on one."""
        return any(OF_NONE in one.message for one in self.raised) or any(
            any(one is None for one in inside(got)) and not isinstance(expected, Raised | Lost)
            for expected, got, _ in self.differing
        )

    def _differing(self, probes: Sequence[Probe]) -> Iterator[tuple[Any, Any, Tolerance]]:
        for probe in probes:
            pair = self.expected[probe.name], self.got[probe.name]
            for expected, got in _parts(*pair, probe.tolerance):
                yield expected, got, probe.tolerance


def _parts(expected: Any, got: Any, tolerance: Tolerance) -> Iterator[tuple[Any, Any]]:
    """The innermost pairs of two observations that differ."""
    if isinstance(expected, dict) and isinstance(got, dict) and expected.keys() == got.keys():
        pairs = [(expected[key], got[key]) for key in expected]
    elif _are_sequences(expected, got) and len(expected) == len(got):
        pairs = list(zip(expected, got, strict=True))
    else:
        if not equal(expected, got, tolerance):
            yield expected, got
        return
    for one, other in pairs:
        yield from _parts(one, other, tolerance)


def _are_sequences(*values: Any) -> bool:
    return all(isinstance(value, list | tuple) for value in values)


def slip(name: str, text: str) -> Diagnosis:
    """A slip by its name, in a sentence or two."""
    return Diagnosis(name, text)
