"""A class: every submission of a lesson graded in parallel, then entered by nbgrader itself.

Workers rebuild, run and judge, and touch no database. What they return is put where nbgrader's own
autograde looks before it runs anything, so its scores are the same as without us, only sooner.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from autograder.course import Course, CourseError
from autograder.grading import Graded, grade_notebook
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
from autograder.verdict import LessonVerdict

Progress = Callable[[int, int, str], None]
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Entry:
    """One submission of a batch: a verdict, or why there is none; the score as the gradebook has
    it."""

    student: str
    verdict: LessonVerdict | None
    problem: str
    seconds: float
    score: float | None = None


@dataclass
class BatchReport:
    """What a batch came to."""

    lesson: str
    seed: int
    entries: list[Entry] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)  # nbgrader could not enter these
    seconds: float = 0.0


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
    """Grade everything in `submitted/<student>/<lesson>/`, into the gradebook, with feedback.

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
    submissions = dict(find_submissions(course, lesson, student))
    if not submissions:
        raise CourseError(
            f"nothing to grade: no submitted/{student}/{lesson.id}/{lesson.slug}.ipynb "
            f"in {course.root}"
        )
    if sealed:
        check_sealing()
    refresh_gradebook(course, lesson)
    seed = batch_seed(course, lesson.id, new=force)
    results = results_for(course, lesson, seed, sealed, full)
    tasks = {
        who: _Task(course.root, lesson.id, path, seed, sealed, full)
        for who, path in submissions.items()
    }
    entries = {e.student: e for e in _grade_all(tasks, lesson, results, workers, progress)}
    report = BatchReport(lesson.id, seed)
    report.failed = autograde(course, lesson, student, seed=seed, sealed=sealed, full=full)
    if feedback:
        _write_feedback(course, lesson, submissions, workers)
    entered = scores(course, lesson)
    for who in sorted(entries):
        entry = entries[who]
        report.entries.append(
            Entry(who, entry.verdict, entry.problem, entry.seconds, entered.get(who))
        )
    report.seconds = time.monotonic() - started
    return report


def _write_feedback(
    course: Course, lesson: Lesson, submissions: dict[str, Path], workers: int | None
) -> None:
    """Pages are made from the gradebook, which they do not change: side by side."""
    with ProcessPoolExecutor(workers or os.cpu_count(), mp_context=get_context("spawn")) as pool:
        pages = [pool.submit(feedback_page, course.root, lesson.id, who) for who in submissions]
        for page in pages:
            page.result()


def feedback_page(root: Path, lesson_id: str, student: str) -> None:
    """One learner's feedback, in a worker."""
    course = Course(root)
    generate_feedback(course, course.lesson(lesson_id), student)


def find_submissions(course: Course, lesson: Lesson, student: str) -> Iterator[tuple[str, Path]]:
    """The learners who handed in a lesson, and the notebooks' paths (which may be anything)."""
    if "/" in student or student in ("", ".", ".."):
        raise CourseError(f"not a learner's id: {student!r}")
    for folder in sorted((course.root / "submitted").glob(f"{student}/{lesson.id}")):
        path = folder / f"{lesson.slug}.ipynb"
        if path.exists():
            yield folder.parent.name, path


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
