"""Feedback of a class: one session of the database, and a reason for whoever gets no page."""

from __future__ import annotations

import shutil
import sqlite3

import nbgrader.api
import pytest

from autograder.batch import converters
from autograder.batch.gradebook import generate_feedback
from tests.helpers.handing_in import LESSON, blank, hand_in, make_course, right

pytestmark = pytest.mark.sealed
CLASS = ("ana", "ben", "cleo")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Three who handed in, and were graded without feedback."""
    from autograder.batch.grade_class import grade_lesson

    course = make_course(tmp_path_factory.mktemp("feedback"))
    for student in CLASS:
        notebook = blank() if student == "ben" else right()
        hand_in(course, {f"{LESSON.id}/{LESSON.slug}.ipynb": notebook}, student)
    grade_lesson(course, LESSON.id, workers=1, feedback=False)
    return course


def pages(course):
    return sorted(path.parts[-3] for path in (course.root / "feedback").rglob("*.html"))


def test_a_class_opens_the_gradebook_once(course, monkeypatch):
    opened = []

    class Counted(nbgrader.api.Gradebook):
        def __init__(self, *args, **kwargs):
            opened.append(args)
            super().__init__(*args, **kwargs)

    for module in (converters, __import__("autograder.nbgrader_plugins.grades", fromlist=["a"])):
        monkeypatch.setattr(module, "Gradebook", Counted)
    assert generate_feedback(course, LESSON, CLASS) == {}
    assert len(opened) == 1
    assert pages(course) == sorted(CLASS)
    page = (course.root / "feedback" / "ben" / LESSON.id / f"{LESSON.slug}.html").read_text()
    assert "0 of 16 points" in page
    assert "6 exercises are not begun" in page


def test_whose_file_is_gone_is_named_and_the_others_have_their_pages(course):
    shutil.rmtree(course.root / "feedback", ignore_errors=True)
    kept = course.root / "autograded" / "ben" / LESSON.id / f"{LESSON.slug}.ipynb"
    text = kept.read_text()
    kept.write_text("{")
    try:
        failed = generate_feedback(course, LESSON, CLASS)
    finally:
        kept.write_text(text)
    assert list(failed) == ["ben"]
    assert "JSON" in failed["ben"]
    assert pages(course) == ["ana", "cleo"]


def test_a_gradebook_that_is_locked_is_said_of_everyone(course, monkeypatch):
    monkeypatch.setattr(
        nbgrader.api, "create_engine", _impatient(nbgrader.api.create_engine), raising=True
    )
    other = sqlite3.connect(course.root / "gradebook.db")
    other.execute("BEGIN EXCLUSIVE")
    try:
        failed = generate_feedback(course, LESSON, CLASS)
    finally:
        other.close()
    assert set(failed) == set(CLASS)
    assert all("is locked by another program" in why for why in failed.values())


def _impatient(create):
    def create_engine(url, **kwargs):
        return create(url, connect_args={"timeout": 0.1}, **kwargs)

    return create_engine
