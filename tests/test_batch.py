"""A batch: what one submission does, it does to itself."""

from pathlib import Path

from autograder import batch
from autograder.batch import grade_submission
from autograder.course import Course

COURSE = Course.find()
LESSON = COURSE.lesson("00_orientation")


def task(path):
    return batch._Task(COURSE.root, LESSON.id, Path(path), 7, True, False)


def test_what_is_no_notebook_is_a_problem_of_its_own(tmp_path):
    (tmp_path / "orientation.ipynb").write_bytes(b"{")
    outcome = grade_submission(task(tmp_path / "orientation.ipynb"))
    assert outcome.graded is None
    assert "JSON" in outcome.problem
    assert not outcome.broken


def test_an_error_of_ours_is_said_of_one_submission(monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("no such luck")

    monkeypatch.setattr(batch, "grade_notebook", broken)
    monkeypatch.setattr(batch.Results, "lookup", lambda self, notebook, seed: None)
    outcome = grade_submission(task(COURSE.notebooks / LESSON.id / "orientation.ipynb"))
    assert outcome.graded is None
    assert outcome.problem == "the grader failed on it: RuntimeError: no such luck"
    assert outcome.broken
