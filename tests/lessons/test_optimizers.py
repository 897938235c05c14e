"""Lesson 05: other right answers pass, other wrong ones do not, and the bank holds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograder.audit import audit_lesson
from autograder.misconception import load_bank
from autograder.probe import load_probes

from ..answers.optimizers import RIGHT, WRONG
from .helpers import as_parameters, assert_right, assert_wrong, lesson_of

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
    known = load_bank(lesson_of(LESSON)).by_exercise
    for key, exercise in lesson_of(LESSON).exercises.items():
        assert exercise.is_prediction or len(known[key]) >= 5, key


def test_probes_stand_alone(tmp_path: Path) -> None:
    """Every payload loads and runs where nothing of the course can be imported."""
    plain = Path(__file__).parents[1] / "answers" / "optimizers_plain.py"
    for key, probes in load_probes("optimizers").by_exercise.items():
        for probe in probes:
            payload = probe.payload(probe.given(1, key).inputs)
            assert b"misconception" not in payload
            (tmp_path / f"{key}.{probe.name}.pkl").write_bytes(payload)
    script = f"""
import pathlib, pickle, runpy, sys, types
sys.modules["autograder"] = None
names = runpy.run_path({str(plain)!r})
for file in sorted(pathlib.Path({str(tmp_path)!r}).glob("*.pkl")):
    run, inputs = pickle.loads(file.read_bytes())
    key = file.name.split(".")[0]
    run(types.SimpleNamespace(**{{key: names.get(key, "a")}}), inputs)
"""
    subprocess.run([sys.executable, "-c", script], check=True, cwd=tmp_path)
