"""The direct way into the gradebook: what it leaves is what nbgrader's own way leaves."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import datetime

import nbgrader.api
import pytest
from nbgrader.api import Gradebook

from autograder.batch import grade_class
from autograder.batch.converters import Enter
from autograder.batch.direct_entry import DirectEntry
from autograder.batch.grade_class import grade_lesson
from autograder.batch.gradebook import autograde, course_config, set_due_date
from autograder.course.course import Course
from autograder.grading.cache import Cache
from autograder.nbgrader_plugins import execute
from tests.helpers.gradebooks import contents, give, tree
from tests.helpers.handing_in import LESSON, hand_in, make_course
from tests.helpers.varied import CLASS

HOME = f"{LESSON.id}/{LESSON.slug}.ipynb"
LATE = "c.LateSubmissionPlugin.penalty_method = 'zero'\nc.LimitOutput.max_lines = 500\n"
FOREIGN = """
from nbgrader.preprocessors import NbGraderPreprocessor
class Stamp(NbGraderPreprocessor):
    def preprocess(self, nb, resources):
        nb.metadata["stamp"] = resources["nbgrader"]["student"]
        return nb, resources
c.Autograde.autograde_preprocessors.append(Stamp)
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The class, entered directly; its results are kept."""
    course = make_course(tmp_path_factory.mktemp("direct"))
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(LATE)
    for student, content in CLASS.items():
        hand_in(course, {HOME: content}, student)
    picture = {f"{LESSON.id}/sketch.png": b"\x89PNG", f"{LESSON.id}/own.py": "x = 1"}
    stamp = {f"{LESSON.id}/timestamp.txt": "2026-03-02 12:00:00 UTC"}
    hand_in(course, stamp | picture, "late")
    set_due_date(course, LESSON.id, datetime(2026, 3, 1))
    here = []  # what the worker's result was not found for, and was graded once more
    real = execute.grade_notebook
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            execute, "grade_notebook", lambda *a, **k: here.append(a[0].notes) or real(*a, **k)
        )
        report = grade_lesson(course, LESSON.id, workers=1, feedback=False)
    assert report.failed == {}
    assert len(here) == 2  # the two that are no notebooks of this lesson
    return course


def again(graded, folder, monkeypatch, *, direct, config=""):
    """The same class in another folder, entered from the same results into a new gradebook."""
    shutil.copytree(graded.root, folder, symlinks=True)
    for name in ("gradebook.db", "autograded"):
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    with (folder / "nbgrader_config.py").open("a") as file:
        file.write(config)
    course = Course(folder)
    set_due_date(course, LESSON.id, datetime(2026, 3, 1))
    with monkeypatch.context() as patch:
        if not direct:
            patch.setattr(DirectEntry, "of", classmethod(lambda cls, converter: None))
        report = grade_lesson(course, LESSON.id, workers=1, feedback=False)
    assert report.failed == {}
    return course


@pytest.mark.sealed
def test_what_is_left_is_what_nbgraders_way_leaves(graded, tmp_path, monkeypatch):
    """Every table and every file; and once more, when a person has graded in between."""
    courses = [
        again(graded, tmp_path / name, monkeypatch, direct=name == "direct")
        for name in ("direct", "nbgrader")
    ]
    ours, theirs = courses
    assert contents(ours) == contents(theirs)
    assert tree(ours, "autograded") == tree(theirs, "autograded")
    _is_worth_comparing(contents(ours))
    for course in courses:
        give(course, "partly", LESSON, {"nan_or_bug": 2.5, "test_descend": 0.5}, extra=1.0)
        give(course, "late", LESSON, {"gradient_zero": 3.0}, said="Well *put*.")
        give(course, "blank", LESSON, {"nan_or_bug": 1.0})
        hand_in(course, {HOME: CLASS["edited"]}, "good")
        hand_in(course, {HOME: CLASS["good"]}, "blank")
        hand_in(course, {f"{LESSON.id}/timestamp.txt": "yesterday"}, "late")
    entered = []
    for course, direct in zip(courses, (True, False), strict=True):
        with monkeypatch.context() as patch:
            if not direct:
                patch.setattr(DirectEntry, "of", classmethod(lambda cls, converter: None))
            patch.setattr(grade_class.Unchanged, "entries", lambda *_: set())  # all of them
            report = grade_lesson(course, LESSON.id, workers=1, feedback=False)
        entered.append({entry.student: entry.score for entry in report.entries})
    assert entered[0] == entered[1]
    assert contents(ours) == contents(theirs)
    assert tree(ours, "autograded") == tree(theirs, "autograded")
    manual = [row for row in contents(ours)["grade"] if row["manual_score"] is not None]
    assert sorted(row["manual_score"] for row in manual) == [0.5, 1.0, 2.5, 3.0]
    assert [row for row in manual if row["extra_credit"] == 1.0]


def _is_worth_comparing(rows):
    """The class has what could go wrong."""
    assert {row["auto_comment"] for row in rows["comment"]} == {None, "No response."}
    assert {bool(row["needs_manual_grade"]) for row in rows["grade"]} == {True, False}
    assert len({row["auto_score"] for row in rows["grade"]}) > 3
    assert [r["late_submission_penalty"] for r in rows["submitted_notebook"]].count(7.0) == 1


@pytest.mark.sealed
def test_the_files_are_those_of_a_class_that_has_everything(graded):
    files = tree(graded, "autograded")
    place = f"late/{LESSON.id}"
    assert sorted(name for name in files if name.startswith("late/")) == [
        f"{place}/orientation.ipynb", f"{place}/orientation.verdict.json",
        f"{place}/sketch.png", f"{place}/timestamp.txt",
    ]  # fmt: skip
    assert {mode for mode, _ in files.values()} == {"0o444"}
    noisy = files[f"noisy/{LESSON.id}/orientation.ipynb"][1].decode()
    assert noisy.count("... Output truncated ...") == 1
    assert '"line 4' in noisy
    assert '"line 600' not in noisy


@pytest.mark.sealed
def test_a_class_that_is_unchanged_needs_no_workers(graded, tmp_path, monkeypatch):
    def nobody(*args, **kwargs):
        raise AssertionError("a worker was started")

    monkeypatch.setattr(grade_class, "in_workers", nobody)
    monkeypatch.setattr(grade_class, "warm_up", nobody)
    course = again(graded, tmp_path / "unchanged", monkeypatch, direct=True)
    assert contents(course) == contents(graded)
    hand_in(course, {HOME: CLASS["wrong"] + b"\n"}, "wrong")  # white space, and yet another file
    with pytest.raises(AssertionError, match="a worker was started"):
        grade_lesson(course, LESSON.id, workers=1, feedback=False)


@pytest.mark.sealed
def test_a_foreign_step_is_run_as_nbgrader_runs_it(graded, tmp_path, monkeypatch):
    course = again(graded, tmp_path / "foreign", monkeypatch, direct=True, config=FOREIGN)
    text = (course.root / "autograded" / "good" / HOME).read_text()
    assert '"stamp": "good"' in text
    assert contents(course) == contents(graded)


@pytest.mark.parametrize(
    ("config", "direct"),
    [
        ("", True),
        (LATE, True),
        ("c.SaveAutoGrades.enabled = False", True),
        (FOREIGN, False),
        ("c.Autograde.sanitize_preprocessors.pop()", False),
        ("c.Autograde.autograde_preprocessors.insert(0, 'nbgrader.preprocessors.Execute')", False),
        ("c.Autograde.exporter_class = 'nbconvert.exporters.NotebookExporter'", False),
        ("c.OverwriteCells.add_missing_cells = True", False),
        ("c.NotebookExporter.nbformat_version = 3", False),
        ("c.FilesWriter.files = ['*.txt']", False),
    ],
)
def test_only_the_courses_own_steps_go_the_direct_way(tmp_path, config, direct):
    course = make_course(tmp_path)
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(f"\n{config}\n")
    enter = Enter(course_config(course), LESSON, [], {})
    enter.start()
    assert (enter._direct is not None) is direct


def enter_all(course, learners):
    """Enter the kept results of a class, without anything else."""
    return autograde(
        course,
        LESSON,
        learners,
        refused={},
        sealed=True,
        full=False,
        cache=Cache(course, LESSON),
        submitted="submitted",
    )


@pytest.mark.sealed
def test_a_batch_opens_the_database_once(graded, monkeypatch):
    opened = []
    real = nbgrader.api.create_engine

    def create_engine(url, **kwargs):
        opened.append(url)
        return real(url, **kwargs)

    monkeypatch.setattr(nbgrader.api, "create_engine", create_engine)
    assert enter_all(graded, ["good", "wrong", "late"]) == {}
    assert len(opened) == 1
    with Gradebook(opened[0]):  # and outside of a batch, each for itself
        pass
    assert len(opened) == 2


@pytest.mark.sealed
def test_a_run_that_is_stopped_keeps_what_was_entered(graded, monkeypatch):
    real = DirectEntry.enter

    def enter(self, filename):
        if "/wrong/" in filename:
            raise KeyboardInterrupt
        real(self, filename)

    monkeypatch.setattr(DirectEntry, "enter", enter)
    before = _scores(graded)
    for student in ("good", "late"):
        give(graded, student, LESSON, {}, auto=0.0)
    with pytest.raises(KeyboardInterrupt):
        enter_all(graded, ["good", "wrong", "late"])
    after = _scores(graded)
    assert after["good"] == before["good"] > 0
    assert after["wrong"] == after["late"] == 0.0


@pytest.mark.sealed
def test_a_database_that_fails_in_between_is_said_of_all_who_come_after(graded, monkeypatch):
    create = nbgrader.api.create_engine
    monkeypatch.setattr(
        nbgrader.api,
        "create_engine",
        lambda url, **kwargs: create(url, connect_args={"timeout": 0.1}, **kwargs),
    )
    other = sqlite3.connect(graded.root / "gradebook.db", isolation_level=None)
    real = DirectEntry.enter

    def enter(self, filename):
        real(self, filename)
        if "/good/" in filename:
            other.execute("BEGIN IMMEDIATE")

    try:
        with monkeypatch.context() as patch:
            patch.setattr(DirectEntry, "enter", enter)
            failed = enter_all(graded, ["good", "late", "wrong"])
    finally:
        other.close()
    assert set(failed) == {"late", "wrong"}
    assert all("is locked by another program" in why for why in failed.values())
    assert enter_all(graded, ["good", "late", "wrong"]) == {}


def _scores(course):
    from autograder.batch.gradebook import scores

    return scores(course, LESSON)
