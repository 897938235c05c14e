"""What the gradebook says of one submission, for its feedback page."""

from __future__ import annotations

from typing import Any

from nbgrader.api import Gradebook

from autograder.feedback.page import Grade, Grades


def grades_of(about: dict[str, Any]) -> Grades:
    """Scores, a person's comments and the late penalty.

    Args:
        about: nbgrader's names of the notebook in hand, and the address of the gradebook.
    """
    with Gradebook(about["db_url"]) as gradebook:
        notebook: Any = gradebook.find_submission_notebook(
            about["notebook"], about["assignment"], about["student"]
        )
        return Grades(
            float(notebook.score),
            float(notebook.max_score),
            float(notebook.late_submission_penalty or 0.0),
            {str(grade.name): _grade(grade) for grade in notebook.grades},
            {
                str(comment.name): str(comment.manual_comment)
                for comment in notebook.comments
                if comment.manual_comment
            },
        )


def _grade(grade: Any) -> Grade:
    given = grade.manual_score is not None
    return Grade(
        float(grade.score or 0.0),
        float(grade.max_score or 0.0),
        by_hand=given or bool(grade.extra_credit),
        waits=not given and grade.auto_score is None,
        again=given and bool(grade.needs_manual_grade),
    )
