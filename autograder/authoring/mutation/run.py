"""All mutants of a lesson, tried side by side, and held against what its author explained."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from multiprocessing import get_context
from pathlib import Path

from autograder.authoring.mutation.errors import UnstableReference
from autograder.authoring.mutation.mutants import Mutant, mutants_of
from autograder.authoring.mutation.survivors import Explained, read_survivors
from autograder.authoring.mutation.trial import Outcome, Trials
from autograder.batch.local_workers import THREADS
from autograder.course.hidden_tests import look_in, search_path
from autograder.course.lesson import Lesson
from autograder.course.reference import exercise_source

Progress = Callable[[int, int, str], None]


@dataclass
class MutationReport:
    """What became of the mutants of a lesson."""

    lesson: Lesson
    tried: list[tuple[Mutant, Outcome]] = field(default_factory=list)
    declared: list[Explained] = field(default_factory=list)
    seconds: float = 0.0

    @cached_property
    def survivors(self) -> list[Mutant]:
        """The mutants that no probe saw."""
        return [mutant for mutant, outcome in self.tried if not outcome.caught_by]

    @cached_property
    def unexplained(self) -> list[Mutant]:
        """Survivors of which nobody has said why."""
        return [m for m in self.survivors if not any(e.fits(m) for e in self.declared)]

    @cached_property
    def stale(self) -> list[tuple[Explained, str]]:
        """Explanations that explain nothing any more, and why not."""
        found = []
        for explained in self.declared:
            fitting = [m for m, _ in self.tried if explained.fits(m)]
            if not fitting:
                found.append((explained, "is no mutant of the reference"))
            elif not any(explained.fits(m) for m in self.survivors):
                found.append((explained, "is caught"))
        return found

    @property
    def fine(self) -> bool:
        """Whether nothing is left to mend or to explain."""
        return not self.unexplained and not self.stale


def mutate_lesson(
    lesson: Lesson,
    exercises: Sequence[str] = (),
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> MutationReport:
    """Try every mutant of a lesson, or of some of its exercises.

    Args:
        workers: processes; by default one for each core.
        progress: called with (done, total, exercise) as results arrive.

    Raises:
        SurvivorsError: the lesson's `survivors.toml` cannot be read.
        UnstableReference: an exercise's reference differs from itself.
    """
    started = time.monotonic()
    keys = [k for k, e in lesson.exercises.items() if not e.is_prediction]
    keys = [key for key in keys if not exercises or key in exercises]
    declared = [e for e in read_survivors(lesson) if e.exercise in keys]
    mutants = [mutant for key in keys for mutant in mutants_of(lesson, key)]
    tried = _try_all(lesson, keys, mutants, workers, progress)
    return MutationReport(lesson, tried, declared, time.monotonic() - started)


def _try_all(
    lesson: Lesson,
    keys: list[str],
    mutants: list[Mutant],
    workers: int | None,
    progress: Progress | None,
) -> list[tuple[Mutant, Outcome]]:
    for name in THREADS:
        os.environ.setdefault(name, "1")
    attempt = partial(_attempt, lesson.source_path, search_path())
    with ProcessPoolExecutor(workers or os.cpu_count(), get_context("spawn")) as pool:
        same = {key: pool.submit(attempt, key, exercise_source(lesson, key)) for key in keys}
        futures = {pool.submit(attempt, m.exercise, m.source): m for m in mutants}
        try:
            for key, control in same.items():
                if seen := control.result().caught_by:
                    raise UnstableReference(f"{key}: the reference differs from itself in {seen}")
            for done, future in enumerate(as_completed(futures), 1):
                future.result()
                if progress:
                    progress(done, len(futures), futures[future].exercise)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
        return [(mutant, future.result()) for future, mutant in futures.items()]


def _attempt(source: Path, hidden: tuple[str, ...], exercise: str, program: str) -> Outcome:
    return _trials(source, hidden).attempt(exercise, program)


@lru_cache(maxsize=1)
def _trials(source: Path, hidden: tuple[str, ...]) -> Trials:
    """A worker sees the hidden packages that the process which started it sees."""
    look_in(hidden)
    return Trials(Lesson.read(source))
