"""nbgrader's own steps, called from Python: assignment, autograde, feedback, scores."""

from __future__ import annotations

import os
import re
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.course import Course, CourseError
from autograder.lesson import Lesson

FAILED = re.compile(r"error processing assignment '[^']*' for student '([^']*)'")


def course_config(course: Course) -> Config:
    """What `nbgrader_config.py` says, for the course in this folder and no other."""
    _find_alembic()
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config()
    config.CourseDirectory.root = str(course.root)
    return config


def refresh_gradebook(course: Course, lesson: Lesson) -> None:
    """Create or refresh the gradebook's entries from the lesson's source.

    A stale database silently restores old tests, so this comes before every batch.

    Raises:
        CourseError: submissions exist and a `grade_id` or its points changed; or nbgrader refuses.
    """
    config = course_config(course)
    _refuse_changed_cells(config, lesson)
    api = NbGraderAPI(config=config)
    _succeed(api.generate_assignment(lesson.id, force=True, create=True), "generate_assignment")


def autograde(
    course: Course,
    lesson: Lesson,
    student: str,
    *,
    seed: int,
    sealed: bool,
    full: bool,
    submitted: str,
) -> list[str]:
    """Run nbgrader's autograde on a folder like `submitted/`; returns the learners whose submission
    it could not enter."""
    config = course_config(course)
    config.CourseDirectory.submitted_directory = submitted
    config.ExecuteAndJudge.seed = seed
    config.ExecuteAndJudge.sealed = sealed
    config.ExecuteAndJudge.full = full
    result = NbGraderAPI(config=config).autograde(lesson.id, student, force=True, create=True)
    if result["success"]:
        return []
    failed = sorted(set(FAILED.findall(result.get("log", ""))))
    if not failed:
        _succeed(result, "autograde")
    return failed


def set_due_date(course: Course, lesson_id: str, due: datetime) -> None:
    """Enter when a lesson is due, UTC; nbgrader's late penalties count from there."""
    with _gradebook(course_config(course)) as gradebook:
        gradebook.update_or_create_assignment(lesson_id, duedate=due)  # type: ignore[arg-type]


def generate_feedback(course: Course, lesson: Lesson, student: str) -> None:
    """Run nbgrader's generate_feedback."""
    api = NbGraderAPI(config=course_config(course))
    _succeed(api.generate_feedback(lesson.id, student, force=True), "generate_feedback")


def scores(course: Course, lesson: Lesson) -> dict[str, float]:
    """Each learner's score, late penalty and manual points included."""
    with _gradebook(course_config(course)) as gradebook:
        return {
            submission.student.id: max(0.0, submission.score - submission.late_submission_penalty)
            for submission in gradebook.assignment_submissions(lesson.id)
        }


def _find_alembic() -> None:
    """Let nbgrader, which starts `alembic` from PATH, find this environment's."""
    own, path = str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)
    if own not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([own, path])


def _refuse_changed_cells(config: Config, lesson: Lesson) -> None:
    with _gradebook(config) as gradebook:
        try:
            notebook = gradebook.find_notebook(lesson.slug, lesson.id)
        except MissingEntry:
            return
        if not notebook.submissions:
            return
        before = {cell.name: float(cell.max_score) for cell in notebook.grade_cells}
    now = {e.test_id: e.points for e in lesson.exercises.values()}
    changed = sorted(
        name for name in before.keys() | now.keys() if before.get(name) != now.get(name)
    )
    if changed:
        raise CourseError(
            f"{lesson.id} has submissions, and these cells or their points changed since it was "
            f"released: {', '.join(changed)}; a released lesson keeps them "
            "(start a new course folder)"
        )


def _gradebook(config: Config) -> Gradebook:
    directory = CourseDirectory(config=config)
    return Gradebook(directory.db_url, directory.course_id)


def _succeed(result: dict[str, Any], step: str) -> None:
    if not result["success"]:
        said = (result.get("error") or result.get("log") or "").strip().splitlines()
        raise CourseError(f"nbgrader {step} failed: {said[-1] if said else 'no reason given'}")
