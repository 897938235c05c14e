"""nbgrader's own steps, called from Python: assignment, autograde, feedback, scores."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.batch.converters import (
    Enter,
    MakeAssignment,
    MakeFeedback,
    OneByOne,
    reason,
    shown,
)
from autograder.course.course import Course, CourseError
from autograder.course.lesson import Lesson
from autograder.grading.cache import Cache
from autograder.nbgrader_plugins.mends import mend_nbgrader

INDEXES = (
    ("grade", "notebook_id"),
    ("comment", "notebook_id"),
    ("submitted_notebook", "assignment_id"),
    ("submitted_assignment", "student_id"),
)
# Modules of databases that pip knows by another name.
DRIVERS = {
    "MySQLdb": "mysqlclient",
    "psycopg": "'psycopg[binary]'",
    "psycopg2": "psycopg2-binary",
}


def course_config(course: Course) -> Config:
    """What `nbgrader_config.py` says, for the course in this folder and no other."""
    mend_nbgrader()
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
    _refuse_unwritable(config)
    _add_indexes(config)
    _refuse_changed_cells(config, lesson)
    for why in _run(MakeAssignment(config, lesson, ["."])).values():
        raise CourseError(f"nbgrader could not enter {lesson.id}: {why}")


def autograde(
    course: Course,
    lesson: Lesson,
    learners: Collection[str],
    *,
    refused: Mapping[str, str],
    sealed: bool,
    full: bool,
    cache: Cache,
    submitted: str,
) -> dict[str, str]:
    """Run nbgrader's autograde on a folder like `submitted/`; returns whose submission could not be
    entered, and why.

    What had been entered for them is taken out, so that no old score stands as a new one; `refused`
    says of whom that is all that is to be done, and why.
    """
    config = course_config(course)
    config.CourseDirectory.submitted_directory = submitted
    config.ExecuteAndJudge.sealed = sealed
    config.ExecuteAndJudge.full = full
    config.ExecuteAndJudge.cache = cache
    return _run(Enter(config, lesson, learners, refused))


def generate_feedback(course: Course, lesson: Lesson, learners: Collection[str]) -> dict[str, str]:
    """Run nbgrader's generate_feedback; returns who got none, and why."""
    return _run(MakeFeedback(course_config(course), lesson, learners))


def _run(converter: OneByOne) -> dict[str, str]:
    converter.start()
    database = converter.directory.db_url
    return {who: reason(error, database) for who, error in converter.failed.items()}


def set_due_date(course: Course, lesson_id: str, due: datetime) -> None:
    """Enter when a lesson is due, UTC; nbgrader's late penalties count from there."""
    with open_gradebook(course_config(course)) as gradebook:
        gradebook.update_or_create_assignment(lesson_id, duedate=due)  # type: ignore[arg-type]


def scores(course: Course, lesson: Lesson) -> dict[str, float]:
    """Each learner's score, late penalty and manual points included."""
    with open_gradebook(course_config(course)) as gradebook:
        return {
            submission.student.id: max(0.0, submission.score - submission.late_submission_penalty)
            for submission in gradebook.assignment_submissions(lesson.id)
        }


def _refuse_unwritable(config: Config) -> None:
    """Write to the gradebook before any grading, as if: that waits, as long as SQLite does, for
    whoever else writes, and fails where only the file or only its folder may be written."""
    with open_gradebook(config) as gradebook, gradebook.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.exec_driver_sql("CREATE TABLE descent_can_write (id INTEGER)")
            connection.rollback()


def _add_indexes(config: Config) -> None:
    """Let the database find the rows of one submission. nbgrader's tables are made without: to sum
    up one learner's points it reads everyone's, so that each of ten thousand takes ten times as
    long as each of a thousand."""
    with open_gradebook(config) as gradebook, gradebook.engine.begin() as connection:
        if connection.dialect.name in ("sqlite", "postgresql"):
            for table, column in INDEXES:
                name = f"descent_{table}_{column}"
                statement = f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({column})"
                connection.exec_driver_sql(statement)


def _refuse_changed_cells(config: Config, lesson: Lesson) -> None:
    with open_gradebook(config) as gradebook:
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


@contextmanager
def open_gradebook(config: Config) -> Iterator[Gradebook]:
    """The gradebook. Raises: CourseError: it cannot be reached, read, or written."""
    directory = CourseDirectory(config=config)
    try:
        with _connected(directory) as gradebook:
            yield gradebook
    except SQLAlchemyError as error:
        raise CourseError(reason(error, directory.db_url)) from error


def _connected(directory: CourseDirectory) -> Gradebook:
    try:
        return Gradebook(directory.db_url, directory.course_id)
    except ImportError as error:  # a database other than SQLite has a driver that is not installed
        package = DRIVERS.get(error.name or "", error.name)
        raise CourseError(
            f"{shown(directory.db_url)} needs a driver that is not in this environment: {error} "
            f"(.venv/bin/pip install {package})"
        ) from error
