"""What is asked of every lesson: its answers are judged as they should, and its bank holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pytest

from autograder.authoring.audit import audit_lesson
from autograder.judging.compare import first_difference
from autograder.judging.describe import describe_difference
from tests.helpers.wording import assert_reads_well

from .helpers import (
    SEEDS,
    Answers,
    Names,
    as_parameters,
    assert_right,
    assert_wrong,
    judge_names,
    judge_of,
    lesson_of,
)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # warnings are not failures
class AnswersAndBank:
    """A lesson's test file has a subclass, `TestAnswersAndBank`, that says what to look at.

    Attributes:
        lesson_id: the lesson.
        right, wrong: answers to its exercises, as `helpers` describes them.
        named: exercise -> label of a wrong answer -> the name of the misconception in it,
            or `"one + other"` where there are two.
        fewest_right, fewest_wrong: of each exercise at least that is no prediction.
        fewest_mistakes: in the bank, of each exercise that is no prediction.
        nearest: how many tolerances a mistake is away from right, at least.
    """

    lesson_id: ClassVar[str]
    right: ClassVar[Answers]
    wrong: ClassVar[Answers]
    named: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    fewest_right: ClassVar[int] = 2
    fewest_wrong: ClassVar[int] = 1
    fewest_mistakes: ClassVar[int] = 3
    nearest: ClassVar[float] = 1000

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One test for each answer."""
        for kind in ("right", "wrong"):
            if f"{kind}_names" in metafunc.fixturenames:
                answers = as_parameters(getattr(self, kind))
                metafunc.parametrize(("key", f"{kind}_names"), answers)

    def test_right_answer_gets_full_marks(self, key: str, right_names: Names) -> None:
        assert_right(self.lesson_id, key, right_names)

    def test_wrong_answer_loses_points(self, key: str, wrong_names: Names) -> None:
        assert_wrong(self.lesson_id, key, wrong_names)

    def test_mistakes_that_people_make_are_named(self) -> None:
        for key, labelled in self.named.items():
            for label, wanted in labelled.items():
                for seed in SEEDS:
                    verdict = judge_names(self.lesson_id, key, self.wrong[key][label], seed)
                    said = verdict.diagnosis
                    name = said and " + ".join(filter(None, (said.misconception, said.second)))
                    assert name == wanted, f"{key}, {label}: {name} with seed {seed}"

    def test_every_exercise_has_answers(self) -> None:
        for key, exercise in lesson_of(self.lesson_id).exercises.items():
            if not exercise.is_prediction:
                assert len(self.right[key]) >= self.fewest_right, key
                assert len(self.wrong.get(key, {})) >= self.fewest_wrong, key

    def test_the_bank_holds(self) -> None:
        """All caught, all named as themselves or a documented equivalent, far from right.

        With one seed; `autograder audit` (`make test-all`) takes three.
        """
        audit = audit_lesson(
            lesson_of(self.lesson_id), SEEDS[:1], lambda lesson, seed: judge_of(lesson.id, seed)
        )
        assert audit.problems == []
        assert min(row.factor for row in audit.rows) > self.nearest
        counts: dict[str, int] = {}
        for row in audit.rows:
            key = row.misconception.exercise
            counts[key] = counts.get(key, 0) + 1
        for key, exercise in lesson_of(self.lesson_id).exercises.items():
            assert exercise.is_prediction or counts[key] >= self.fewest_mistakes, key

    def test_what_is_said_of_known_mistakes_is_a_sentence(self) -> None:
        judge = judge_of(self.lesson_id, SEEDS[0])
        for key, mistakes in judge.bank.by_exercise.items():
            for mistake in mistakes:
                for probe in judge.probes(key):
                    found = first_difference(
                        judge.expected(key, probe),
                        judge.known.misconceived((mistake,), probe),
                        probe.tolerance,
                    )
                    if found is not None:
                        assert_reads_well(describe_difference(found), found.kind)
