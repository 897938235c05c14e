"""Gradebooks, whole: every row of every table under names that two runs share."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from nbgrader.api import Gradebook

# What a row is called in the place of its random id, table by table.
NAMES = {
    "assignment": ("name",),
    "notebook": ("name",),
    "base_cell": ("name", "type"),
    "source_cell": ("name",),
    "submitted_assignment": ("student_id",),
    "submitted_notebook": ("assignment_id", "notebook_id"),
    "grade": ("notebook_id", "cell_id"),
    "comment": ("notebook_id", "cell_id"),
}


def contents(course):
    """Each table's rows, sorted."""
    with closing(sqlite3.connect(course.root / "gradebook.db")) as database:
        database.row_factory = sqlite3.Row
        asked = "SELECT name FROM sqlite_master WHERE type = 'table'"
        tables = [row[0] for row in database.execute(asked)]
        found = {
            table: [dict(row) for row in database.execute(f'SELECT * FROM "{table}"')]
            for table in tables
            if not table.startswith("sqlite_")
        }
    known: dict[str, str] = {}
    for table, columns in NAMES.items():
        for row in found[table]:
            parts = (str(known.get(row[column], row[column])) for column in columns)
            known[row["id"]] = f"{table} {' '.join(parts)}"
    named = {
        table: [{key: known.get(value, value) for key, value in row.items()} for row in rows]
        for table, rows in found.items()
    }
    return {table: sorted(rows, key=repr) for table, rows in named.items()}


def tree(course, folder):
    """The files of a folder: mode and content."""
    root = course.root / folder
    return {
        str(path.relative_to(root)): (oct(path.stat().st_mode & 0o777), path.read_bytes())
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def give(course, student, lesson, points, *, extra=None, said="", auto=None):
    """What a person enters in formgrader: points by cell, extra credit, a comment on every cell;
    and, for a test, scores in the place of the grader's."""
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "descent") as gradebook:
        notebook = gradebook.find_submission_notebook(lesson.slug, lesson.id, student)
        for name, score in points.items():
            grade = gradebook.find_grade(name, lesson.slug, lesson.id, student)
            grade.manual_score, grade.extra_credit = score, extra
            grade.needs_manual_grade = False
        for comment in notebook.comments if said else []:
            comment.manual_comment = said
        for grade in notebook.grades if auto is not None else []:
            grade.auto_score = auto
        notebook.flagged = bool(said)
        gradebook.db.commit()
