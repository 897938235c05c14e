"""Runs a rebuilt notebook: its cells, and at each graded one the probes, in one kernel or several.

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
from collections.abc import Callable, Iterable

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.cells import Kind, grade_id, kind
from autograder.judge import Findings, Judge
from autograder.lesson import Exercise
from autograder.losses import GivenUp, Loss, Stopped
from autograder.names import bound_names
from autograder.observation import Lost, Raised
from autograder.runners.kernel import DIED, KernelRunner, Ran
from autograder.sandbox import Limits

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
        wanted: Iterable[str],
        open_kernel: Callable[[], KernelRunner],
        limits: Limits,
        *,
        full: bool,
        given_up: GivenUp | None = None,
    ) -> None:
        self.findings: dict[str, Findings] = {}
        self.lost: dict[str, Lost] = {}
        self.visible: dict[str, Ran] = {}
        self.stops: dict[int, Stopped] = {}
        self.given_up = given_up or GivenUp()
        self._judge = judge
        self._cells = list(enumerate(notebook.cells))
        self._wanted = set(wanted)
        self._open_kernel = open_kernel
        self._limits = limits
        self._full = full
        self._by_test = {e.test_id: e for e in judge.lesson.exercises.values()}
        self._waits: dict[int, float] = {}  # seconds, before cells at which a kernel ended
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
            if culprit.index is not None:
                self._give_up(culprit.index, culprit.lost)
            elif culprit.before is not None:
                self._give_up(self._search(culprit.before), culprit.lost)

    # --- one kernel ------------------------------------------------------------------------------

    def _run_cells(self, runner: KernelRunner) -> Loss | None:
        """What the kernel was lost to; None if the end was reached."""
        for index, cell in self._cells:
            if not self._is_run(index, cell):
                continue
            if self._late():
                return None
            if index in self._waits and not runner.outlives(self._waits[index]):
                return Loss(DIED, before=index)
            lost = self._step(runner, index, cell)
            if lost is None:
                continue
            if lost is DIED and index not in self._waits:
                lived = time.monotonic() - self._began_run
                self._waits[index] = LONGER * lived + LONGER_SECONDS
                return Loss(lost)
            return Loss(lost, index=index)
        return None

    def _is_run(self, index: int, cell: NotebookNode) -> bool:
        if cell.cell_type != "code" or index in self.given_up.skipped:
            return False
        exercise = self._exercise(cell)
        if exercise is not None:
            return self._is_pending(exercise.key)
        return self._full or kind(cell) is not Kind.DEMO

    def _step(self, runner: KernelRunner, index: int, cell: NotebookNode) -> Lost | None:
        exercise = self._exercise(cell)
        if exercise is not None:
            return self._judge_cell(runner, index, cell, exercise)
        if index in self.given_up.defined:
            return runner.define(cell.source).lost
        ran = runner.run_cell(cell.source, self._seconds(index, cell))
        if ran.lost is None:
            self._ended.add(index)
        cell.outputs = ran.outputs
        if ran.lost is None and ran.failed:
            ran, stop = runner.go_on(answer=self._is_answer(cell))
            self.stops[index] = Stopped(stop, self._names(cell))
        return ran.lost

    def _judge_cell(
        self, runner: KernelRunner, index: int, cell: NotebookNode, exercise: Exercise
    ) -> Lost | None:
        """The visible tests, then the probes; nothing is kept of a kernel that ended first here."""
        key = exercise.key
        self.visible[key] = visible = runner.run_visible_tests(cell.source)
        if visible.lost is not None:
            return visible.lost
        findings = self._judge.examine(key, runner)
        if runner.dead is not DIED or index in self._waits:
            self.findings[key] = findings
            self._lose_what_is_not_there(exercise, findings)
        return runner.dead

    def _lose_what_is_not_there(self, exercise: Exercise, findings: Findings) -> None:
        """What was never defined because its cell was given up has that reason."""
        given_up = [
            lost
            for index, lost in self.given_up.defined.items()
            if grade_id(self._cells[index][1]) in exercise.solution_ids
        ]
        observations = findings.observations.values()
        if given_up and any(isinstance(o, Raised) and o.name == "Undefined" for o in observations):
            self.lost[exercise.key] = given_up[0]

    # --- what a kernel was lost to ---------------------------------------------------------------

    def _give_up(self, index: int, lost: Lost) -> None:
        cell = self._cells[index][1]
        exercise = self._exercise(cell)
        if exercise is not None:
            if exercise.key not in self.findings:
                self.lost[exercise.key] = lost
            return
        self.given_up.add(index, lost)
        cell.outputs = [*cell.outputs, printed(f"This cell was stopped: {lost.reason}.\n")]
        if index in self.given_up.skipped:
            for other in self._by_test.values():
                if grade_id(cell) in other.solution_ids:
                    self.lost[other.key] = lost

    def _search(self, before: int) -> int:
        """The cell that left behind what ended the kernel before another one ran: the last of the
        shortest beginning of the notebook behind which a kernel does not last."""
        suspects = [
            index
            for index, cell in self._cells[:before]
            if self._exercise(cell) is None and self._is_run(index, cell)
        ]
        low, high = 0, len(suspects) - 1
        while low < high and not self._over():
            middle = (low + high) // 2
            if self._lasts(suspects[: middle + 1], self._waits[before]):
                low = middle + 1
            else:
                high = middle
        return suspects[low]

    def _lasts(self, indices: list[int], seconds: float) -> bool:
        """Whether a kernel in which some cells ran is still there after a while."""
        runner = self._open_kernel()
        try:
            for index in indices:
                if self._step(runner, index, self._cells[index][1]) is not None:
                    return False
            return runner.outlives(seconds)
        finally:
            runner.close()

    # --- time, and what is there to do -----------------------------------------------------------

    def _seconds(self, index: int, cell: NotebookNode) -> float:
        """How long a cell may take: longer where it has come to its end in another kernel, less
        where it is no answer and many were given up."""
        if index in self._ended:
            return MORE * self._limits.cell_seconds
        many = len(self.given_up.defined) >= PATIENCE and not self._is_answer(cell)
        return self._limits.cell_seconds / (LESS if many else 1)

    def _late(self) -> bool:
        """Whether this run took its time; those that ended in a loss do not count."""
        return self._over() or time.monotonic() > self._began_run + self._limits.submission_seconds

    def _over(self) -> bool:
        return time.monotonic() > self._begun + self._limits.most_seconds

    def _pending(self) -> bool:
        return any(map(self._is_pending, self._wanted))

    def _is_pending(self, key: str) -> bool:
        return key in self._wanted and key not in self.findings and key not in self.lost

    def _exercise(self, cell: NotebookNode) -> Exercise | None:
        return self._by_test.get(grade_id(cell) or "")

    def _names(self, cell: NotebookNode) -> frozenset[str]:
        """What a cell would have bound; what is asked of it, if it is no Python."""
        asked = [e.names for e in self._by_test.values() if grade_id(cell) in e.solution_ids]
        name = grade_id(cell)
        return bound_names(cell.source) or frozenset(
            n for names in asked for n in names if n == name or name not in names
        )

    def _is_answer(self, cell: NotebookNode) -> bool:
        return kind(cell) is Kind.SOLUTION

    def _answers_given_up(self) -> list[Lost]:
        lost = {**self.given_up.defined, **self.given_up.skipped}
        return [one for index, one in lost.items() if self._is_answer(self._cells[index][1])]


def printed(text: str) -> NotebookNode:
    """An output of a cell that prints `text`."""
    output: NotebookNode = new_output("stream", name="stdout", text=text)
    return output
