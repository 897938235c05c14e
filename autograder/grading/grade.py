"""One submission, pure in and out: a rebuilt notebook and a seed give an executed notebook and
verdicts."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from nbformat import NotebookNode

from autograder.course.cells import Kind, grade_id, kind
from autograder.course.course import Course
from autograder.course.lesson import Exercise, Lesson
from autograder.feedback.text import explain
from autograder.grading.attempts import LATER, Attempts, Stand
from autograder.grading.execute import Execution, printed
from autograder.grading.losses import GivenUp
from autograder.grading.stops import explain_stops
from autograder.harness.kernel import ExecutionResult, KernelRunner
from autograder.harness.payloads import Payloads
from autograder.judging.judge import Judge
from autograder.judging.policy import refusal
from autograder.judging.slips import misnamed
from autograder.judging.verdict import LessonVerdict, Status, Verdict
from autograder.sandbox import Limits, Policy, SealedKernel, expect
from autograder.static_analysis.forbidden import opaque_uses
from autograder.static_analysis.names import bound_names, used_names
from autograder.static_analysis.program import Program
from autograder.submission.limits import left_out
from autograder.submission.rebuild import Rebuilt

TOO_LONG = "the submission took too long before this exercise was reached"


@dataclass(frozen=True)
class Graded:
    """An executed notebook, whose graded cells say what the verdict says.

    `settled` is false where a clock or the memory's watcher ended something: run alone, it may
    differ.
    """

    notebook: NotebookNode
    verdict: LessonVerdict
    settled: bool = True


def grade_notebook(
    rebuilt: Rebuilt,
    *,
    seed: int,
    sealed: bool = True,
    full: bool = False,
    limits: Limits | None = None,
    judge: Judge | None = None,
) -> Graded:
    """Run a rebuilt notebook in a kernel of its own and judge its exercises.

    Args:
        rebuilt: what was made of a submission; it is not changed.
        sealed: in fresh namespaces; otherwise in an ordinary kernel, with the rights of whoever
        grades.
        full: run the release's demo cells too.
        judge: of this lesson and seed, where several submissions meet the same.

    Raises:
        SealingError: this machine cannot seal a kernel.
    """
    lesson = rebuilt.lesson
    if sealed and rebuilt.written:
        expect(torch=not lesson.is_numpy)
    judge = judge or Judge(lesson, seed)
    limits = limits or Limits()
    attempts = Attempts(rebuilt.notebook, lesson)
    stands = {key: attempts.stand(exercise) for key, exercise in lesson.exercises.items()}
    open_kernel = _opener(lesson, limits, sealed, judge.payloads)
    grading = _Grading(judge, rebuilt, stands, open_kernel, limits, full)
    grading.run()
    if not full and grading.needs_demos():
        given_up = grading.execution.given_up
        grading = _Grading(judge, rebuilt, stands, open_kernel, limits, True, given_up)
        grading.run()
    return grading.graded(sealed)


def _opener(
    lesson: Lesson, limits: Limits, sealed: bool, payloads: Payloads
) -> Callable[[], KernelRunner]:
    data = Course.find(lesson.source_path).data
    policy = Policy(data=data if data.is_dir() else None, torch=not lesson.is_numpy, limits=limits)

    def open_kernel() -> KernelRunner:
        kernel = SealedKernel(policy, sealed=sealed)
        kernel.start()
        return KernelRunner(kernel, limits, payloads)

    return open_kernel


class _Grading:
    """The run of one submission, and what is made of it."""

    def __init__(
        self,
        judge: Judge,
        rebuilt: Rebuilt,
        stands: dict[str, Stand],
        open_kernel: Callable[[], KernelRunner],
        limits: Limits,
        full: bool,
        given_up: GivenUp | None = None,
    ) -> None:
        self.judge = judge
        self.rebuilt = rebuilt
        self.notebook = copy.deepcopy(rebuilt.notebook)
        self._by_test = {e.test_id: e for e in judge.lesson.exercises.values()}
        self._stands = stands
        self._unwritten = judge.lesson.exercises.keys() - rebuilt.written
        wanted = {key: stands[key] for key in rebuilt.written}
        self.execution = Execution(
            judge, self.notebook, wanted, open_kernel, limits, full=full, given_up=given_up
        )

    def run(self) -> None:
        """Run cells and probes until every exercise has findings."""
        self.execution.run()

    def needs_demos(self) -> bool:
        """Something failed, and the learner's code uses what only a demo cell defines.

        Demo cells cannot change another verdict: the release's own cells do not use their names.
        """
        if all(v.status in ("passed", "not_attempted") for v in self._verdicts.values()):
            return False
        ran = [c for c in self.notebook.cells if c.cell_type == "code" and kind(c) is not Kind.DEMO]
        demos = [c for c in self.notebook.cells if kind(c) is Kind.DEMO]
        only_in_demos = _all(bound_names, demos) - _all(bound_names, ran)
        return bool(_all(used_names, self.rebuilt.cells) & only_in_demos)

    def graded(self, sealed: bool) -> Graded:
        """The notebook with the verdicts written into it."""
        verdicts = dict(self._verdicts)
        for cell in self.notebook.cells:
            exercise = self._by_test.get(grade_id(cell) or "")
            if exercise is not None:
                failure = visible_failure(self.execution.visible.get(exercise.key))
                verdict = replace(verdicts[exercise.key], visible=failure)
                verdicts[exercise.key] = verdict
                cell.outputs = verdict_outputs(verdict)
        lesson = self.judge.lesson
        result = LessonVerdict(
            lesson.id,
            self.judge.seed,
            sealed,
            verdicts,
            tuple((q.name, q.points) for q in lesson.manual),
            tuple(self._for_a_person()),
        )
        return Graded(self.notebook, result, settled=self.execution.settled)

    @cached_property
    def _verdicts(self) -> dict[str, Verdict]:
        """Of the run that has been."""
        lesson = self.judge.lesson
        verdicts: dict[str, Verdict] = {}
        for key, exercise in lesson.exercises.items():
            verdicts[key] = self._verdict(exercise, verdicts)
        return verdicts

    def _verdict(self, exercise: Exercise, earlier: dict[str, Verdict]) -> Verdict:
        key = exercise.key
        lesson = self.judge.lesson
        if key in self._unwritten:
            names, bound = exercise.names, self._whole_program.bound
            near = (misnamed(lesson, name, bound - set(names)) for name in names)
            return replace(self.judge.not_attempted(key), note=next(filter(None, near), ""))
        if refused := refusal(self.judge, exercise, self._program(exercise)):
            return refused
        if key in self.execution.lost:
            lost = self.execution.lost[key]
            status: Status = "timeout" if lost.timeout else "error"
            return self.judge.refused(key, status, f"It was stopped: {lost.reason}.")
        if key not in self.execution.findings:
            return self.judge.refused(key, "error", f"It was not run: {TOO_LONG}.")
        findings, note = explain_stops(self.execution.findings[key], self.execution.stops)
        verdict = self.judge.verdict(
            findings,
            blame=lambda: self._blame(exercise, earlier),
            wrote=lambda: self._program(exercise),
        )
        if verdict.score == verdict.max_score:
            return verdict
        stand = self._stands[key]
        said = [LATER] if stand.replaced else []
        cells = (self.notebook.cells[index] for index in sorted(stand.cells))
        said += [f"{lacks}." for cell in cells if (lacks := left_out(cell.source))]
        return replace(verdict, note=" ".join([*said, verdict.note or note]).strip())

    def _program(self, exercise: Exercise) -> Program:
        """What the learner had run when an exercise was judged. A cell of which nothing was run is
        left out."""
        ran = self.notebook.cells[: self._stands[exercise.key].behind + 1]
        ids = {cell.id for cell in ran}
        return self._whole_program.first(sum(cell.id in ids for cell in self._that_ran()))

    @cached_property
    def _whole_program(self) -> Program:
        ran = self._that_ran()
        if len(ran) == len(self.rebuilt.cells):
            return self.rebuilt.program
        return Program(cell.source for cell in ran)

    def _that_ran(self) -> list[NotebookNode]:
        ended = {self.notebook.cells[index].id for index in self.execution.given_up.skipped}
        return [cell for cell in self.rebuilt.cells if cell.id not in ended]

    def _blame(self, exercise: Exercise, earlier: dict[str, Verdict]) -> tuple[str, ...]:
        """The earlier exercises that this one calls and that failed."""
        used = self._program(exercise).reach(exercise.names).names
        return tuple(
            key
            for key, verdict in earlier.items()
            if verdict.status != "passed" and used & set(self.judge.lesson.exercises[key].names)
        )

    def _for_a_person(self) -> list[str]:
        return [said for cell in self.notebook.cells if (said := left_out(cell.source))] + [
            f"{exercise.key}: uses {', '.join(names)}, which the search for library calls "
            "cannot see through; look at it"
            for exercise in self._by_test.values()
            if exercise.key not in self._unwritten
            and (names := opaque_uses(exercise.names, self._program(exercise)))
        ]


def verdict_outputs(verdict: Verdict) -> list[NotebookNode]:
    """What a graded cell shows: a message on stdout, and the points as a plain Python float, which
    is the one form of a score that nbgrader reads without guessing."""
    lines = filter(None, (verdict.visible, explain(verdict)))
    score = NotebookNode(  # `new_output` would hold it against a schema, which takes longer
        output_type="execute_result",
        metadata=NotebookNode(),
        data=NotebookNode({"text/plain": repr(float(verdict.score))}),
        execution_count=1,
    )
    return [printed("\n".join(lines) + "\n"), score]


def visible_failure(visible: ExecutionResult | None) -> str:
    """What the first failing visible test stands for."""
    if visible is None or not visible.failed:
        return ""
    error = next((o for o in visible.outputs if o.output_type == "error"), None)
    if error is None:
        return ""
    said = str(error.evalue)[:300]
    if error.ename == "AssertionError":
        return f"A visible test fails: {said}" if said else "A visible test fails."
    return f"The visible tests end with {str(error.ename)[:80]}: {said}"


def _all(names: Callable[[str], frozenset[str]], cells: list[NotebookNode]) -> frozenset[str]:
    return frozenset().union(*(names(cell.source) for cell in cells))
