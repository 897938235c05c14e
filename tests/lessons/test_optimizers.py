"""Lesson 05: other right answers pass, other wrong ones do not, and the bank holds."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.audit import audit_lesson
from autograder.messages import explain

from ..answers.optimizers import RIGHT, WRONG
from .helpers import as_parameters, assert_right, assert_wrong, judge_names, lesson_of

LESSON = "05_optimizers"


@pytest.mark.parametrize(("key", "names"), as_parameters(RIGHT))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_right_answer_gets_full_marks(key: str, names: dict[str, Any]) -> None:
    assert_right(LESSON, key, names)


@pytest.mark.parametrize(("key", "names"), as_parameters(WRONG))
def test_wrong_answer_loses_a_point(key: str, names: dict[str, Any]) -> None:
    assert_wrong(LESSON, key, names)


def test_every_exercise_has_answers() -> None:
    for key, exercise in lesson_of(LESSON).exercises.items():
        assert len(RIGHT[key]) >= (1 if exercise.is_prediction else 4), key
        assert len(WRONG[key]) >= (2 if exercise.is_prediction else 10), key


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_audit_finds_nothing() -> None:
    audit = audit_lesson(lesson_of(LESSON))
    assert audit.problems == []
    assert all(row.diagnosed_as for row in audit.rows)


def test_every_optimizer_has_five_named_mistakes() -> None:
    rows = {key: 0 for key in RIGHT}
    from autograder.misconception import load_bank

    for key, known in load_bank(lesson_of(LESSON)).by_exercise.items():
        rows[key] = len(known)
    assert all(n >= 5 for key, n in rows.items() if not key.startswith("prediction_"))
