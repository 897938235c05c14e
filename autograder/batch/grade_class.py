"""A class: every submission of a lesson graded in parallel, then entered by nbgrader itself.

Workers rebuild, run and judge, and touch no database. What they return is put where nbgrader's own
autograde looks before it runs anything, so its scores are the same as without us, only sooner.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from autograder.batch.dask_workers import DaskWorkers
from autograder.batch.full_disk import refuse_full_disk, told_once
from autograder.batch.gradebook import autograde, generate_feedback, refresh_gradebook, scores
from autograder.batch.local_workers import LocalWorkers
from autograder.batch.task import Outcome, Task, Tasks, grade_submission
from autograder.batch.unchanged import ENTRY, PAGE, Unchanged
from autograder.batch.workers import Lost, Workers, in_workers
from autograder.course.course import Course, CourseError
from autograder.course.lesson import Lesson
from autograder.course.needs import require
from autograder.grading.batch_seeds import feedback_is_written, seeds_of
from autograder.grading.cache import Cache
from autograder.handins import chosen_learners, hand_ins, loose_files
from autograder.handins.staging import Stage, stage
from autograder.handins.timestamps import UnreadableTimestamp, read_timestamp
from autograder.judging.verdict import LessonVerdict
from autograder.sandbox import adopt, require_sealing, warm_up
from autograder.sandbox.launcher.warm import WITH_TORCH

# What a worker needs, the reference of a lesson included.
IMPORTS = ("autograder.batch.task", "autograder.course.release", "matplotlib.pyplot")

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Entry:
    """One learner of a batch: a verdict, or why there is none; the score as the gradebook has it,
    None if it has none.

    problem: what a person has to look at.
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
    entries: list[Entry] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)  # whom nbgrader could not enter, and why
    loose: list[str] = field(default_factory=list)  # in `submitted/`, and in no learner's folder
    unchanged: int = 0  # learners whose entry is that of an earlier batch
    seconds: float = 0.0

    @property
    def seeds(self) -> list[int]:
        """Those of the verdicts."""
        return list(dict.fromkeys(e.verdict.seed for e in self.entries if e.verdict))

    @property
    def needs_a_person(self) -> bool:
        """Whether anything is left to do."""
        return bool(self.failed or self.loose or any(entry.problem for entry in self.entries))


@contextlib.contextmanager
def _what_is_there_stays() -> Iterator[None]:
    """The libraries' objects are not looked through for garbage again and again."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@told_once()
@_what_is_there_stays()
def grade_lesson(
    course: Course,
    lesson_id: str,
    *,
    student: str = "*",
    workers: int | None = None,
    scheduler: str | None = None,
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
        scheduler: the address of a dask scheduler, whose workers are used instead.
        force: draw a new seed, and grade again what was graded.
        progress: called with (done, total, student) as results arrive.

    Raises:
        CourseError: no such lesson, no submissions, a package that the lesson needs is missing, the
        lesson's cells changed since it was released, a worker has another version of the course,
        the scheduler does not answer any more, or the disk is full.
        SealingError: this machine cannot seal a kernel, and `sealed` was asked for.
    """
    started = time.monotonic()
    lesson = course.lesson(lesson_id)
    require(lesson)  # before anything is written: nobody gets 0 points for what nobody looked at
    with stage(course, lesson) as staged:
        for hand_in in hand_ins(course, lesson, chosen_learners(course, student)):
            staged.add(hand_in)
        loose = loose_files(course) if student == "*" else []
        if staged.is_empty and not loose:
            raise CourseError(_nothing(course, lesson, student))
        if sealed:
            require_sealing()
        refresh_gradebook(course, lesson)
        seeds = _seeds(course, lesson, staged, new=force)
        cache = Cache(course, lesson, sealed=sealed, full=full)
        like = Task(course.root, lesson.id, "", b"", 0, cache.version, sealed, full)
        tasks = Tasks(like, staged.to_grade, seeds)
        them = functools.partial(_workers, lesson, workers, scheduler, sealed=sealed)
        outcomes = dict(_grade_all(tasks, cache, them, progress))
        report = BatchReport(lesson.id, loose=loose)
        unchanged = Unchanged(course, lesson, cache)
        as_they_are = _as_they_are(unchanged, staged, outcomes)
        to_enter = sorted(staged.paths.keys() - as_they_are)
        report.unchanged = len(as_they_are)
        report.failed = autograde(
            course,
            lesson,
            to_enter,
            submitted=staged.folder,
            refused={who: outcome.problem for who, outcome in outcomes.items() if outcome.broken},
            sealed=sealed,
            full=full,
            cache=cache,
        )
        unchanged.made(ENTRY, [who for who in to_enter if who not in report.failed])
        refuse_full_disk(course, report.failed, "entered")
        clocks = _unread_timestamps(staged)
    entered = sorted(staged.paths.keys() - report.failed.keys())
    unwritten = _write_feedback(course, lesson, entered, unchanged) if feedback else {}
    refuse_full_disk(course, unwritten, "given feedback")
    in_gradebook = scores(course, lesson)
    for who, hand_in in staged.hand_ins.items():
        outcome = outcomes.get(who)
        problem = hand_in.problem if outcome is None else outcome.problem
        if who in report.failed:
            problem = f"not in the gradebook: {report.failed[who]}"
        pages = f"no feedback was written: {unwritten[who]}" if who in unwritten else ""
        entry = Entry(
            who,
            outcome.verdict if outcome else None,
            "; ".join(filter(None, (problem, pages, clocks.get(who, "")))),
            outcome.seconds if outcome else 0.0,
            None if who in report.failed else in_gradebook.get(who),
            hand_in.remark,
            hand_in.command,
        )
        report.entries.append(entry)
    report.seconds = time.monotonic() - started
    return report


def _nothing(course: Course, lesson: Lesson, student: str) -> str:
    folder = course.root / "submitted" / ("" if student == "*" else student)
    return f"nothing to grade: nothing of {lesson.id} in {folder}"


def _seeds(course: Course, lesson: Lesson, staged: Stage, *, new: bool) -> dict[str, int]:
    """Of each learner with a notebook."""
    digests = {who: staged.hand_ins[who].digest for who in staged.to_grade}
    return seeds_of(course, lesson.id, digests, new=new)


def _as_they_are(unchanged: Unchanged, staged: Stage, outcomes: Mapping[str, Outcome]) -> set[str]:
    """Those who were graded before, and whose entry would come to what it is."""
    keys = {who: outcome.key for who, outcome in outcomes.items() if outcome.key}
    folders = {who: path.parent for who, path in staged.paths.items()}
    return {who for who in unchanged.entries(keys, folders) if outcomes[who].kept}


def _unread_timestamps(staged: Stage) -> dict[str, str]:
    """What is wrong with the timestamps that cannot be read for certain."""
    said: dict[str, str] = {}
    for who, path in staged.paths.items():
        try:
            read_timestamp(path.parent)
        except UnreadableTimestamp as error:
            said[who] = str(error)
    return said


def _write_feedback(
    course: Course, lesson: Lesson, learners: Collection[str], unchanged: Unchanged
) -> dict[str, str]:
    """Pages are made from the gradebook, which they do not change. Returns who got none, and
    why."""
    feedback_is_written(course, lesson.id, learners)
    to_write = sorted(set(learners) - unchanged.pages(learners))
    unwritten = generate_feedback(course, lesson, to_write)
    unchanged.made(PAGE, [who for who in to_write if who not in unwritten])
    return unwritten


def _grade_all(
    tasks: Tasks, cache: Cache, workers: Callable[[], Workers], progress: Progress | None
) -> Iterator[tuple[str, Outcome]]:
    done, names = 0, {who: _name(tasks, who, cache) for who in tasks}

    def settle(who: str, outcome: Outcome) -> tuple[str, Outcome]:
        nonlocal done
        done += 1
        if progress:
            progress(done, len(tasks), who)
        # Without the notebook: of a large class, all of them do not fit into memory.
        verdict, on_disk = None, False
        if outcome.graded is not None:
            verdict, on_disk = outcome.graded.verdict, outcome.graded.settled
        key = outcome.key if on_disk else ""
        return who, replace(outcome, graded=None, verdict=verdict, key=key)

    def keep(who: str, outcome: Outcome) -> tuple[str, Outcome]:
        if outcome.graded is not None:
            put = cache.hold if outcome.kept else cache.put
            put(outcome.key, outcome.graded, names[who])
        return settle(who, outcome)

    new: list[str] = []
    for who, name in names.items():
        if not name:
            yield settle(who, Outcome(problem="its notebook cannot be read", broken=True))
        elif kept := cache.recall(name):
            yield settle(who, Outcome(kept[1], key=kept[0], kept=True))
        else:
            new.append(who)
    if not new:
        return  # nobody handed in anything new: no worker has to be started
    again: list[str] = []
    chosen = workers()
    for who, outcome in _outcomes(tasks.of(new), chosen):
        if outcome.graded is not None and not outcome.graded.settled:
            again.append(who)
        else:
            yield keep(who, outcome)
    # Alone: a clock that ran out among others may not run out here.
    for who, outcome in _outcomes(tasks.of(again), chosen.alone()):
        yield keep(who, outcome)


def _name(tasks: Tasks, who: str, cache: Cache) -> str:
    """What the cache calls a file as it was handed in; one that cannot be read has no name."""
    try:
        task = tasks[who]
    except OSError:
        return ""
    return cache.name(task.content, task.seed)


def _outcomes(tasks: Mapping[str, Task], workers: Workers) -> Iterator[tuple[str, Outcome]]:
    """Raises: CourseError: a worker has another version of the course, or none."""
    with contextlib.closing(in_workers(grade_submission, tasks, workers)) as answers:
        for who, answer in answers:
            if isinstance(answer, Lost):
                yield who, Outcome(problem=answer.reason, broken=True)
            elif answer.stranger:
                raise CourseError(answer.stranger)
            else:
                yield who, answer


def _workers(lesson: Lesson, number: int | None, scheduler: str | None, *, sealed: bool) -> Workers:
    if scheduler is not None:
        return DaskWorkers(scheduler, lesson.id)
    if not sealed:
        return LocalWorkers(number, imports=IMPORTS)
    # All workers fork their kernels from one process, which starts while they do.
    torch = not lesson.is_numpy
    parent = functools.partial(adopt, {torch: warm_up(torch=torch)})
    return LocalWorkers(number, parent, (*IMPORTS, *(WITH_TORCH if torch else ())))
