"""What the tests of all lessons share: verdicts on names, and answers as parameters.

`tests/answers/<slug>.py` has `RIGHT` and `WRONG`: exercise -> label -> the names that one answer
defines (`{"adam_step": function}`; a pair defines both of its names).
Predictions have tests of their own.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pytest

from autograder.authoring.audit import caught_by_visible_tests, tolerances_away
from autograder.course.course import Course
from autograder.course.lesson import Lesson
from autograder.course.reference import load_reference
from autograder.feedback.text import explain
from autograder.harness.local import LocalRunner
from autograder.judging.judge import Judge
from autograder.judging.verdict import Verdict

Names = Mapping[str, Any]
Answers = Mapping[str, Mapping[str, Names]]
EVERY_SEED = (1, 2, 3)
# Wrong answers meet one seed in `make test`, and every seed in `make test-all`.
SEEDS = EVERY_SEED if os.environ.get("DESCENT_EVERY_SEED") == "1" else EVERY_SEED[:1]
# A right answer in another order of operations stays within a tenth of what would fail it.
MARGIN = 0.1


def lesson_of(lesson_id: str) -> Lesson:
    """A lesson of this course."""
    return Course.find().lesson(lesson_id)


@lru_cache(maxsize=16)
def judge_of(lesson_id: str, seed: int) -> Judge:
    """The judge of a lesson with one seed, with what it remembers of the reference and the bank."""
    return Judge(lesson_of(lesson_id), seed)


def judge_names(lesson_id: str, key: str, names: Names, seed: int = 1) -> Verdict:
    """The verdict on an exercise, of code that defines `names` and nothing else of the lesson."""
    judge = judge_of(lesson_id, seed)
    return judge.verdict(judge.examine(key, LocalRunner(names), show=False))


def merged(*several: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Answers from several places, or the names of the mistakes in them, by exercise and label."""
    together: dict[str, dict[str, Any]] = {}
    for answers in several:
        for key, labelled in answers.items():
            together.setdefault(key, {}).update(labelled)
    return together


def as_parameters(answers: Answers) -> list[Any]:
    """`(key, names)` for `pytest.mark.parametrize`, with readable ids."""
    return [
        pytest.param(key, names, id=f"{key}-{label}".replace(" ", "_"))
        for key, labelled in answers.items()
        for label, names in labelled.items()
    ]


def assert_right(lesson_id: str, key: str, names: Names) -> None:
    """Full marks with every seed, never nearly lost, and the visible tests pass."""
    for seed in EVERY_SEED:
        judge = judge_of(lesson_id, seed)
        findings = judge.examine(key, LocalRunner(names), show=False)
        verdict = judge.verdict(findings)
        assert verdict.status == "passed", explain(verdict)
        assert verdict.score == verdict.max_score
        for probe in judge.probes(key):
            expected, got = judge.expected(key, probe), findings.observations[probe.name]
            away = tolerances_away(expected, got, probe.tolerance)
            assert away < MARGIN, f"{probe.name}: {away:.2f} tolerances from the reference"
    lesson = lesson_of(lesson_id)
    everything = {**load_reference(lesson).__dict__, **names}
    assert not caught_by_visible_tests(lesson, lesson.exercises[key], everything)


def assert_wrong(lesson_id: str, key: str, names: Names) -> None:
    """Less than full marks, and something to say about it."""
    for seed in SEEDS:
        verdict = judge_names(lesson_id, key, names, seed)
        assert verdict.score < verdict.max_score, f"{key}: full marks with seed {seed}"
        assert any(probe.message for probe in verdict.probes)
