"""What a bank refuses, and that two courses do not share one."""

from dataclasses import replace
from pathlib import Path

import pytest

from autograder.course.lesson import Lesson, LessonError
from autograder.harness.probe import Probe, Probes
from autograder.judging.bank import Bank, LessonBank

TINY = Path(__file__).parents[1] / "fixtures/tiny_course/solutions/90_tiny/tiny.py"
LESSON = Lesson.read(TINY)
PROBES = {"double": [Probe("doubled", "", 1.0, lambda rng: {}, lambda impl, inputs: None)]}


def of_double(declare):
    bank = Bank()
    declare(bank.exercise("double"))
    return LessonBank(LESSON, [bank], PROBES)


def test_an_observer_of_a_probe_that_is_not_there_is_refused():
    with pytest.raises(LessonError, match="probe 'doubling' of double, which has doubled"):
        of_double(lambda double: double.observe("doubling")(lambda raw, inputs, secrets: raw))


def test_two_observers_of_one_probe_are_refused():
    with pytest.raises(LessonError, match="two observers of doubled"):
        of_double(lambda double: double.observe("doubled", "doubled")(lambda *seen: seen))


def test_two_misconceptions_of_one_name_are_refused():
    def declare(double):
        double.edit("same", "", ("2", "3"))
        double.edit("same", "", ("2", "4"))

    with pytest.raises(LessonError, match="two misconceptions are named 'same'"):
        of_double(declare)


def test_an_exercise_that_the_lesson_does_not_have_is_refused():
    bank = Bank()
    bank.exercise("treble").edit("twice", "", ("3", "2"))
    with pytest.raises(LessonError, match="no exercise 'treble'"):
        LessonBank(LESSON, [bank], PROBES)


def test_an_edit_that_does_not_fit_the_reference_says_which():
    bank = of_double(lambda double: double.edit("odd", "", ("no such line", "")))
    with pytest.raises(LessonError, match="odd edits 'no such line', which is found 0 times"):
        bank.by_exercise["double"][0].names(LESSON)


def test_two_courses_edit_each_its_own_reference():
    bank = Bank()
    bank.exercise("double").edit("halved", "", ("SCALE * x", "SCALE * x / 2"))
    other = replace(LESSON, source=LESSON.source.replace("return SCALE", "return 1 * SCALE"))
    here, there = LessonBank(LESSON, [bank], PROBES), LessonBank(other, [bank], PROBES)
    (mistake,) = here.by_exercise["double"]
    assert there.by_exercise["double"] == [mistake]
    assert "return SCALE * x / 2" in mistake.code(LESSON)
    assert "return 1 * SCALE * x / 2" in mistake.code(other)


def test_probes_of_one_exercise_have_names_of_their_own():
    double = Probes().exercise("double")
    double.probe("once", points=1.0, inputs=dict, name="same")(print)
    with pytest.raises(ValueError, match="two probes named 'same'"):
        double.probe("twice", points=1.0, inputs=dict, name="same")(print)
    with pytest.raises(ValueError, match="needs a name"):
        double.probe("unnamed", points=1.0, inputs=dict)(lambda impl, inputs: None)
