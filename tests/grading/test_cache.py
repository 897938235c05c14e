"""What a kept result depends on: a grade older than the code that gives it is never served."""

from __future__ import annotations

from pathlib import Path

from autograder.course.course import Course
from autograder.grading.cache import code_files

ENGINE = Path(__file__).resolve().parents[2] / "autograder"


def test_the_key_covers_the_engine_and_the_hidden_tests_of_its_lesson_alone() -> None:
    files = set(code_files("optimizers"))
    hidden = ENGINE / "hidden"
    assert {path for path in ENGINE.rglob("*.py") if not path.is_relative_to(hidden)} < files
    mine = {path for path in files if path.is_relative_to(hidden)}
    assert mine == set((hidden / "optimizers").rglob("*.py"))
    assert len(mine) > 20


def test_a_course_is_found_from_anywhere(tmp_path: Path) -> None:
    assert Course.find(tmp_path).root == ENGINE.parent
    assert Course.find(ENGINE / "grading").root == ENGINE.parent
