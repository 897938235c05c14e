"""The rows of the gradebook that nbgrader's steps ask for one at a time, read at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    Notebook,
    SourceCell,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy.orm import load_only


class LessonRows:
    """What the gradebook has of a lesson's cells; the same for all submissions of a batch.

    It answers as a `Gradebook` does, as far as nbgrader's `OverwriteCells` asks.
    """

    def __init__(self, gradebook: Gradebook, notebook: str, assignment: str) -> None:
        found = gradebook.find_notebook(notebook, assignment)
        number, self.kernelspec = found.id, str(found.kernelspec or "null")
        session: Any = gradebook.db
        columns = (SourceCell.cell_type, SourceCell.locked, SourceCell.source, SourceCell.checksum)
        sources = session.query(SourceCell.name, *columns).filter_by(notebook_id=number)
        self._sources = {row.name: row for row in sources}
        self._graded: dict[str, Any] = {}
        for kind in (TaskCell, GradeCell):  # of two cells of a name, nbgrader takes the graded one
            rows = session.query(kind.name, kind.max_score).filter(kind.notebook_id == number)
            self._graded |= {row.name: row for row in rows}

    def find_source_cell(self, name: str, notebook: str, assignment: str) -> Any:
        """A cell as it was released."""
        return self._sources.get(name) or _missing(name, notebook, assignment)

    def find_graded_cell(self, name: str, notebook: str, assignment: str) -> Any:
        """A graded cell or a task: its points."""
        return self._graded.get(name) or _missing(name, notebook, assignment)


class SubmissionRows:
    """What the gradebook has of one submission.

    It answers as a `Gradebook` does, as far as nbgrader's `SaveAutoGrades` asks. That would commit
    after each cell: `db.commit()` does nothing here.
    """

    def __init__(self, gradebook: Gradebook, notebook: str, assignment: str, student: str) -> None:
        session: Any = gradebook.db
        asked = session.query(SubmittedNotebook.id)
        for other in (SubmittedNotebook.notebook, SubmittedNotebook.assignment):
            asked = asked.join(other)
        asked = asked.join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        number = asked.filter(
            Notebook.name == notebook,
            Assignment.name == assignment,
            SubmittedAssignment.student_id == student,
        ).scalar()
        if number is None:
            _missing(assignment, notebook, student)
        of_grade = Grade.auto_score, Grade.manual_score, Grade.needs_manual_grade
        self._grades = _by_name(session, Grade, of_grade, number)
        self._comments = _by_name(session, Comment, (Comment.auto_comment,), number)
        self.db = self

    def find_grade(self, name: str, notebook: str, assignment: str, student: str) -> Any:
        """What was given for a cell."""
        return self._grades.get(name) or _missing(name, notebook, assignment, student)

    def find_comment(self, name: str, notebook: str, assignment: str, student: str) -> Any:
        """What was said of a cell."""
        return self._comments.get(name) or _missing(name, notebook, assignment, student)

    def commit(self) -> None:
        """Whoever read the rows commits, once."""


def _by_name(session: Any, table: Any, columns: Iterable[Any], notebook: str) -> Mapping[str, Any]:
    """The rows of a submission by the names of their cells; a task's, only where there is no other
    of its name. Of a row, no more than these columns: nbgrader's sums take most of the time."""
    asked = session.query(BaseCell.name, BaseCell.type, table).options(load_only(*columns))
    rows: Iterable[Any] = asked.join(table, table.cell_id == BaseCell.id).filter(
        table.notebook_id == notebook
    )
    found = sorted(rows, key=lambda row: row[1] != "TaskCell")
    return {name: row for name, _, row in found}


def _missing(*what: str) -> NoReturn:
    raise MissingEntry(f"No such entry: {'/'.join(what)}")
