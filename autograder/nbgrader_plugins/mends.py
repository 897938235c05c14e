"""What is changed in nbgrader itself, in one place, each with its reason.

`nbgrader_config.py` calls `mend_nbgrader`, so that nbgrader's command line, formgrader and
`autograder grade` all meet the same nbgrader. Whatever is not said here is nbgrader's own.
"""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from alembic.script import ScriptDirectory
from nbconvert.writers import files
from nbgrader import api as database
from nbgrader import utils
from nbgrader.api import Assignment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.apps import NbGraderAPI, api
from nbgrader.converters import Autograde, base
from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory
from nbgrader.dbutil import ALEMBIC_DIR
from nbgrader.exchange.default import collect, exchange, fetch_feedback, release_feedback
from nbgrader.exchange.default import list as list_

from autograder.course.private import whole
from autograder.handins.timestamps import UnreadableTimestamp, read_timestamp
from autograder.nbgrader_plugins.shared_gradebook import closed_with_its_batch, opened_once

PATTERN = frozenset("*?[")


def mend_nbgrader() -> None:
    """Put everything below in its place; a second time changes nothing."""
    _replace(CourseDirectory, "get_existing_timestamp", _existing_timestamp)
    _replace(NbGraderAPI, "get_submitted_timestamp", _submitted_timestamp)
    _replace(BaseConverter, "init_notebooks", _find_notebooks)
    for module in (base, api, utils, collect, exchange, fetch_feedback, list_, release_feedback):
        module.__dict__["glob"] = SimpleNamespace(glob=find)
    _replace(base, "find_all_files", _files_to_copy)
    # What nbconvert writes, it writes in place: a killed grader, or a full disk, left half of it.
    files.__dict__["open"] = whole
    _replace(Autograde, "init_assignment", _enter_anew)
    _replace(Gradebook, "add_submission", _add_submission)
    _replace(Gradebook, "__init__", opened_once)
    _replace(Gradebook, "close", closed_with_its_batch)
    _replace(database, "get_alembic_version", _newest_schema)


def _replace(owner: Any, name: str, mend: Callable[[Any], Any]) -> None:
    """Put what `mend` makes of an attribute in its place, once."""
    original = getattr(owner, name)
    if original.__module__ != mend.__module__:
        setattr(owner, name, mend(original))


def _existing_timestamp(original: Any) -> Any:
    """Nbgrader reads text in the locale's encoding, fills in what a date lacks from today, takes
    `+0200` for 200 seconds, and ends the run at what it cannot read."""

    def get_existing_timestamp(self: Any, dest_path: str) -> datetime | None:
        try:
            return read_timestamp(Path(dest_path))
        except UnreadableTimestamp as error:
            self.log.warning("%s: %s", dest_path, error)
            return None

    return get_existing_timestamp


def _submitted_timestamp(original: Any) -> Any:
    """What formgrader lists is read in the same way."""

    def get_submitted_timestamp(self: Any, assignment_id: str, student_id: str) -> datetime | None:
        directory = self.coursedir
        folder = directory.format_path(directory.submitted_directory, student_id, assignment_id)
        timestamp: datetime | None = directory.get_existing_timestamp(folder)
        return timestamp

    return get_submitted_timestamp


def _find_notebooks(original: Any) -> Any:
    """Nbgrader's patterns end at a line break, and its run with them."""

    def init_notebooks(self: Any) -> None:
        original(self)
        for place in [place for place in self.assignments if "\n" in place]:
            self.log.error("An id with a line break in it cannot be entered: %r", place)
            del self.assignments[place]

    return init_notebooks


def find(pattern: str) -> list[str]:
    """`glob.glob` for paths, of which a part that is there is no pattern.

    nbgrader takes the course's path and a learner's id for patterns. In a course folder with
    brackets in its name it finds nobody, and releases the lessons' sources: what it is to leave out
    it does not find, either. And `s1 [late]` would be somebody else.
    """
    name = pattern.rpartition("/")[2]
    folder = pattern.removesuffix(name)
    if not PATTERN.intersection(folder):  # as it is nearly always, some hundred times a submission
        if name != "*" and os.path.lexists(pattern):
            name = glob.escape(name)
        return glob.glob(folder + name)  # noqa: PTH207
    here, parts = "", pattern.split("/")
    for number, part in enumerate(parts):
        here = os.path.join(here or "/", part) if number else part  # noqa: PTH118
        if part == "*" or (PATTERN.intersection(part) and not os.path.lexists(here)):
            break
        parts[number] = glob.escape(part)
    return glob.glob("/".join(parts))  # noqa: PTH207 (Path would tidy up solutions/./lesson)


def _files_to_copy(original: Any) -> Any:
    """A link, a pipe, or a file that may not be read, lying beside a notebook, ends nothing."""

    def find_all_files(path: str, exclude: list[str] | None = None) -> list[str]:
        found: list[str] = original(path, exclude)
        return [name for name in found if _can_be_copied(name)]

    return find_all_files


def _can_be_copied(name: str) -> bool:
    return stat.S_ISREG(os.lstat(name).st_mode) and os.access(name, os.R_OK)


def _enter_anew(original: Any) -> Any:
    """Where an entry fails, the scores of what was handed in before would stand as if they were
    new; where its timestamp cannot be read, an old one would."""

    def init_assignment(self: Any, assignment_id: str, student_id: str) -> None:
        forget_scores(self.coursedir, assignment_id, student_id)
        original(self, assignment_id, student_id)

    return init_assignment


def forget_scores(directory: CourseDirectory, assignment_id: str, student_id: str) -> None:
    """Take the scores of an earlier run out of the gradebook, and a timestamp that no longer
    stands; what a person gave stays."""
    folder = Path(directory.format_path(directory.submitted_directory, student_id, assignment_id))
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        session: Any = gradebook.db
        asked = session.query(SubmittedAssignment.id).join(SubmittedAssignment.assignment)
        submission = asked.filter(
            Assignment.name == assignment_id, SubmittedAssignment.student_id == student_id
        ).scalar()
        if submission is None:
            return
        # In the database: nbgrader's objects bring each sum of their scores with them.
        notebooks = session.query(SubmittedNotebook).filter_by(assignment_id=submission)
        ids = [number for (number,) in notebooks.with_entities(SubmittedNotebook.id)]
        late: Any = SubmittedNotebook.late_submission_penalty
        notebooks.filter(late.is_not(None)).update({"late_submission_penalty": None})
        grade: Any = Grade
        grades = session.query(Grade).filter(grade.notebook_id.in_(ids))
        grades.filter(grade.auto_score.is_not(None)).update(
            {"auto_score": None, "needs_manual_grade": True}
        )
        try:
            read_timestamp(folder)
        except UnreadableTimestamp:
            session.query(SubmittedAssignment).filter_by(id=submission).update({"timestamp": None})
        session.commit()


def _add_submission(original: Any) -> Any:
    """Nbgrader makes a submission's rows while SQLAlchemy, asked for others in between, would
    already write the half of them: it warns that it does not."""

    def add_submission(self: Any, *args: Any, **kwargs: Any) -> SubmittedAssignment:
        with self.db.no_autoflush:
            submission: SubmittedAssignment = original(self, *args, **kwargs)
        return submission

    return add_submission


def _newest_schema(original: Any) -> Any:
    """Nbgrader starts the program `alembic`, from whatever PATH has, to ask for the version of a
    new database's tables: a second in which nothing else is done."""

    def get_alembic_version() -> str:
        return str(ScriptDirectory(ALEMBIC_DIR).get_current_head())

    return get_alembic_version
