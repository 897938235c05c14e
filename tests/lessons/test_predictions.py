"""Predictions are for committing: any letter on offer earns the point, nothing else does."""

import re

import pytest

from autograder.course.course import Course
from autograder.course.lesson import Exercise
from autograder.course.release import release_notebook
from autograder.feedback.card import word_of
from autograder.feedback.text import explain

from .helpers import assert_right, assert_wrong, judge_names, judge_of, lesson_of

COURSE = Course.find()
PREDICTIONS = [
    pytest.param(lesson_id, exercise, id=exercise.key)
    for lesson_id in COURSE.lesson_ids()
    for exercise in COURSE.lesson(lesson_id).exercises.values()
    if exercise.is_prediction
]
# An answer, given away: "the answer was (c)", "It was (b).", "half of it, (a).".
GIVEN_AWAY = re.compile(r"[Aa]nswer (?:was|is) \(|It was \([a-z]\)|[:,] \([a-z]\)[.:]")


@pytest.mark.parametrize(("lesson_id", "exercise"), PREDICTIONS)
@pytest.mark.parametrize("typed", ["{}", " ({}) ", "{}.", "{})"])
def test_any_letter_on_offer_earns_the_point(
    lesson_id: str, exercise: Exercise, typed: str
) -> None:
    for letter in exercise.offered:
        for said in (letter, letter.upper()):
            assert_letter_earns(lesson_id, exercise.key, typed.format(said))


def assert_letter_earns(lesson_id: str, key: str, said: str) -> None:
    verdict = judge_names(lesson_id, key, {key: said})
    assert (verdict.status, verdict.score) == ("passed", 1.0), explain(verdict)


@pytest.mark.parametrize(("lesson_id", "exercise"), PREDICTIONS)
def test_the_visible_tests_take_every_letter(lesson_id: str, exercise: Exercise) -> None:
    shown = judge_of(lesson_id, 1).expected(
        exercise.key, judge_of(lesson_id, 1).probes(exercise.key)[0]
    )
    assert_right(lesson_id, exercise.key, {exercise.key: f"({str(shown).upper()})"})


@pytest.mark.parametrize(("lesson_id", "exercise"), PREDICTIONS)
@pytest.mark.parametrize("said", ["z", "", "ab", "it falls", 2, ["a"], True])
def test_anything_else_earns_nothing_and_is_told_what_is_on_offer(
    lesson_id: str, exercise: Exercise, said: object
) -> None:
    assert_wrong(lesson_id, exercise.key, {exercise.key: said})
    verdict = judge_names(lesson_id, exercise.key, {exercise.key: said})
    assert word_of(verdict) == "no letter yet"  # a letter would not be right or wrong, either
    text = explain(verdict)
    assert all(f'"{letter}"' in text for letter in exercise.offered)
    assert "The run shows" not in text


@pytest.mark.parametrize(("lesson_id", "exercise"), PREDICTIONS)
def test_the_verdict_says_what_the_run_shows_and_why(lesson_id: str, exercise: Exercise) -> None:
    judge = judge_of(lesson_id, 1)
    shown = judge.expected(exercise.key, judge.probes(exercise.key)[0])
    for letter in exercise.offered:
        text = explain(judge_names(lesson_id, exercise.key, {exercise.key: letter}))
        assert f"The run shows ({shown})" in text
        assert ("as you predicted" in text) == (letter == shown)
        assert judge.bank.shown[exercise.key] in text


@pytest.mark.parametrize("lesson_id", COURSE.lesson_ids())
def test_no_notebook_gives_an_answer_away(lesson_id: str) -> None:
    lesson = lesson_of(lesson_id)
    for notebook in (lesson.notebook(), release_notebook(lesson.notebook(), lesson)):
        told = [c.source for c in notebook.cells if c.cell_type == "markdown"]
        assert [text for text in told if GIVEN_AWAY.search(text)] == []
