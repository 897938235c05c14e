"""Lesson 05: other right answers pass, other wrong ones do not, and the bank holds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from autograder.harness.probe import load_probes

from ..answers.optimizers import NAMED, RIGHT, WRONG
from .common import AnswersAndBank

LESSON = "05_optimizers"


class TestAnswersAndBank(AnswersAndBank):
    lesson_id, right, wrong, named = LESSON, RIGHT, WRONG, NAMED
    fewest_right = 4
    fewest_wrong = 10
    fewest_mistakes = 5


def test_probes_stand_alone(tmp_path: Path) -> None:
    """Every payload loads and runs where nothing of the course can be imported."""
    plain = Path(__file__).parents[1] / "answers" / "optimizers_plain.py"
    for key, probes in load_probes("optimizers").items():
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
