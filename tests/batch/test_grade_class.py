"""A batch: what one submission does, it does to itself."""

import socket
from dataclasses import replace

import pytest

from autograder.batch import grade_class
from autograder.batch import task as work
from autograder.batch.task import Task, Tasks, grade_submission
from autograder.course.course import Course, CourseError
from autograder.grading.dependencies import dependencies
from tests.helpers.handing_in import OTHER, hand_in, make_course, right, zipped

COURSE = Course.find()
LESSON = COURSE.lesson("00_orientation")


def task(content):
    version = dependencies(COURSE, LESSON)
    return Task(COURSE.root, LESSON.id, "ana", content, 7, version, True, False)


def test_what_is_no_notebook_is_a_problem_of_its_own():
    outcome = grade_submission(task(b"{"))
    assert outcome.graded is None
    assert "JSON" in outcome.problem
    assert not outcome.broken


def test_an_error_of_ours_is_said_of_one_submission(monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("no such luck")

    monkeypatch.setattr(work, "grade_notebook", broken)
    monkeypatch.setattr(work.Cache, "get", lambda self, key: None)
    outcome = grade_submission(task(right()))
    assert outcome.graded is None
    assert outcome.problem == "the grader failed on it: RuntimeError: no such luck"
    assert outcome.broken


def test_a_notebook_travels_with_its_task_and_is_read_when_the_task_is_asked_for(tmp_path):
    path = tmp_path / "orientation.ipynb"
    tasks = Tasks(task(b""), {"ben": path}, {"ben": 8})
    path.write_bytes(b"{")
    mine = tasks["ben"]
    path.unlink()
    assert (mine.student, mine.content, mine.seed) == ("ben", b"{", 8)
    assert "JSON" in grade_submission(mine).problem


def test_a_worker_of_another_version_grades_nothing():
    asked = task(right())
    outcome = grade_submission(replace(asked, version={**asked.version, "engine": "0"}))
    assert outcome.graded is None
    said = f"{COURSE.root} on {socket.gethostname()} is another version: engine"
    assert outcome.stranger == said


def test_a_worker_without_the_course_says_what_to_do(tmp_path, monkeypatch):
    elsewhere = replace(task(b"{"), root=tmp_path / "nowhere")
    outcome = grade_submission(elsewhere)
    assert outcome.graded is None
    assert str(tmp_path / "nowhere") in outcome.stranger
    assert "or say in DESCENT_COURSE where it is" in outcome.stranger
    monkeypatch.setenv("DESCENT_COURSE", str(COURSE.root))
    assert "JSON" in grade_submission(elsewhere).problem


@pytest.mark.sealed
def test_one_worker_of_another_version_ends_the_batch_in_one_line(tmp_path, monkeypatch):
    course = make_course(tmp_path)
    for who in ("ana", "ben"):
        hand_in(course, {f"{LESSON.id}/orientation.ipynb": right()}, who)
    wrong = {**dependencies(course, LESSON), "hidden tests": "0"}
    monkeypatch.setattr("autograder.grading.cache.dependencies", lambda *_: wrong)
    with pytest.raises(CourseError, match=r"is another version: hidden tests$"):
        grade_class.grade_lesson(course, LESSON.id, workers=1)
    assert not (tmp_path / "autograded").exists()


@pytest.mark.sealed
def test_a_class_that_hands_in_anything_has_a_row_each(tmp_path):
    course = make_course(tmp_path)
    hand_in(course, {f"{LESSON.id}/o.zip": zipped({"a/Copy of orientation.ipynb": right()})}, "ana")
    hand_in(course, {f"{LESSON.id}/orientation.py": "x = 1\n"}, "ben")
    hand_in(course, {"01_losses/losses.ipynb": right()}, "cleo")
    hand_in(course, {"01_losses/losses.ipynb": right(OTHER)}, "dora")
    report = grade_class.grade_lesson(course, LESSON.id, workers=1)
    rows = {entry.student: entry for entry in report.entries}
    assert {who: row.score for who, row in rows.items()} == {
        "ana": 7.0, "ben": 0.0, "cleo": 7.0, "dora": None
    }  # fmt: skip
    assert [who for who, row in rows.items() if row.problem] == ["ben"]
    assert "Copy of orientation.ipynb" in rows["ana"].remark
    assert rows["dora"].remark == "handed in nothing for this lesson"
    assert report.needs_a_person
    page = tmp_path / "feedback" / "ben" / LESSON.id / "orientation.html"
    assert "orientation.py is a script" in page.read_text()
    assert list((tmp_path / ".autograder" / "staging").iterdir()) == []
    again = grade_class.grade_lesson(course, LESSON.id, student="ana", workers=1, feedback=False)
    assert [row.score for row in again.entries] == [7.0]
    assert not again.needs_a_person
    with pytest.raises(CourseError, match="nothing to grade"):
        grade_class.grade_lesson(course, LESSON.id, student="dora")
