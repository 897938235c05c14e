"""What a check sees of a kernel: the names that it defines, and which runs made them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any

from autograder.check import prepare
from autograder.check.deadline import Clock, Stop
from autograder.check.guarded import CheckLimits, GuardedRunner
from autograder.check.runs import Runs, listed
from autograder.check.saved import has_another_version, notebook_path
from autograder.check.seeds import Seeds
from autograder.course.cells import Kind, kind
from autograder.course.course import Course, CourseError
from autograder.course.given import UNMENDED, is_as_given
from autograder.course.lesson import Exercise, Lesson
from autograder.course.seeds import draw_seed
from autograder.judging.judge import Judge
from autograder.judging.policy import refusal
from autograder.judging.slips import misnamed
from autograder.judging.verdict import Verdict
from autograder.static_analysis.program import Program

OLD = "This verdict is about In [{}]."


class Session:
    """A lesson, and what its learner has defined in this kernel so far."""

    def __init__(self, lesson: Lesson, shell: Any) -> None:
        self.lesson = lesson
        self._shell = shell
        self._names: dict[str, Any] = shell.user_ns
        self._runs = Runs.of(shell)
        self._ran: list[str] = self._runs.sources
        self._verdicts: dict[str, Verdict] = {}
        self._clock: Clock | None = None

    def verdict(self, key: str) -> Verdict:
        """As grading would say it, but of this kernel's names."""
        if key not in self._verdicts:
            exercise, verdict = self.lesson.exercises[key], self._judged(key)
            made = {name: self._runs.made(name) for name in exercise.names}
            note = " ".join(filter(None, (self._waiting(exercise, made), verdict.note)))
            self._verdicts[key] = replace(verdict, note=note, run=listed(made.values()))
        return self._verdicts[key]

    def _waiting(self, exercise: Exercise, made: dict[str, int | None]) -> str:
        """A newer version of what was judged, if there is one: it came to nothing, or was not
        run."""
        path = notebook_path(self._names)
        for name, number in made.items():
            if not number:
                continue
            if newer := self._runs.newer(name, than=number):
                return f"{newer}, so its `{name}` is not there. {OLD.format(number)}"
            run = self._runs.ended(number)
            slots = exercise.solution_ids
            if path and run and has_another_version(path, name, self._ran[number], run.at, slots):
                return (
                    f"The saved notebook has another version of `{name}`, which was not run: run "
                    f"its cell, then check again. {OLD.format(number)}"
                )
        return ""

    def _judged(self, key: str) -> Verdict:
        judge, exercise, program = judge_of(self.lesson), self.lesson.exercises[key], self._program
        missing = [name for name in exercise.names if name not in self._names]
        if missing == list(exercise.names):
            newer = self._runs.newer(missing[0], than=0) or "run the cell that defines it"
            note = misnamed(self.lesson, missing[0], program.bound & set(self._names))
            note = note or f"`{missing[0]}` is not known in this kernel: {newer}."
            return replace(judge.not_attempted(key), note=note)
        runs = map(self._runs.made, exercise.names)
        if is_as_given(self.lesson, exercise, (self._ran[run] for run in runs if run)):
            return replace(judge.not_attempted(key), note=UNMENDED)
        return refusal(judge, exercise, program) or self._guarded(judge, key)

    def _guarded(self, judge: Judge, key: str) -> Verdict:
        """The verdict on what the probes bring, within the time that a check has. What is left of
        it goes into looking for the thought behind a mistake."""
        limits = CheckLimits.chosen()
        if self._clock is not None:  # another exercise's check looks for whom to blame
            runner = GuardedRunner(self._names, self._shell, self._clock, limits)
            findings = judge.examine(key, runner, show=False)
            if self._clock.left <= 0:  # nobody is blamed for what was not run
                raise Stop
            return judge.verdict(findings, named=False)
        with limits.clock() as self._clock:
            try:
                runner = GuardedRunner(self._names, self._shell, self._clock, limits)
                findings = judge.examine(key, runner)
                try:
                    self._clock.stoppable = True
                    return judge.verdict(
                        findings, blame=lambda: self._blame(key), wrote=lambda: self._program
                    )
                except Stop:
                    if self._clock.reason == "interrupt":
                        raise
                    self._clock.lift()
                    return judge.verdict(findings, named=False)
            finally:
                self._clock = None

    def _blame(self, key: str) -> tuple[str, ...]:
        """The earlier exercises that this one calls and that are not right."""
        used = self._program.reach(self.lesson.exercises[key].names).names
        keys = list(self.lesson.exercises)
        return tuple(
            earlier
            for earlier in keys[: keys.index(key)]
            if used & set(self.lesson.exercises[earlier].names)
            and (self._verdicts.get(earlier) or self._judged(earlier)).status != "passed"
        )

    @cached_property
    def _program(self) -> Program:
        """What was run in this kernel, without the lesson's own demonstrations."""
        given = {c.source.strip() for c in self.lesson.cells if kind(c) is Kind.DEMO}
        return Program((source for source in self._ran if source.strip() not in given), ran=True)


@lru_cache(maxsize=4)
def judge_of(lesson: Lesson) -> Judge:
    """One for each lesson and kernel: numbers in a message stay the same until they are right."""
    with suppress(CourseError, OSError):  # a folder that cannot be written keeps no seeds
        if prepare.is_on():
            return Judge(lesson, *Seeds(Course.find(), lesson).choose())
    return Judge(lesson, draw_seed())
