"""One submission as work: all that a worker has to be told, and what it answers.

A worker may be another machine. What was handed in travels with the task; the course does not. It
is found under the same path (a file system that both see), else where `DESCENT_COURSE` says on the
worker; and it has to be the same version, or nothing is graded there.
"""

from __future__ import annotations

import functools
import os
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.course.course import Course, CourseError
from autograder.course.lesson import Lesson
from autograder.grading.cache import Cache
from autograder.grading.dependencies import differences
from autograder.grading.grade import Graded, grade_notebook
from autograder.judging.judge import Judge
from autograder.judging.verdict import LessonVerdict
from autograder.submission.rebuild import NotANotebook, rebuild

ELSEWHERE = "DESCENT_COURSE"


@dataclass(frozen=True)
class Task:
    """One submission.

    root: of the course, where the batch was begun.
    content: the bytes of the notebook that was handed in.
    version: of whoever began the batch; a worker of another grades nothing.
    """

    root: Path
    lesson_id: str
    student: str
    content: bytes
    seed: int
    version: Mapping[str, str]
    sealed: bool
    full: bool


class Tasks(Mapping[str, Task]):
    """The tasks of a batch, by learner. A notebook is read when its task is asked for: a class has
    more of them than memory should hold."""

    def __init__(self, like: Task, paths: Mapping[str, Path], seeds: Mapping[str, int]) -> None:
        self._like, self._paths, self._seeds = like, paths, seeds

    def of(self, students: Iterable[str]) -> Tasks:
        """Some of them."""
        return Tasks(self._like, {who: self._paths[who] for who in students}, self._seeds)

    def __getitem__(self, student: str) -> Task:
        content = self._paths[student].read_bytes()
        return replace(self._like, student=student, content=content, seed=self._seeds[student])

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


@dataclass(frozen=True)
class Outcome:
    """What became of one submission in a worker; `broken` if that was not the learner's doing.

    key: the cache's; once the result was kept, that of where it is on disk, if it is.
    verdict: what stays of a result, once that was kept.
    kept: whether the result was read from what the course has kept.
    stranger: why nothing can be graded by this worker, if so.
    """

    graded: Graded | None = None
    problem: str = ""
    seconds: float = 0.0
    broken: bool = False
    key: str = ""
    verdict: LessonVerdict | None = None
    kept: bool = False
    stranger: str = ""


class Stranger(Exception):
    """A worker has no such course, or another version of it."""


def grade_submission(task: Task) -> Outcome:
    """One submission, in a worker: what was kept, or a new result; or why there is none.

    Whatever goes wrong with one submission is said of that one, and the batch goes on.
    """
    started = time.monotonic()
    try:
        outcome = _graded(task)
    except Stranger as error:
        outcome = Outcome(stranger=str(error), broken=True)
    except NotANotebook as error:
        outcome = Outcome(problem=str(error))
    except Exception as error:  # noqa: BLE001 (an error of ours must not stop the batch)
        said = f"the grader failed on it: {type(error).__name__}: {error}"
        outcome = Outcome(problem=said, broken=True)
    return replace(outcome, seconds=time.monotonic() - started)


def _graded(task: Task) -> Outcome:
    course, lesson = _course(task)
    cache = Cache(course, lesson, sealed=task.sealed, full=task.full)
    if different := differences(task.version, cache.version):
        raise Stranger(f"{_place(course)} is another version: {different}")
    rebuilt = rebuild(task.content, lesson)
    key = cache.key(rebuilt, task.seed)
    if kept := cache.get(key):
        return Outcome(kept, key=key, kept=True)
    graded = grade_notebook(
        rebuilt,
        seed=task.seed,
        sealed=task.sealed,
        full=task.full,
        judge=_judge(lesson, task.seed),
    )
    return Outcome(graded, key=key)


def _course(task: Task) -> tuple[Course, Lesson]:
    """The course as this machine has it."""
    other = os.environ.get(ELSEWHERE)
    course = Course(task.root)
    if other and not course.solutions.is_dir():
        course = Course(Path(other))
    try:
        return course, course.lesson(task.lesson_id)
    except CourseError as error:
        raise Stranger(
            f"{_place(course)} is not the course ({error}); "
            f"have the course's folder there under the same path, or say in {ELSEWHERE} where it is"
        ) from error


def _place(course: Course) -> str:
    return f"{course.root} on {socket.gethostname()}"


@functools.lru_cache(maxsize=2)
def _judge(lesson: Lesson, seed: int) -> Judge:
    """What the reference does, once for all submissions that a worker grades."""
    return Judge(lesson, seed)
