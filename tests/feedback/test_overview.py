"""What a page says first: the score, what to do next, and a line for each part."""

from __future__ import annotations

from dataclasses import replace

from autograder.feedback.overview import headline, next_steps, rows, score_line, score_notes
from autograder.feedback.page import ExercisePart, Grade
from autograder.judging.verdict import Diagnosis, ProbeVerdict, Verdict
from tests.feedback.making import (
    QUESTION,
    answer,
    graded,
    grades,
    html_of,
    page_of,
    said,
    verdicts,
    wrong,
)


def row(page, name):
    (found,) = (row for row in rows(page) if row.name == name)
    return found


def test_three_that_are_not_right_are_named_and_the_first_is_where_to_start():
    failed = {key: wrong(key) for key in ("descent_step", "descend", "largest_stable_lr")}
    assert list(next_steps(page_of(judged=verdicts(**failed)))) == [
        "3 exercises are not right yet: `descent_step`, `descend` and `largest_stable_lr`.",
        "Start with `descent_step`. Read its card below, change your code in the notebook, then "
        "run `%check descent_step`, which tries it on fresh inputs.",
    ]


def test_one_that_is_not_right_and_what_is_not_begun():
    blank = Verdict("descend", "not_attempted", 0.0, 2.0)
    steps = list(next_steps(page_of(judged=verdicts(descent_step=wrong(), descend=blank))))
    assert steps[0] == "1 exercise is not right yet: `descent_step`."
    assert steps[1].startswith("Read its card below")
    assert steps[2] == "1 exercise is not begun: `descend`."


def test_when_all_is_right_nothing_is_to_be_done():
    assert list(next_steps(page_of())) == ["Every exercise is right."]


def test_of_many_names_some_are_counted():
    blank = Verdict("many", "not_attempted", 0.0, 1.0)
    for number, ends in ((7, "`many` and `many`."), (8, "`many` and 2 more.")):
        page = replace(page_of(), exercises=(ExercisePart(blank, Grade()),) * number)
        (step,) = next_steps(page)
        assert step.startswith(f"{number} exercises are not begun: `many`, ")
        assert step.endswith(ends)


def test_a_line_has_points_the_word_and_the_thought():
    page = page_of(
        judged=verdicts(descent_step=wrong()), given=grades(test_descent_step=Grade(0, 1))
    )
    found = row(page, "descent_step")
    assert (found.points, found.word) == ("0 of 1", "not right yet")
    assert found.said == "It climbs: the gradient points uphill."
    assert row(page, "descend").said == ""


def test_without_a_thought_it_is_what_differs_first():
    undiagnosed = replace(wrong(), diagnosis=None)
    assert headline(undiagnosed) == "single numbers: expected 1.5, got 2.5."
    assert headline(replace(undiagnosed, note="It was stopped: 10 s.")) == "It was stopped: 10 s."


def test_of_two_thoughts_the_first():
    two = replace(wrong(), diagnosis=Diagnosis("a", "One.\nTwo.", second="b"))
    assert headline(two) == "One."


def test_a_prediction_says_which_letter_the_run_shows():
    probe = ProbeVerdict("p", "a letter", "passed", 1.0, 1.0)
    note = "The run shows (b), and you predicted (a). That is because of 0.5. And more."
    verdict = Verdict("prediction_x", "passed", 1.0, 1.0, (probe,), note=note)
    assert headline(verdict) == "The run shows (b), and you predicted (a)."


def test_a_question_is_not_graded_yet_until_it_is():
    page = page_of(graded(lambda nb: answer(nb, "flat")))
    assert row(page, QUESTION).word == "not graded yet"
    assert list(score_notes(page)) == [
        "3 questions for 9 points are not graded yet: a person reads your answers."
    ]
    given = grades(**{QUESTION: Grade(2.0, 3.0, by_hand=True)}, comments={QUESTION: "Say *why*."})
    page = page_of(graded(lambda nb: answer(nb, "flat")), given=given)
    found = row(page, QUESTION)
    assert (found.word, found.points, found.said) == (
        "graded",
        "2 of 3",
        "There is a comment on it.",
    )
    assert next(score_notes(page)).startswith("2 questions for 6 points are not graded yet")
    words = said(html_of(graded(), given=given))
    assert f"{QUESTION}: 2 of 3 points" in words
    assert "Comment from the person grading this Say why." in words


def test_where_nothing_is_written_nobody_is_said_to_read_it():
    assert list(score_notes(page_of())) == ["3 questions for 9 points are not graded yet."]
    assert row(page_of(), QUESTION).said == "Nothing is written below the question."


def test_what_came_late_is_taken_off_and_never_more_than_there_is():
    page = page_of(given=grades(score=7.0, late=2.5))
    assert score_line(page) == "4.5 of 16 points"
    assert next(score_notes(page)) == (
        "Handed in late: 2.5 of the 7 points that you earned are taken off."
    )
    assert score_line(page_of(given=grades(score=7.0, late=9.0))) == "0 of 16 points"


def test_points_that_a_person_changed_are_said_to_be():
    by_hand = Grade(0.5, 1.0, by_hand=True)
    given = grades(test_descent_step=by_hand, comments={"descent_step": "Half of it."})
    page = page_of(judged=verdicts(descent_step=wrong()), given=given)
    assert row(page, "descent_step").points == "0.5 of 1"
    assert row(page, "descent_step").said.endswith(
        "A person changed the points. There is a comment on it."
    )
    words = said(html_of(judged=verdicts(descent_step=wrong()), given=given))
    assert "A person looked at this, and gave 0.5 of 1 points." in words
    assert "Half of it." in words


def test_points_for_an_earlier_version_are_said_to_be():
    given = grades(**{QUESTION: Grade(2.0, 3.0, by_hand=True, again=True)})
    assert f"{QUESTION}: 2 of 3 points, for an earlier version" in said(html_of(given=given))
