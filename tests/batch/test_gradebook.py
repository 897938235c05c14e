"""The gradebook of a class that may have ten thousand learners."""

from __future__ import annotations

import contextlib
import sqlite3

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from autograder.batch.grade_class import grade_lesson
from tests.helpers.handing_in import HOME, LESSON, hand_in, make_course, right

OF_EVERYONE = ("grade", "comment", "submitted_notebook", "submitted_assignment")


@contextlib.contextmanager
def asked():
    """All that is asked of any database within."""
    statements = []

    def note(connection, cursor, statement, parameters, context, many):
        if not many:
            statements.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def searched(database, statement, parameters):
    """The tables of which a statement reads every row."""
    plan = database.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
    words = [row[-1].split() for row in plan]
    return {name for how, name, *_ in words if how == "SCAN" and name in OF_EVERYONE}


@pytest.mark.sealed
def test_to_enter_one_submission_nobody_elses_rows_are_read(tmp_path):
    course = make_course(tmp_path)
    hand_in(course, {HOME: right()}, "ana")
    grade_lesson(course, LESSON.id, workers=1)
    hand_in(course, {HOME: right() + b"\n"}, "ana")
    with asked() as statements:
        grade_lesson(course, LESSON.id, workers=1)
    with contextlib.closing(sqlite3.connect(tmp_path / "gradebook.db")) as database:
        scans = [
            statement
            for statement, parameters in statements
            if statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE"))
            and searched(database, statement, parameters)
        ]
        changes = [s for s, _ in statements if s.startswith("UPDATE grade")]
    assert changes
    assert scans == []
