"""What the gradebook says of one submission, for its feedback page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nbgrader.api import BaseCell, Comment, Gradebook
from nbgrader.api import Grade as Given

from autograder.feedback.page import Grade, Grades


@contextmanager
def open_gradebook(about: dict[str, Any], shared: Gradebook | None) -> Iterator[Gradebook]:
    """The gradebook that a batch shares, or one for this page."""
    if shared is None:
        with Gradebook(about["db_url"]) as gradebook:
            yield gradebook
        return
    try:
        yield shared
    finally:
        shared.db.rollback()  # hold nothing while the next page is made


def grades_of(about: dict[str, Any], gradebook: Gradebook) -> Grades:
    """Scores, a person's comments and the late penalty.

    Args:
        about: nbgrader's names of the notebook in hand.
    """
    notebook: Any = gradebook.find_submission_notebook(
        about["notebook"], about["assignment"], about["student"]
    )
    return Grades(
        float(notebook.score),
        float(notebook.max_score),
        float(notebook.late_submission_penalty or 0.0),
        dict(_grades(gradebook, notebook.id)),
        dict(_comments(gradebook, notebook.id)),
    )


def _grades(gradebook: Gradebook, notebook: str) -> Iterator[tuple[str, Grade]]:
    """All at once: a row of the database at a time takes ten times as long."""
    session: Any = gradebook.db
    asked = session.query(
        *(BaseCell.name, Given.score, Given.max_score, Given.auto_score),
        *(Given.manual_score, Given.extra_credit, Given.needs_manual_grade),
    )
    rows = asked.join(Given, Given.cell_id == BaseCell.id).filter(Given.notebook_id == notebook)
    for name, score, most, auto, manual, extra, again in rows:
        given = manual is not None
        grade = Grade(
            float(score or 0.0),
            float(most or 0.0),
            by_hand=given or bool(extra),
            waits=not given and auto is None,
            again=given and bool(again),
        )
        yield str(name), grade


def _comments(gradebook: Gradebook, notebook: str) -> Iterator[tuple[str, str]]:
    session: Any = gradebook.db
    asked = session.query(BaseCell.name, Comment.manual_comment)
    rows = asked.join(Comment, Comment.cell_id == BaseCell.id)
    for name, said in rows.filter(Comment.notebook_id == notebook):
        if said:
            yield str(name), str(said)
