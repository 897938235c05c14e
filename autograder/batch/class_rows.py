"""The rows of the gradebook for a whole class, to see whether they are what they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    SubmittedAssignment,
    SubmittedNotebook,
)

NOBODY = ("None", "None", "None")  # handed in, has longer, loses for being late


class ClassRows:
    """What the gradebook has of all who handed in a lesson. Each answer is a list of text and
    numbers; of who is not there, it is that of nobody."""

    def __init__(self) -> None:
        self._due: Any = None
        self._about: dict[str, tuple[str, ...]] = {}
        self._cells: defaultdict[str, list[Any]] = defaultdict(list)

    @classmethod
    def read(cls, gradebook: Gradebook, lesson_id: str) -> ClassRows:
        """All at once: of a class, a learner at a time takes ten times as long."""
        rows = cls()
        session: Any = gradebook.db
        rows._due = str(session.query(Assignment.duedate).filter_by(name=lesson_id).scalar())
        about = SubmittedAssignment.timestamp, SubmittedAssignment.extension
        penalty: Any = SubmittedNotebook.late_submission_penalty
        for who, *said in _of_lesson(session, lesson_id, SubmittedNotebook, *about, penalty):
            rows._about[who] = tuple(map(str, said))
        points = Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade
        comments = Comment.auto_comment, Comment.manual_comment
        for table, columns in ((Grade, points), (Comment, comments)):
            for who, *cell in _of_lesson(session, lesson_id, table, *columns):
                rows._cells[who].append([table.__name__, *cell])
        for cells in rows._cells.values():
            cells.sort(key=lambda cell: (cell[0], cell[1], str(cell[2:])))
        return rows

    def due(self, student: str) -> list[Any]:
        """When the lesson is due, and who has longer."""
        _, longer, _ = self._about.get(student, NOBODY)
        return [self._due, longer]

    def all_of(self, student: str) -> list[Any]:
        """Everything that a page may show."""
        return [self._due, *self._about.get(student, NOBODY), *self._cells.get(student, [])]

    def automatic(self, student: str) -> list[Any]:
        """What an entry writes. Whether a person still has to look at a cell is theirs to say, as
        their points are."""
        written: list[Any] = [*self._about.get(student, NOBODY)]
        for table, name, kind, automatic, *_ in self._cells.get(student, []):
            written.append([table, name, kind, automatic])
        return written


def _of_lesson(
    session: Any, lesson_id: str, table: Any, *columns: Any
) -> Iterator[tuple[Any, ...]]:
    """Rows of a table that belong to a lesson, each after its learner's id; of a cell, after its
    name and type too."""
    of_cells = table is not SubmittedNotebook
    names = (BaseCell.name, BaseCell.type) if of_cells else ()
    asked = session.query(SubmittedAssignment.student_id, *names, *columns).select_from(table)
    if of_cells:
        asked = asked.join(BaseCell, BaseCell.id == table.cell_id)
        asked = asked.join(SubmittedNotebook, SubmittedNotebook.id == table.notebook_id)
    asked = asked.join(
        SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id
    ).join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
    yield from asked.filter(Assignment.name == lesson_id)
