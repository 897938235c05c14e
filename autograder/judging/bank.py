"""The bank of a lesson: its misconceptions, and how its probes are observed. Never in a kernel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograder.course.hidden_tests import part
from autograder.course.lesson import Lesson, LessonError
from autograder.harness.probe import Probe, declarations
from autograder.judging.misconception import About, Misconception

Observe = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True)
class Observer:
    """How raw values of one probe become what all right answers share."""

    exercise: str
    probe: str
    observe: Observe


class ExerciseBank:
    """Declares what the bank has of one exercise."""

    def __init__(self, key: str, bank: Bank) -> None:
        self.key = key
        self._bank = bank

    def wrong(
        self,
        text: str,
        *,
        replaces: str = "",
        source: str = "",
        about: About = "values",
        equivalent_to: str | None = None,
    ) -> Callable[[Any], Any]:
        """Declare the decorated function or class: it stands in for `replaces` (the exercise's own
        name where it has one), and its name is the misconception's."""

        def declare(thing: Any) -> Any:
            stand_ins = {replaces or self.key: thing}
            self._add(thing.__name__, text, source, about, equivalent_to, stand_ins=stand_ins)
            return thing

        return declare

    def edit(
        self,
        name: str,
        text: str,
        *edits: tuple[str, str],
        source: str = "",
        about: About = "values",
        equivalent_to: str | None = None,
    ) -> None:
        """Declare the reference with each `(old, new)` piece of its source replaced, old found
        exactly once in the exercise's solution cells. Reads like the mistake: everything else is
        right."""
        self._add(name, text, source, about, equivalent_to, edits=edits)

    def by_exceptions(self, *names: str) -> None:
        """Declare, of misconceptions of the exercise declared before, that exceptions are all they
        show on probes of values, and that their sentences are true of whoever meets such an
        exception at the same operation. Without this, exceptions alone name nothing."""
        known = self._bank.misconceptions
        for name in names:
            (at,) = (i for i, m in enumerate(known) if (m.exercise, m.name) == (self.key, name))
            known[at] = replace(known[at], about="exceptions")

    def shows(self, why: str) -> None:
        """Declare, of a prediction, why the run shows the letter that it shows: one or two
        sentences, said to everyone who committed to a letter."""
        self._bank.shown.append((self.key, why))

    def forbids(self, *paths: str) -> None:
        """Declare library paths that are what the exercise asks for: an answer that calls one of
        them, or what is within it, gets no points."""
        self._bank.forbidden.append((self.key, paths))

    def observe(self, *probes: str) -> Callable[[Observe], Observe]:
        """Declare `(raw, inputs, secrets) -> observation` for some probes of the exercise."""

        def declare(function: Observe) -> Observe:
            self._bank.observers += [Observer(self.key, probe, function) for probe in probes]
            return function

        return declare

    def _add(
        self,
        name: str,
        text: str,
        source: str,
        about: About,
        equivalent_to: str | None,
        *,
        edits: tuple[tuple[str, str], ...] = (),
        stand_ins: Mapping[str, Any] | None = None,
    ) -> None:
        self._bank.misconceptions.append(
            Misconception(
                name, self.key, text, source, about, equivalent_to, edits, stand_ins or {}
            )
        )


class Bank:
    """Misconceptions and observers, in the order in which a module declares them.

    Each module of a lesson's bank makes one, called `bank`; all of them together are the lesson's.
    """

    def __init__(self) -> None:
        self.misconceptions: list[Misconception] = []
        self.observers: list[Observer] = []
        self.shown: list[tuple[str, str]] = []
        self.forbidden: list[tuple[str, tuple[str, ...]]] = []

    def exercise(self, key: str) -> ExerciseBank:
        """Where misconceptions and observers of one exercise are declared."""
        return ExerciseBank(key, self)


class LessonBank:
    """The bank of one lesson of one course, put together from the declarations of its modules."""

    def __init__(
        self, lesson: Lesson, banks: Iterable[Bank], probes: Mapping[str, Sequence[Probe]]
    ) -> None:
        """Put together.

        Raises:
            LessonError: two misconceptions of an exercise have one name, or a declaration is of an
                exercise or a probe that the lesson does not have.
        """
        self.lesson = lesson
        self.by_exercise: dict[str, list[Misconception]] = {}
        self.shown: dict[str, str] = {}
        self.forbidden: dict[str, tuple[str, ...]] = {}
        self._observers: dict[tuple[str, str], Observe] = {}
        for bank in banks:
            for misconception in bank.misconceptions:
                self._add(misconception)
            for observer in bank.observers:
                self._observe(observer, probes)
            for key, why in bank.shown:
                self._show(key, why)
            for key, paths in bank.forbidden:
                self._forbid(key, paths)

    def observation(self, exercise: str, probe: str, raw: Any, inputs: Any, secrets: Any) -> Any:
        """What the judge compares: `raw` itself where no observer was declared."""
        observer = self._observers.get((exercise, probe))
        return raw if observer is None else observer(raw, inputs, secrets)

    def _add(self, misconception: Misconception) -> None:
        key = misconception.exercise
        if key not in self.lesson.exercises:
            raise LessonError(
                f"{self.lesson.id} has no exercise {key!r}: {misconception.name} is of none"
            )
        known = self.by_exercise.setdefault(key, [])
        if any(misconception.name == other.name for other in known):
            raise LessonError(f"{key}: two misconceptions are named {misconception.name!r}")
        known.append(misconception)

    def _show(self, key: str, why: str) -> None:
        if key not in self.lesson.exercises or not self.lesson.exercises[key].is_prediction:
            raise LessonError(f"{self.lesson.id} has no prediction {key!r} that a run could show")
        if key in self.shown:
            raise LessonError(f"{key}: it is said twice what its run shows")
        self.shown[key] = why

    def _forbid(self, key: str, paths: tuple[str, ...]) -> None:
        if key not in self.lesson.exercises:
            raise LessonError(f"{self.lesson.id} has no exercise {key!r} that could forbid a call")
        self.forbidden[key] = self.forbidden.get(key, ()) + paths

    def _observe(self, observer: Observer, probes: Mapping[str, Sequence[Probe]]) -> None:
        place = observer.exercise, observer.probe
        names = [probe.name for probe in probes.get(observer.exercise, ())]
        if observer.probe not in names:
            raise LessonError(
                f"{self.lesson.id}: an observer is of the probe {observer.probe!r} of "
                f"{observer.exercise}, which has {', '.join(names) or 'none'}"
            )
        if place in self._observers:
            raise LessonError(f"{observer.exercise}: two observers of {observer.probe}")
        self._observers[place] = observer.observe


def load_bank(lesson: Lesson, probes: Mapping[str, Sequence[Probe]]) -> LessonBank:
    """The bank of a lesson, whose probes are `probes`."""
    package = part(lesson.slug, "bank")
    return LessonBank(lesson, declarations(package, "bank"), probes)
