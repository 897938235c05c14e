"""One mutant, tried: which probe first sees that it is not the reference."""

from __future__ import annotations

import gc
import importlib
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from autograder.authoring.mutation.child import in_child, limit_cpu
from autograder.authoring.mutation.errors import UnstableReference
from autograder.course.lesson import Lesson
from autograder.course.reference import execute_source_over, exercise_source, load_reference
from autograder.harness.local import LocalRunner
from autograder.harness.observation import Observation
from autograder.harness.probe import Probe
from autograder.judging.compare import first_difference
from autograder.judging.judge import Judge

SEEDS = (1, 2, 3)
# CPU time of a probe: so many times what the reference needs, and a second on top.
SLOWER, GRACE = 20.0, 1.0
# Wall time of a whole trial: CPU time at its slowest, on a machine that does other things.
BUSY, START = 3.0, 30.0
LONG = 3600.0


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant.

    Attributes:
        caught_by: the first probe that differs; empty for a survivor.
        lost: that probe never came back: it overran, or the process ended.
    """

    caught_by: str
    lost: bool = False


@dataclass(frozen=True)
class _Known:
    """What the reference does on each probe, by seed and name, and the CPU seconds it takes."""

    observations: dict[tuple[int, str], Observation]
    seconds: dict[str, float]


class Trials:
    """Tries mutants of a lesson, each in a process of its own; runs no probe in this one."""

    def __init__(self, lesson: Lesson, seeds: Sequence[int] = SEEDS) -> None:
        self.lesson = lesson
        self.judges = [Judge(lesson, seed) for seed in seeds]
        self._known: dict[str, _Known] = {}
        load_reference(lesson)

    def attempt(self, exercise: str, source: str) -> Outcome:
        """Run the probes of an exercise, quick ones first, until one differs from the reference."""
        known = self._reference(exercise)

        def work(out: Connection) -> None:
            out.send(self._first_caught(exercise, source, known, out))

        cpu = sum(map(_allowed, known.seconds.values())) * len(self.judges)
        messages = in_child(work, BUSY * cpu + START)
        if messages and isinstance(messages[-1], Outcome):
            return messages[-1]
        return Outcome(messages[-1] if messages else "the cell", lost=True)

    def _first_caught(self, exercise: str, source: str, known: _Known, out: Connection) -> Outcome:
        for judge in self.judges:
            limit_cpu(_allowed(0.0))
            try:
                runner = self._runner(exercise, source)
            except BaseException:  # noqa: BLE001 (a cell that cannot be run is seen by every probe)
                return Outcome("the cell")
            for probe in sorted(judge.probes(exercise), key=lambda p: known.seconds[p.name]):
                out.send(probe.name)
                limit_cpu(_allowed(known.seconds[probe.name]))
                got = _observed(judge, exercise, probe, runner)
                expected = known.observations[judge.seed, probe.name]
                if first_difference(expected, got, probe.tolerance) is not None:
                    return Outcome(probe.name)
        return Outcome("")

    def _runner(self, exercise: str, source: str) -> LocalRunner:
        names = load_reference(self.lesson).__dict__
        return LocalRunner(execute_source_over(source, f"mutant_{exercise}", names))

    def _reference(self, exercise: str) -> _Known:
        if exercise not in self._known:
            for judge in self.judges:
                for probe in judge.probes(exercise):
                    _draw(judge, exercise, probe)
            self._known[exercise] = self._learnt(exercise)
        return self._known[exercise]

    def _learnt(self, exercise: str) -> _Known:
        """Run the reference twice: what it imports on its way the first time, this process imports
        too, and no trial after it."""
        for module in self._in_child(exercise)[2]:
            _import_quietly(module)
        gc.collect()
        gc.freeze()  # collections in a child would copy every page that they visit
        observations, seconds, _ = self._in_child(exercise)
        return _Known(observations, seconds)

    def _in_child(self, exercise: str) -> tuple[Any, dict[str, float], list[str]]:
        def work(out: Connection) -> None:
            try:
                out.send(self._observe_reference(exercise))
            except BaseException as error:
                out.send(f"{type(error).__name__}: {error}")
                raise

        said = in_child(work, LONG)
        if not said or isinstance(said[0], str):
            why = said[0] if said else "its process ended"
            raise UnstableReference(f"{exercise}: the reference cannot be observed: {why}")
        found: tuple[Any, dict[str, float], list[str]] = said[0]
        return found

    def _observe_reference(self, exercise: str) -> tuple[Any, dict[str, float], list[str]]:
        loaded, source = set(sys.modules), exercise_source(self.lesson, exercise)
        observations, seconds = {}, {}
        for judge in self.judges:
            runner = self._runner(exercise, source)
            for probe in judge.probes(exercise):
                start = time.process_time()
                seen = _observed(judge, exercise, probe, runner)
                seconds[probe.name] = time.process_time() - start
                observations[judge.seed, probe.name] = seen
        return observations, seconds, [name for name in sys.modules if name not in loaded]


def _allowed(seconds: float) -> float:
    return SLOWER * seconds + GRACE


def _observed(judge: Judge, exercise: str, probe: Probe, runner: LocalRunner) -> Observation:
    """One probe, as the judge sees it."""
    names, given = judge.lesson.exercises[exercise].names, judge.known.inputs(exercise, probe)
    return judge.known.observed(exercise, probe, runner.run(probe, names, given.inputs))


def _draw(judge: Judge, exercise: str, probe: Probe) -> None:
    """Draw a probe's inputs here, once for all trials."""
    judge.known.inputs(exercise, probe)


def _import_quietly(module: str) -> None:
    try:
        importlib.import_module(module)
    except Exception:  # noqa: BLE001 (made at run time, or of another's making: a trial does without)
        return
