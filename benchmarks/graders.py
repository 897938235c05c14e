"""Two graders and their folders: ours as `autograder grade`, and nbgrader as it comes."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import nbformat
from nbgrader.api import Gradebook

import autograder
from autograder.batch.local_workers import THREADS
from autograder.course.course import Course
from autograder.course.lesson import Lesson
from autograder.demo.students import as_bytes
from benchmarks.cost import CommandFailed, Cost, cost_of
from benchmarks.in_kernel import plain_source
from benchmarks.learners import BLANK, SOLVED, Learner

PLAIN_CONFIG = 'get_config().CourseDirectory.course_id = "plain"\n'


class Grader(Protocol):
    """One of the two: how its course folder is made, and what it runs there."""

    @property
    def name(self) -> str:
        """How tables and errors call it."""

    def make_course(self, course: Course, lesson: Lesson, folder: Path) -> None:
        """Everything that a course has before anyone hands in."""

    def commands(self, lesson: Lesson, *, feedback: bool) -> list[list[str]]:
        """What grades a class that has handed in: scores in the gradebook, and pages if asked."""


@dataclass(frozen=True)
class Ours:
    """`autograder grade`, with as many workers as it takes by itself."""

    name: str = "autograder"

    def make_course(self, course: Course, lesson: Lesson, folder: Path) -> None:
        """Sources, data and the configuration, as `autograder demo` has them."""
        beside = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(course.solutions, folder / "solutions", ignore=beside)
        shutil.copy(course.root / "nbgrader_config.py", folder)

    def commands(self, lesson: Lesson, *, feedback: bool) -> list[list[str]]:
        """One: it enters scores and writes pages."""
        if feedback:
            return [[sys.executable, "-m", "autograder", "grade", lesson.id]]
        return [[sys.executable, "-m", "benchmarks.graders", lesson.id]]


@dataclass(frozen=True)
class Plain:
    """nbgrader with its own preprocessors, and hidden tests that it can score by itself."""

    name: str = "nbgrader"

    def make_course(self, course: Course, lesson: Lesson, folder: Path) -> None:
        """A source, released by nbgrader, which enters it into the gradebook; that is not timed."""
        place = folder / "source" / lesson.id
        place.mkdir(parents=True)
        nbformat.write(plain_source(lesson), place / f"{lesson.slug}.ipynb")
        (folder / "nbgrader_config.py").write_text(PLAIN_CONFIG)
        cost_of([*NBGRADER, "generate_assignment", lesson.id], folder, environment())

    def commands(self, lesson: Lesson, *, feedback: bool) -> list[list[str]]:
        """Two, the second for the pages."""
        steps = ["autograde", "generate_feedback"] if feedback else ["autograde"]
        return [[*NBGRADER, step, lesson.id] for step in steps]


NBGRADER = (sys.executable, "-m", "nbgrader")


class HandedIn:
    """A class that has handed in, in a folder of its own, and is about to be graded."""

    def __init__(
        self, grader: Grader, course: Course, lesson: Lesson, learners: Iterable[Learner], at: Path
    ) -> None:
        self._grader, self._lesson, self._folder = grader, lesson, at
        self.learners = list(learners)
        shutil.copytree(course.data, at / "data")
        grader.make_course(course, lesson, at)
        for learner in self.learners:
            place = at / "submitted" / learner.name / lesson.id
            place.mkdir(parents=True)
            (place / f"{lesson.slug}.ipynb").write_bytes(as_bytes(learner.notebook))

    def grade(self, *, feedback: bool = True) -> Cost:
        """What all commands cost together.

        Raises:
            CommandFailed: one failed, or somebody got what they should not.
        """
        commands = self._grader.commands(self._lesson, feedback=feedback)
        costs = [cost_of(command, self._folder, environment()) for command in commands]
        self._hold_against(self.scores())
        if feedback:
            self._look_for_pages()
        return Cost(sum(cost.wall for cost in costs), sum(cost.cpu for cost in costs))

    def lose_gradebook(self) -> None:
        """As if everything that was entered and written were gone; results are still kept."""
        (self._folder / "gradebook.db").unlink()
        for name in ("autograded", "feedback"):
            shutil.rmtree(self._folder / name)

    def scores(self) -> dict[str, float]:
        """What the gradebook has for each learner."""
        with Gradebook(f"sqlite:///{self._folder / 'gradebook.db'}") as gradebook:
            submissions = gradebook.assignment_submissions(self._lesson.id)
            return {submission.student.id: float(submission.score) for submission in submissions}

    def _hold_against(self, scores: dict[str, float]) -> None:
        """A grader that leaves work out has no time worth telling."""
        full = sum(exercise.points for exercise in self._lesson.exercises.values())
        for learner in self.learners:
            got = scores.get(learner.name)
            fine = {SOLVED: got == full, BLANK: got == 0.0}
            if got is None or not fine.get(learner.kind, 0.0 < got < full):
                raise CommandFailed(f"{self._grader.name} gave {learner.name} {got} of {full:g}")

    def _look_for_pages(self) -> None:
        for learner in self.learners:
            name = f"{self._lesson.slug}.html"
            if not (self._folder / "feedback" / learner.name / self._lesson.id / name).is_file():
                raise CommandFailed(f"{self._grader.name} wrote no feedback for {learner.name}")


@contextmanager
def handed_in(
    grader: Grader, course: Course, lesson: Lesson, learners: Iterable[Learner]
) -> Iterator[HandedIn]:
    """A class that nobody has graded, in a folder that is gone afterwards."""
    with TemporaryDirectory(prefix="descent-bench-") as name:
        yield HandedIn(grader, course, lesson, learners, Path(name).resolve())


def environment() -> dict[str, str]:
    """That of both graders: one thread for mathematics, and the programs that nbgrader starts."""
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    root = str(Path(autograder.__file__).resolve().parents[1])
    return {**os.environ, **dict.fromkeys(THREADS, "1"), "PATH": beside, "PYTHONPATH": root}


def _grade_without_feedback(lesson_id: str) -> None:
    from autograder.batch.grade_class import grade_lesson

    report = grade_lesson(Course.find(), lesson_id, feedback=False)
    sys.exit(1 if report.needs_a_person else 0)


if __name__ == "__main__":
    _grade_without_feedback(sys.argv[1])
