"""A class: every submission of a lesson graded in parallel, then entered by nbgrader itself.

Workers rebuild, run and judge, and touch no database. What they return is put where nbgrader's own
autograde looks before it runs anything, so its scores are the same as without us, only sooner.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.batch_seeds import batch_seed, feedback_is_written, seeds_of
from autograder.course import Course, CourseError
from autograder.grading import Graded, grade_notebook
from autograder.lesson import Lesson
from autograder.nbgrader_plugins.gradebook import (
    autograde,
    generate_feedback,
    refresh_gradebook,
    scores,
)
from autograder.rebuild import NotANotebook, read_notebook, rebuild
from autograder.results import Results, results_for
from autograder.sandbox import check_sealing
from autograder.timestamps import UnreadableTimestamp, read_timestamp
from autograder.verdict import LessonVerdict
from autograder.workers import ENDED, in_workers

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Entry:
    """One submission of a batch: a verdict, or why there is none; the score as the gradebook has
    it, None if it has none; and what a person has to look at."""

    student: str
    verdict: LessonVerdict | None
    problem: str
    seconds: float
    score: float | None = None


@dataclass
class BatchReport:
    """What a batch came to."""

    lesson: str
    entries: list[Entry] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)  # whom nbgrader could not enter, and why
    seconds: float = 0.0

    @property
    def seeds(self) -> list[int]:
        """Those of the verdicts."""
        return list(dict.fromkeys(e.verdict.seed for e in self.entries if e.verdict))


@dataclass(frozen=True)
class _Task:
    root: Path
    lesson_id: str
    submission: Path
    seed: int
    sealed: bool
    full: bool


@dataclass(frozen=True)
class Outcome:
    """What became of one submission in a worker; `broken` if that was not the learner's doing."""

    graded: Graded | None = None
    problem: str = ""
    seconds: float = 0.0
    broken: bool = False


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
    seeds = _seeds(course, lesson, submissions, new=force)
    tasks = {
        who: _Task(course.root, lesson.id, path, seeds[who], sealed, full)
        for who, path in submissions.items()
    }
    results = results_for(course, lesson, sealed, full)
    outcomes = dict(_grade_all(tasks, lesson, results, workers, progress))
    report = BatchReport(lesson.id)
    report.failed = autograde(
        course,
        lesson,
        sorted(submissions),
        refused={who: outcome.problem for who, outcome in outcomes.items() if outcome.broken},
        sealed=sealed,
        full=full,
    )
    entered = sorted(submissions.keys() - report.failed.keys())
    unwritten = _write_feedback(course, lesson, entered, workers) if feedback else {}
    in_gradebook = scores(course, lesson)
    for who, outcome in sorted(outcomes.items()):
        verdict = outcome.graded.verdict if outcome.graded else None
        entry = Entry(who, verdict, outcome.problem, outcome.seconds)
        entry = replace(entry, problem=_problems(course, lesson, entry, report.failed, unwritten))
        if who in entered:
            entry = replace(entry, score=in_gradebook.get(who))
        report.entries.append(entry)
    report.seconds = time.monotonic() - started
    return report


def _seeds(
    course: Course, lesson: Lesson, submissions: dict[str, Path], *, new: bool
) -> dict[str, int]:
    """Each learner's seed; of what cannot be read, the one that it would have."""
    handed_in: dict[str, str] = {}
    for who, path in submissions.items():
        with contextlib.suppress(NotANotebook):
            handed_in[who] = read_notebook(path).digest
    seeds = seeds_of(course, lesson.id, handed_in, new=new)
    return dict.fromkeys(submissions, batch_seed(course, lesson.id)) | seeds


def _problems(
    course: Course,
    lesson: Lesson,
    entry: Entry,
    failed: dict[str, str],
    unwritten: dict[str, str],
) -> str:
    """What a person has to look at."""
    who, problems = entry.student, [entry.problem]
    if who in failed:
        problems = [f"not in the gradebook: {failed[who]}"]
    if who in unwritten:
        problems.append(f"no feedback was written: {unwritten[who]}")
    try:
        read_timestamp(course.root / "submitted" / who / lesson.id)
    except UnreadableTimestamp as error:
        problems.append(str(error))
    return "; ".join(filter(None, problems))


def _write_feedback(
    course: Course, lesson: Lesson, learners: Collection[str], workers: int | None
) -> dict[str, str]:
    """Pages are made from the gradebook, which they do not change: side by side. Returns who got
    none, and why."""
    feedback_is_written(course, lesson.id, learners)
    tasks = {who: (course.root, lesson.id, who) for who in learners}
    said = {
        who: ENDED if why is None else why for who, why in in_workers(feedback_page, tasks, workers)
    }
    return {who: why for who, why in said.items() if why}


def feedback_page(task: tuple[Path, str, str]) -> str:
    """One learner's feedback, in a worker; why there is none, or nothing."""
    root, lesson_id, student = task
    course = Course(root)
    try:
        failed = generate_feedback(course, course.lesson(lesson_id), [student])
    except Exception as error:  # noqa: BLE001 (an error of ours must not stop the batch)
        return f"{type(error).__name__}: {error}"
    return failed.get(student, "")


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
) -> Iterator[tuple[str, Outcome]]:
    done, again = 0, dict[str, _Task]()

    def settle(who: str, outcome: Outcome) -> tuple[str, Outcome]:
        nonlocal done
        done += 1
        if outcome.graded is not None:
            results.store(rebuild(tasks[who].submission, lesson).notebook, outcome.graded)
        if progress:
            progress(done, len(tasks), who)
        return who, outcome

    for who, result in in_workers(grade_submission, tasks, workers):
        outcome = result or Outcome(problem=ENDED, broken=True)
        if outcome.graded is not None and not outcome.graded.settled:
            again[who] = tasks[who]
        else:
            yield settle(who, outcome)
    # Alone: a clock that ran out among others may not run out here.
    for who, result in in_workers(grade_submission, again, 1):
        yield settle(who, result or Outcome(problem=ENDED, broken=True))


def grade_submission(task: _Task) -> Outcome:
    """One submission, in a worker: what was kept, or a new result; or why there is none.

    Whatever goes wrong with one submission is said of that one, and the batch goes on.
    """
    started = time.monotonic()
    try:
        outcome = Outcome(_graded(task))
    except NotANotebook as error:
        outcome = Outcome(problem=str(error))
    except Exception as error:  # noqa: BLE001 (an error of ours must not stop the batch)
        said = f"the grader failed on it: {type(error).__name__}: {error}"
        outcome = Outcome(problem=said, broken=True)
    return replace(outcome, seconds=time.monotonic() - started)


def _graded(task: _Task) -> Graded:
    course = Course(task.root)
    lesson = course.lesson(task.lesson_id)
    rebuilt = rebuild(task.submission, lesson).notebook
    results = results_for(course, lesson, task.sealed, task.full)
    return results.lookup(rebuilt, task.seed) or grade_notebook(
        rebuilt, lesson, seed=task.seed, sealed=task.sealed, full=task.full
    )
