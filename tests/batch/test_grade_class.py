"""A batch: what one submission does, it does to itself."""

from pathlib import Path

import pytest

from autograder.batch import grade_class
from autograder.batch.grade_class import grade_submission
from autograder.course.course import Course, CourseError
from tests.helpers.handing_in import OTHER, hand_in, make_course, right, zipped

COURSE = Course.find()
LESSON = COURSE.lesson("00_orientation")


def task(path):
    return grade_class._Task(COURSE.root, LESSON.id, Path(path), 7, True, False)


def test_what_is_no_notebook_is_a_problem_of_its_own(tmp_path):
    (tmp_path / "orientation.ipynb").write_bytes(b"{")
    outcome = grade_submission(task(tmp_path / "orientation.ipynb"))
    assert outcome.graded is None
    assert "JSON" in outcome.problem
    assert not outcome.broken


def test_an_error_of_ours_is_said_of_one_submission(monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("no such luck")

    monkeypatch.setattr(grade_class, "grade_notebook", broken)
    monkeypatch.setattr(grade_class.Cache, "get", lambda self, key: None)
    outcome = grade_submission(task(COURSE.notebooks / LESSON.id / "orientation.ipynb"))
    assert outcome.graded is None
    assert outcome.problem == "the grader failed on it: RuntimeError: no such luck"
    assert outcome.broken


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
