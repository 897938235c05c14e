"""A class: every submission of a lesson graded in parallel, then entered by nbgrader itself.

Workers rebuild, run and judge, and touch no database. What they return is put where nbgrader's own
autograde looks before it runs anything, so its scores are the same as without us, only sooner.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path

from autograder.course import Course, CourseError
from autograder.grading import Graded, grade_notebook
from autograder.handins import HandIn, chosen_learners, hand_ins, loose_files
from autograder.lesson import Lesson
from autograder.nbgrader_plugins.gradebook import (
    autograde,
    generate_feedback,
    refresh_gradebook,
    scores,
)
from autograder.rebuild import NotANotebook, rebuild
from autograder.results import Results, results_for
from autograder.sandbox import check_sealing
from autograder.seeds import batch_seed
from autograder.staging import stage
from autograder.verdict import LessonVerdict

Progress = Callable[[int, int, str], None]
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Entry:
    """One learner of a batch: a verdict, or why there is none; the score as the gradebook has it.

    remark: what should be known of the hand-in, though nobody has to do anything.
    command: what helps with the problem.
    """

    student: str
    verdict: LessonVerdict | None
    problem: str
    seconds: float
    score: float | None = None
    remark: str = ""
    command: str = ""


@dataclass
class BatchReport:
    """What a batch came to."""

    lesson: str
    seed: int
    entries: list[Entry] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)  # nbgrader could not enter these
    loose: list[str] = field(default_factory=list)  # in `submitted/`, and in no learner's folder
    seconds: float = 0.0

    @property
    def needs_a_person(self) -> bool:
        """Whether anything is left to do."""
        return bool(self.failed or self.loose or any(entry.problem for entry in self.entries))


@dataclass(frozen=True)
class _Task:
    root: Path
    lesson_id: str
    submission: Path
    seed: int
    sealed: bool
    full: bool


def grade_lesson(
    course: Course,
    lesson_id: str,
    *,
    student: str = "*",
    workers: int | None = None,
    force: bool = False,
    full: bool = False,
    sealed: bool = True,
    feedback: bool = True,
    progress: Progress | None = None,
) -> BatchReport:
    """Grade what learners handed in for a lesson, into the gradebook, with feedback.

    Args:
        student: an id, or `*` for all.
        workers: processes; by default as many as there are cores.
        force: draw a new seed, and grade again what was graded.
        progress: called with (done, total, student) as results arrive.

    Raises:
        CourseError: no such lesson, no submissions, or a lesson whose cells changed since it was
        released.
        SealingError: this machine cannot seal a kernel, and `sealed` was asked for.
    """
    started = time.monotonic()
    lesson = course.lesson(lesson_id)
    with stage(course, lesson) as staged:
        for hand_in in hand_ins(course, lesson, chosen_learners(course, student)):
            staged.add(hand_in)
        loose = loose_files(course) if student == "*" else []
        if staged.is_empty and not loose:
            raise CourseError(_nothing(course, lesson, student))
        if sealed:
            check_sealing()
        refresh_gradebook(course, lesson)
        seed = batch_seed(course, lesson.id, new=force)
        results = results_for(course, lesson, seed, sealed, full)
        tasks = {
            who: _Task(course.root, lesson.id, path, seed, sealed, full)
            for who, path in staged.to_grade.items()
        }
        entries = {e.student: e for e in _grade_all(tasks, lesson, results, workers, progress)}
        report = BatchReport(lesson.id, seed, loose=loose)
        if staged.paths:
            report.failed = autograde(
                course, lesson, "*", seed=seed, sealed=sealed, full=full, submitted=staged.folder
            )
    if feedback:
        _write_feedback(course, lesson, list(staged.paths), workers)
    entered = scores(course, lesson)
    for who, hand_in in staged.hand_ins.items():
        entry = entries.get(who) or _not_graded(hand_in)
        report.entries.append(replace(entry, score=entered.get(who), remark=hand_in.remark))
    report.seconds = time.monotonic() - started
    return report


def _nothing(course: Course, lesson: Lesson, student: str) -> str:
    folder = course.root / "submitted" / ("" if student == "*" else student)
    return f"nothing to grade: nothing of {lesson.id} in {folder}"


def _not_graded(hand_in: HandIn) -> Entry:
    return Entry(hand_in.student, None, hand_in.problem, 0.0, command=hand_in.command)


def _write_feedback(
    course: Course, lesson: Lesson, students: list[str], workers: int | None
) -> None:
    """Pages are made from the gradebook, which they do not change: side by side."""
    with ProcessPoolExecutor(workers or os.cpu_count(), mp_context=get_context("spawn")) as pool:
        pages = [pool.submit(feedback_page, course.root, lesson.id, who) for who in students]
        for page in pages:
            page.result()


def feedback_page(root: Path, lesson_id: str, student: str) -> None:
    """One learner's feedback, in a worker."""
    course = Course(root)
    generate_feedback(course, course.lesson(lesson_id), student)


def _grade_all(
    tasks: dict[str, _Task],
    lesson: Lesson,
    results: Results,
    workers: int | None,
    progress: Progress | None,
) -> Iterator[Entry]:
    for name in THREADS:
        os.environ.setdefault(name, "1")
    done, again = 0, []
    with ProcessPoolExecutor(workers or os.cpu_count(), mp_context=get_context("spawn")) as pool:
        futures: dict[Future[tuple[Graded | None, str, float]], str] = {
            pool.submit(grade_submission, task): who for who, task in tasks.items()
        }
        for future in as_completed(futures):
            who = futures[future]
            graded, problem, seconds = _outcome(future)
            if graded is not None and not graded.settled:
                again.append(who)
                continue
            done += 1
            yield _entry(who, tasks[who], lesson, results, graded, problem, seconds)
            if progress:
                progress(done, len(tasks), who)
        for who in again:  # alone: a clock that ran out among others may not run out here
            graded, problem, seconds = _outcome(pool.submit(grade_submission, tasks[who]))
            done += 1
            yield _entry(who, tasks[who], lesson, results, graded, problem, seconds)
            if progress:
                progress(done, len(tasks), who)


def _outcome(future: Future[tuple[Graded | None, str, float]]) -> tuple[Graded | None, str, float]:
    try:
        return future.result()
    except BrokenExecutor:
        return None, "the process that graded it was ended from outside", 0.0


def _entry(
    who: str,
    task: _Task,
    lesson: Lesson,
    results: Results,
    graded: Graded | None,
    problem: str,
    seconds: float,
) -> Entry:
    if graded is None:
        return Entry(who, None, problem, seconds)
    results.store(rebuild(task.submission, lesson).notebook, graded)
    return Entry(who, graded.verdict, problem, seconds)


def grade_submission(task: _Task) -> tuple[Graded | None, str, float]:
    """One submission, in a worker: what was kept, or a new result; or why there is none.

    Whatever goes wrong with one submission is said of that one, and the batch goes on.
    """
    started = time.monotonic()
    graded, problem = None, ""
    try:
        graded = _graded(task)
    except NotANotebook as error:
        problem = str(error)
    except Exception as error:  # noqa: BLE001 (an error of ours must not stop the batch)
        problem = f"the grader failed on it: {type(error).__name__}: {error}"
    return graded, problem, time.monotonic() - started


def _graded(task: _Task) -> Graded:
    course = Course(task.root)
    lesson = course.lesson(task.lesson_id)
    rebuilt = rebuild(task.submission, lesson).notebook
    results = results_for(course, lesson, task.seed, task.sealed, task.full)
    return results.lookup(rebuilt) or grade_notebook(
        rebuilt, lesson, seed=task.seed, sealed=task.sealed, full=task.full
    )
