"""Whether what would be brought is right: its exercises' probes, on that source by itself."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

from autograder.bring.extract import Extract
from autograder.bring.notebooks import Own
from autograder.check.guarded import CheckLimits, GuardedRunner
from autograder.check.session import judge_of
from autograder.course.lesson import Exercise
from autograder.course.reference import execute_source
from autograder.harness.observation import Lost, Raised
from autograder.harness.probe import Probe
from autograder.judging.judge import Judge
from autograder.judging.policy import refusal
from autograder.judging.verdict import Verdict
from autograder.static_analysis.program import Program

MODULE = "brought"


@dataclass(frozen=True)
class Trial:
    """What came of it: a verdict for each exercise, or why the source does not run by itself."""

    verdicts: dict[str, Verdict]
    stopped: str = ""


def tried(own: Own, exercises: Iterable[Exercise], shell: Any) -> Trial:
    """Judge exercises of a learner's notebook, within the time that a check has."""
    judge, asked, limits = judge_of(own.lesson), list(exercises), CheckLimits.chosen()
    uses = [name for e in asked for probe in judge.probes(e.key) for name in probe.uses]
    names = tuple(dict.fromkeys([name for e in asked for name in e.names]))
    known = own.extract(tuple(dict.fromkeys([*names, *uses])))
    with limits.clock() as clock, _module() as module:
        if stopped := _run(known, module, GuardedRunner(vars(module), shell, clock, limits)):
            return Trial({}, stopped)
        runner = GuardedRunner(vars(module), shell, clock, limits)
        program = Program([known.source], ran=True)
        return Trial({e.key: _verdict(judge, e, runner, program) for e in asked})


def _verdict(judge: Judge, exercise: Exercise, runner: GuardedRunner, program: Program) -> Verdict:
    """As `%check` would say it, without a look for the thought behind a mistake."""
    if refused := refusal(judge, exercise, program):
        return refused
    verdict = judge.verdict(judge.examine(exercise.key, runner, show=False), named=False)
    return replace(verdict, note="")


def _run(known: Extract, module: ModuleType, runner: GuardedRunner) -> str:
    """Run a source in a module, within the limits of a probe; why it stopped, or nothing."""

    def load(impl: Any, inputs: Any) -> int:
        vars(module).update(vars(execute_source(known.source, MODULE)))
        return 0

    seen = runner.run(Probe("load", "", 0.0, lambda rng: {}, load), (), {})
    if isinstance(seen, Raised):
        return f"{seen.name}: {seen.message}"
    return seen.reason if isinstance(seen, Lost) else ""


@contextlib.contextmanager
def _module() -> Iterator[ModuleType]:
    """A module that can be found by its name, as classes and their pickles ask for."""
    module, before = ModuleType(MODULE), sys.modules.get(MODULE)
    sys.modules[MODULE] = module
    try:
        yield module
    finally:
        if before is None:
            del sys.modules[MODULE]
        else:
            sys.modules[MODULE] = before
