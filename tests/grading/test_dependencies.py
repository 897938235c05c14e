"""Which version grades: what is loaded, not what lies on the disk by now."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.grading import dependencies as module
from autograder.grading.dependencies import dependencies, differences, engine_files, hidden_files

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
    ours = dependencies(COURSE, LESSON)
    assert differences(ours, dict(ours)) == ""
    theirs = {**ours, "engine": "0", "numpy": "1.26.4"}
    assert differences(ours, theirs) == f"engine, numpy (1.26.4 and not {ours['numpy']})"
    assert differences({**ours, "keras": "3.15.1"}, ours) == "keras (none and not 3.15.1)"


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """An engine of one file, in a process that has loaded it."""
    monkeypatch.setattr(module, "PACKAGE", tmp_path)
    module._engine_digest.cache_clear()
    yield tmp_path / "judge.py"
    module._engine_digest.cache_clear()


def test_a_process_that_runs_on_is_of_the_version_that_it_loaded(engine) -> None:
    engine.write_text("old")
    first = dependencies(COURSE, LESSON)
    engine.write_text("new")
    another = COURSE.lesson("06_schedules")  # whose tests it meets after the engine was changed
    assert dependencies(COURSE, another)["engine"] == first["engine"]
    module._engine_digest.cache_clear()  # as in a process that starts now
    assert dependencies(COURSE, another)["engine"] != first["engine"]
