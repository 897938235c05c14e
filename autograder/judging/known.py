"""What the reference and the bank do with the inputs of one seed: run once, then remembered.

What a bank does takes longer than all else of a check. So it can be kept in a folder, and read from
there by whoever judges the same lesson with the same seed.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course.lesson import Lesson, LessonError
from autograder.course.private import write_atomically
from autograder.course.reference import load_reference
from autograder.harness.local import LocalRunner
from autograder.harness.observation import Lost, Observation, Raised, can_be_compared
from autograder.harness.probe import Given, Probe
from autograder.judging.bank import LessonBank
from autograder.judging.diagnosis import Held
from autograder.judging.misconception import names_of


@dataclass(frozen=True)
class _Kept:
    """What is kept of one probe of an exercise.

    Attributes:
        alike: the misconceptions that do what the reference does, on most probes most of them.
        others: what the others do, pickled: on most probes nobody asks.
    """

    seconds: float
    expected: Observation
    alike: tuple[str, ...]
    others: bytes


class Known:
    """The observations of one lesson and seed.

    Args:
        folder: where they are kept, a file for each exercise; None to keep them in memory alone.
            Whoever names it answers for it: files in it are believed.
    """

    def __init__(
        self,
        lesson: Lesson,
        seed: int,
        probes: Mapping[str, Sequence[Probe]],
        bank: LessonBank,
        folder: Path | None = None,
    ) -> None:
        self._lesson = lesson
        self._seed = seed
        self._probes = probes
        self._bank = bank
        self._folder = folder
        self._kept: dict[str, dict[str, _Kept]] = {}  # by exercise and probe
        self._observations: dict[tuple[str, str, Held], Observation] = {}
        self._given: dict[tuple[str, str], Given] = {}
        self._seconds: dict[tuple[str, str], float] = {}

    def inputs(self, exercise: str, probe: Probe) -> Given:
        """The inputs of a probe; runners copy them before anything can change them."""
        key = (exercise, probe.name)
        if key not in self._given:
            self._given[key] = probe.given(self._seed, exercise)
        return self._given[key]

    def seconds(self, exercise: str, probe: Probe) -> float:
        """The least time that the probe has taken, the observer's included."""
        return self._seconds[exercise, probe.name]

    def expected(self, exercise: str, probe: Probe) -> Observation:
        """What the reference does on this probe.

        Raises:
            LessonError: the probe's observer fails on it, or it ends in an exception itself, say
                for want of memory or of a thread: whoever fails alike would be right.
        """
        return self._remember(exercise, probe, (), load_reference(self._lesson).__dict__)

    def misconceived(self, several: Held, probe: Probe) -> Observation:
        """What a misconception, or some at once, do on this probe.

        They are made anew for each probe: what a wrong implementation keeps from one call to the
        next may not depend on the order in which probes are asked, which follows a clock.

        Raises:
            LessonError: they cannot be held at once.
        """
        exercise = several[0].exercise
        if len(several) == 1:
            self._unpack(exercise, probe)
        if (exercise, probe.name, several) not in self._observations:
            names = {**load_reference(self._lesson).__dict__, **names_of(self._lesson, *several)}
            self._remember(exercise, probe, several, names)
        return self._observations[exercise, probe.name, several]

    def observed(
        self, exercise: str, probe: Probe, raw: Observation, is_reference: bool = False
    ) -> Observation:
        """What the bank's observer makes of raw values, if the probe has one."""
        given = self.inputs(exercise, probe)
        if isinstance(raw, Lost | Raised):
            return raw
        try:
            seen = self._bank.observation(exercise, probe.name, raw, given.inputs, given.secrets)
            return seen if seen is raw or can_be_compared(seen) else raw
        except Exception as error:  # raw may be anything: what no observer reads stays
            if is_reference:
                raise LessonError(
                    f"{self._lesson.id}: the observer of {exercise}, {probe.name}, fails on the "
                    f"reference: {type(error).__name__}: {error}"
                ) from error
            return raw

    def read(self, exercise: str) -> bool:
        """Take over what is kept of an exercise; returns whether anything is."""
        if self._folder is not None and exercise not in self._kept:
            with suppress(Exception):  # a damaged file ends in any: it counts as none
                kept = pickle.loads(self._file(exercise).read_bytes())
                for probe, one in kept.items():
                    self._observations.setdefault((exercise, probe, ()), one.expected)
                    self._seconds.setdefault((exercise, probe), one.seconds)
                self._kept[exercise] = kept
        return exercise in self._kept

    def keep(self, exercise: str) -> None:
        """Run the reference and each misconception of the bank on every probe, and write that down.

        Raises:
            OSError: it cannot be written.
        """
        kept = {probe.name: self._to_keep(exercise, probe) for probe in self._probes[exercise]}
        write_atomically(self._file(exercise), pickle.dumps(kept, pickle.HIGHEST_PROTOCOL))

    def _to_keep(self, exercise: str, probe: Probe) -> _Kept:
        expected, alike, others = self.expected(exercise, probe), [], {}
        reference = pickle.dumps(expected)
        for one in self._bank.by_exercise.get(exercise, ()):
            seen = self.misconceived((one,), probe)
            if pickle.dumps(seen) == reference:
                alike.append(one.name)
            else:
                others[one.name] = seen
        packed = pickle.dumps(others, pickle.HIGHEST_PROTOCOL)
        return _Kept(self.seconds(exercise, probe), expected, tuple(alike), packed)

    def _unpack(self, exercise: str, probe: Probe) -> None:
        """Take over what is kept of a probe, when it is asked for."""
        kept = self._kept.get(exercise, {}).pop(probe.name, None)
        if kept is None:
            return
        seen = dict.fromkeys(kept.alike, kept.expected) | pickle.loads(kept.others)
        for one in self._bank.by_exercise.get(exercise, ()):
            if one.name in seen:
                key = (exercise, probe.name, (one,))
                self._observations.setdefault(key, seen[one.name])

    def _file(self, exercise: str) -> Path:
        assert self._folder is not None
        return self._folder / f"{exercise}.pickle"

    def _remember(
        self, exercise: str, probe: Probe, who: Held, names: dict[str, Any]
    ) -> Observation:
        key = (exercise, probe.name, who)
        if key not in self._observations:
            wanted = self._lesson.exercises[exercise].names
            start = time.perf_counter()
            raw = LocalRunner(names).run(probe, wanted, self.inputs(exercise, probe).inputs)
            if not who and isinstance(raw, Lost | Raised):
                why = f"{raw.name}: {raw.message}" if isinstance(raw, Raised) else raw.reason
                raise LessonError(
                    f"{self._lesson.id}: {exercise} can't be judged: on its probe {probe.name} the "
                    f"reference itself ends in {why}"
                )
            self._observations[key] = self.observed(exercise, probe, raw, is_reference=not who)
            took, known = time.perf_counter() - start, self._seconds.get((exercise, probe.name))
            self._seconds[exercise, probe.name] = min(took, known or took)
        return self._observations[key]
