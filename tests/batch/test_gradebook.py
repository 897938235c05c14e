"""The gradebook of a class that may have ten thousand learners."""

from __future__ import annotations

import contextlib
import sqlite3

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from autograder.batch.converters import shown
from autograder.batch.grade_class import grade_lesson
from autograder.course.course import CourseError
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


@pytest.mark.parametrize(
    ("database", "said"),
    [
        ("sqlite:////srv/course/gradebook.db", "/srv/course/gradebook.db"),
        ("postgresql://ana:secret@db:5432/course", "postgresql://ana:***@db:5432/course"),
        ("", "the gradebook"),
    ],
)
def test_the_address_of_a_gradebook_is_said_without_its_password(database, said):
    assert shown(database) == said


def test_a_gradebook_whose_driver_is_not_installed_is_one_clear_line(tmp_path):
    course = make_course(tmp_path)
    hand_in(course, {HOME: right()}, "ana")
    with (tmp_path / "nbgrader_config.py").open("a") as config:
        config.write('\nc.CourseDirectory.db_url = "postgresql+pg8000://ana:secret@db/course"\n')
    with pytest.raises(CourseError, match=r"needs a driver .*pip install pg8000\)") as error:
        grade_lesson(course, LESSON.id, workers=1)
    assert "secret" not in str(error.value)
