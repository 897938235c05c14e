"""Which version grades: what is loaded, not what lies on the disk by now."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.grading import version
from autograder.grading.version import differences, engine_files, hidden_files, version_of

COURSE = Course.find()
LESSON = COURSE.lesson("05_optimizers")
ENGINE = Path(__file__).resolve().parents[2] / "autograder"


def test_it_covers_the_engine_and_the_hidden_tests_of_its_lesson_alone() -> None:
    hidden = ENGINE / "hidden"
    engine = {path for path in ENGINE.rglob("*.py") if not path.is_relative_to(hidden)}
    assert set(engine_files()) == engine
    mine = set(hidden_files("optimizers"))
    assert mine == set((hidden / "optimizers").rglob("*.py"))
    assert len(mine) > 20


def test_what_differs_is_named_and_nothing_else_is() -> None:
    ours = version_of(COURSE, LESSON)
    assert differences(ours, dict(ours)) == ""
    theirs = {**ours, "engine": "0", "numpy": "1.26.4"}
    assert differences(ours, theirs) == f"engine, numpy (1.26.4 and not {ours['numpy']})"
    assert differences({**ours, "keras": "3.15.1"}, ours) == "keras (none and not 3.15.1)"


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """An engine of one file, in a process that has loaded it."""
    monkeypatch.setattr(version, "PACKAGE", tmp_path)
    version._engine_digest.cache_clear()
    yield tmp_path / "judge.py"
    version._engine_digest.cache_clear()


def test_a_process_that_runs_on_is_of_the_version_that_it_loaded(engine) -> None:
    engine.write_text("old")
    first = version_of(COURSE, LESSON)
    engine.write_text("new")
    another = COURSE.lesson("06_schedules")  # whose tests it meets after the engine was changed
    assert version_of(COURSE, another)["engine"] == first["engine"]
    version._engine_digest.cache_clear()  # as in a process that starts now
    assert version_of(COURSE, another)["engine"] != first["engine"]
