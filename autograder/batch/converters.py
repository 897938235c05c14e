"""nbgrader's steps, run for learners who are named one by one.

nbgrader finds submissions by patterns, and only its log says whose entry failed, and why.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, OperationalError
from traitlets.config import Config

from autograder.batch.direct_entry import DirectEntry
from autograder.course.lesson import Lesson
from autograder.nbgrader_plugins.mends import forget_scores
from autograder.nbgrader_plugins.shared_gradebook import shared_gradebook

LOG = logging.getLogger("autograder.nbgrader")  # its errors are raised and told, not printed
LOG.addHandler(logging.NullHandler())
LOG.propagate = False


class NotEntered(Exception):
    """What may not be entered, and why."""


class OneByOne(BaseConverter):
    """A step of nbgrader for given learners; what one of them meets ends nobody else's.

    failed: why, for each learner for whom the step was not done.
    """

    def __init__(self, config: Config, lesson: Lesson, learners: Collection[str]) -> None:
        directory = CourseDirectory(config=config, assignment_id=lesson.id)
        super().__init__(coursedir=directory, config=config, log=LOG, force=True)
        self.directory = directory
        self.failed: dict[str, Exception] = {}
        self._lesson = lesson
        self._learners = learners
        self._student = ""

    def start(self) -> None:
        """All of it with one connection to the gradebook."""
        with shared_gradebook(self.directory.db_url):
            super().start()

    def init_notebooks(self) -> None:
        """There is nothing to be found."""

    def init_single_notebook_resources(self, notebook_filename: str) -> dict[str, Any]:
        """What nbgrader takes from the path, by a pattern that not every id fits."""
        slug = self._lesson.slug
        about = {
            "student": self._student,
            "assignment": self._lesson.id,
            "notebook": slug,
            "db_url": self.directory.db_url,
        }
        return {"unique_key": slug, "output_files_dir": f"{slug}_files", "nbgrader": about}

    def convert_notebooks(self) -> None:
        """Everyone's. Where the database fails, it fails for all who come after."""
        broken: DatabaseError | None = None
        for student in self._learners:
            if broken is not None:
                self.failed[student] = broken
                continue
            try:
                self.convert_learner(student)
            except Exception as error:  # noqa: BLE001 (nbgrader may raise anything)
                self._take_away(student)
                self.failed[student] = error
                broken = database_error(error)
            except BaseException:
                self._take_away(student)
                raise

    def convert_learner(self, student: str) -> None:
        """One learner's, in nbgrader's order."""
        lesson_id = self._lesson.id
        self._student = student
        self.directory.student_id = student  # for hooks; it has no space at its ends
        place = self._format_source(lesson_id, student)
        self.notebooks = [os.path.join(place, f"{self._lesson.slug}.ipynb")]  # noqa: PTH118
        if not self.init_destination(lesson_id, student):
            return  # the course's configuration leaves them out
        self.run_pre_convert_hook()  # type: ignore[no-untyped-call]
        self.init_assignment(lesson_id, student)
        for notebook in self.notebooks:
            self.convert_single_notebook(notebook)
        self.set_permissions(lesson_id, student)
        self.run_post_convert_hook()  # type: ignore[no-untyped-call]

    def _take_away(self, student: str) -> None:
        """What was half made, or made of what was there before."""
        with contextlib.suppress(OSError):
            shutil.rmtree(self._format_dest(self._lesson.id, student))


class MakeAssignment(OneByOne, GenerateAssignment):
    """Enters a lesson, and writes its learners' notebook."""


class Enter(OneByOne, Autograde):
    """Enters what was handed in."""

    def __init__(
        self,
        config: Config,
        lesson: Lesson,
        learners: Collection[str],
        refused: Mapping[str, str],
    ) -> None:
        super().__init__(config, lesson, learners)
        self._refused = refused

    def convert_learner(self, student: str) -> None:
        """One learner's; of one who is refused, only what was there before is taken away."""
        if not _in_utf8(student):
            raise NotEntered("the name of the folder is not UTF-8; rename it")
        if student in self._refused:
            forget_scores(self.directory, self._lesson.id, student)
            raise NotEntered(self._refused[student])
        super().convert_learner(student)

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """By nbgrader's steps: in nbgrader's way, unless they are the course's own."""
        if self._direct is None:
            super().convert_single_notebook(notebook_filename)
        else:
            self._direct.enter(notebook_filename)

    @cached_property
    def _direct(self) -> DirectEntry | None:
        return DirectEntry.of(self)


class MakeFeedback(OneByOne, GenerateFeedback):
    """Writes pages, all from one session of the database."""

    def convert_notebooks(self) -> None:
        """Everyone's; nobody's, if the database cannot be opened."""
        exporter: Any = self.exporter
        try:
            exporter.gradebook = Gradebook(self.directory.db_url)
        except DBAPIError as error:
            self.failed = dict.fromkeys(self._learners, error)
            return
        with exporter.gradebook:
            super().convert_notebooks()


def _in_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def database_error(error: BaseException | None) -> DatabaseError | None:
    """The failure of the database from which an error came, if it came from one."""
    while error is not None:
        if isinstance(error, OperationalError) or type(error) is DatabaseError:
            return error
        error = error.__cause__ or error.__context__
    return None


def reason(error: BaseException, database: str = "") -> str:
    """Why a step was not done, in one line."""
    broken = database_error(error)
    if broken is not None:
        return _of_the_database(str(broken.orig), database)
    if isinstance(error, NotEntered):
        return str(error)
    said = str(error.orig if isinstance(error, DBAPIError) else error)
    lines = said.strip().splitlines() or ["no reason given"]
    return f"{type(error).__name__}: {lines[-1]}"


def shown(database: str) -> str:
    """A gradebook's address, fit for a log: a file's path, or a server's without the password."""
    try:
        url = make_url(database)
    except ArgumentError:
        return "the gradebook"
    if url.drivername == "sqlite" and url.database:
        return url.database
    return url.render_as_string(hide_password=True)


def _of_the_database(said: str, database: str) -> str:
    path = shown(database)
    if "locked" in said:
        return f"{path} is locked by another program; try again when that has ended"
    if "readonly" in said or "unable to open" in said:
        return f"{path} cannot be written: {said}"
    return f"{path} cannot be used: {said}"
