"""Runs a rebuilt notebook: its cells, and where each exercise stands its probes, in one kernel or
several.

A cell that takes too long or ends its kernel is given up: the next kernel runs of it what only
defines names, and of one that is lost even then, nothing. So each loss takes something out of the
run, and there are never more kernels than that allows.

A kernel that ended may have been ended by something that an earlier cell left behind (a timer, a
child). So where it ended first, nothing is blamed: the next kernel waits at that place, with
nothing to do, for longer than the first one lived. What ends it while it waits is an earlier cell,
and is searched for; what runs next and ends it again, ended it. Clocks decide how long that takes,
and never who is blamed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cached_property

from nbformat import NotebookNode

from autograder.course.cells import Kind, grade_id, kind
from autograder.course.lesson import Exercise
from autograder.grading.attempts import Stand
from autograder.grading.losses import GivenUp, Loss, Stopped
from autograder.grading.steps import Step, steps
from autograder.harness.kernel import DIED, ExecutionResult, KernelRunner
from autograder.harness.observation import Lost, Raised
from autograder.judging.judge import Findings, Judge
from autograder.sandbox import Limits
from autograder.static_analysis.names import bound_names, said_names

PATIENCE = 5  # how many cells' time is spent on cells that are no answers; later ones get less
LESS, MORE = 6, 3
LONGER, LONGER_SECONDS = 1.5, 1.0


class Execution:
    """The run of one submission.

    findings, lost: by exercise, what its probes brought, or why there is nothing.
    visible: by exercise, what its visible tests did.
    stops: the cells that failed, by index.
    """

    def __init__(
        self,
        judge: Judge,
        notebook: NotebookNode,
        stands: Mapping[str, Stand],
        open_kernel: Callable[[], KernelRunner],
        limits: Limits,
        *,
        full: bool,
        given_up: GivenUp | None = None,
    ) -> None:
        self.findings: dict[str, Findings] = {}
        self.lost: dict[str, Lost] = {}
        self.visible: dict[str, ExecutionResult] = {}
        self.stops: dict[int, Stopped] = {}
        self.given_up = given_up or GivenUp()
        self._judge = judge
        self._stands = stands
        self._open_kernel = open_kernel
        self._limits = limits
        self._full = full
        self._by_test = {e.test_id: e for e in judge.lesson.exercises.values()}
        self._steps = steps(notebook, judge.lesson, stands)
        self._waits: dict[int, float] = {}  # seconds, before steps at which a kernel ended
        self._ended: set[int] = set()  # cells that came to their end
        self._begun = self._began_run = time.monotonic()

    @property
    def settled(self) -> bool:
        """Whether no clock and no watcher of memory had a part in what the exercises got."""
        lost = [*self.lost.values(), *self._answers_given_up()]
        lost += [
            observation
            for findings in self.findings.values()
            for observation in findings.observations.values()
            if isinstance(observation, Lost)
        ]
        return all(one.settled for one in lost)

    def run(self) -> None:
        """Start kernels until every exercise has its findings, or there is no more time."""
        while self._pending() and not self._over():
            runner = self._open_kernel()
            self._began_run = time.monotonic()
            try:
                culprit = self._run_cells(runner)
            finally:
                runner.close()
            if culprit is None:
                return
            if culprit.at is not None:
                self._give_up(culprit.at, culprit.lost)
            elif culprit.before is not None:
                self._give_up(self._search(culprit.before), culprit.lost)

    # --- one kernel ------------------------------------------------------------------------------

    def _run_cells(self, runner: KernelRunner) -> Loss | None:
        """What the kernel was lost to; None if the end was reached."""
        for at, step in enumerate(self._steps):
            if not self._is_run(step):
                continue
            if self._late():
                return None
            if at in self._waits and not runner.outlives(self._waits[at]):
                return Loss(DIED, before=at)
            lost = self._take(runner, at)
            if lost is None:
                continue
            if lost is DIED and at not in self._waits:
                lived = time.monotonic() - self._began_run
                self._waits[at] = LONGER * lived + LONGER_SECONDS
                return Loss(lost)
            return Loss(lost, at=at)
        return None

    def _is_run(self, step: Step) -> bool:
        if step.exercise is not None:
            return self._is_pending(step.exercise.key)
        if step.index in self.given_up.skipped:
            return False
        role = kind(step.cell)
        return role is not Kind.CHECK and (self._full or role is not Kind.DEMO)

    def _take(self, runner: KernelRunner, at: int) -> Lost | None:
        step = self._steps[at]
        if step.exercise is not None:
            return self._judge_exercise(runner, at, step.cell, step.exercise)
        index, cell = step.index, step.cell
        if index in self.given_up.defined:
            return runner.define(cell.source).lost
        if grade_id(cell) in self._by_test:
            ran = runner.run_visible_tests(cell.source)
            cell.outputs = ran.outputs
            return ran.lost
        ran = runner.run_cell(cell.source, self._seconds(step))
        if ran.lost is None:
            self._ended.add(index)
        cell.outputs = ran.outputs
        if ran.lost is None and ran.failed:
            ran, stop = runner.go_on(answer=self._is_answer(step))
            self.stops[index] = Stopped(stop, self._names(cell))
        return ran.lost

    def _judge_exercise(
        self, runner: KernelRunner, at: int, cell: NotebookNode, exercise: Exercise
    ) -> Lost | None:
        """The visible tests, then the probes; nothing is kept of a kernel that ended first here."""
        key = exercise.key
        self.visible[key] = visible = runner.run_visible_tests(cell.source)
        if visible.lost is not None:
            return visible.lost
        runner.apart = at in self._waits
        findings = self._judge.examine(key, runner)
        if runner.dead is not DIED or at in self._waits:
            self.findings[key] = findings
            self._lose_what_is_not_there(exercise, findings)
        return runner.dead

    def _lose_what_is_not_there(self, exercise: Exercise, findings: Findings) -> None:
        """What was never defined because its cell was given up has that reason."""
        given_up = [
            lost
            for index, lost in self.given_up.defined.items()
            if index in self._stands[exercise.key].cells
        ]
        observations = findings.observations.values()
        if given_up and any(isinstance(o, Raised) and o.name == "Undefined" for o in observations):
            self.lost[exercise.key] = given_up[0]

    # --- what a kernel was lost to ---------------------------------------------------------------

    def _give_up(self, at: int, lost: Lost) -> None:
        step = self._steps[at]
        if step.exercise is not None:
            if step.exercise.key not in self.findings:
                self.lost[step.exercise.key] = lost
            return
        self.given_up.add(step.index, lost)
        said = printed(f"This cell was stopped: {lost.reason}.\n")
        step.cell.outputs = [*step.cell.outputs, said]
        if step.index in self.given_up.skipped:
            for key, stand in self._stands.items():
                if step.index in stand.cells:
                    self.lost[key] = lost

    def _search(self, before: int) -> int:
        """The step that left behind what ended the kernel before another one: the last of the
        shortest beginning of the notebook behind which a kernel does not last."""
        suspects = [
            at
            for at, step in enumerate(self._steps[:before])
            if step.exercise is None and self._is_run(step)
        ]
        low, high = 0, len(suspects) - 1
        while low < high and not self._over():
            middle = (low + high) // 2
            if self._lasts(suspects[: middle + 1], self._waits[before]):
                low = middle + 1
            else:
                high = middle
        return suspects[low]

    def _lasts(self, steps: list[int], seconds: float) -> bool:
        """Whether a kernel in which some cells ran is still there after a while."""
        runner = self._open_kernel()
        try:
            if any(self._take(runner, at) is not None for at in steps):
                return False
            return runner.outlives(seconds)
        finally:
            runner.close()

    # --- time, and what is there to do -----------------------------------------------------------

    def _seconds(self, step: Step) -> float:
        """How long a cell may take: longer where it has come to its end in another kernel, less
        where it is no answer and many were given up."""
        if step.index in self._ended:
            return MORE * self._limits.cell_seconds
        many = len(self.given_up.defined) >= PATIENCE and not self._is_answer(step)
        return self._limits.cell_seconds / (LESS if many else 1)

    def _late(self) -> bool:
        """Whether this run took its time; those that ended in a loss do not count."""
        return self._over() or time.monotonic() > self._began_run + self._limits.submission_seconds

    def _over(self) -> bool:
        return time.monotonic() > self._begun + self._limits.most_seconds

    def _pending(self) -> bool:
        return any(map(self._is_pending, self._stands))

    def _is_pending(self, key: str) -> bool:
        return key not in self.findings and key not in self.lost

    def _names(self, cell: NotebookNode) -> frozenset[str]:
        """What a cell would have bound; what is asked of it, if that cannot be told."""
        asked = [e.names for e in self._by_test.values() if grade_id(cell) in e.solution_ids]
        name = grade_id(cell)
        return bound_names(cell.source) or said_names(cell.source).union(
            n for names in asked for n in names if n == name or name not in names
        )

    def _is_answer(self, step: Step) -> bool:
        return kind(step.cell) is Kind.SOLUTION or step.index in self._answers

    @cached_property
    def _answers(self) -> frozenset[int]:
        """The cells whose versions of an exercise's names count."""
        return frozenset().union(*(stand.cells for stand in self._stands.values()))

    def _answers_given_up(self) -> list[Lost]:
        lost = {**self.given_up.defined, **self.given_up.skipped}
        return [one for index, one in lost.items() if index in self._answers]


def printed(text: str) -> NotebookNode:
    """An output of a cell that prints `text`."""
    return NotebookNode(output_type="stream", name="stdout", text=text)
