"""A class as it comes: whatever one hand-in is, everyone has a row, and the others their scores."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from autograder.batch.grade_class import grade_lesson
from autograder.batch.gradebook import scores
from autograder.course.course import Course
from autograder.demo.students import as_bytes, fill_in, right_sources
from tests.helpers.handing_in import signed

SOURCE = Course.find()
LESSON = SOURCE.lesson("00_orientation")
RAISES_HALF = 'def descent_step(*args):\n    raise ValueError("\\ud800")\n'

pytestmark = pytest.mark.sealed


def right(**changes):
    return as_bytes(fill_in(LESSON, {**right_sources(LESSON), **changes}))


def hand_in(course, student, content, timestamp=None):
    folder = course.root / "submitted" / student / LESSON.id
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{LESSON.slug}.ipynb").write_bytes(content)
    if timestamp is not None:
        (folder / "timestamp.txt").write_bytes(timestamp)
    return folder


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("class") / "course [2026]"
    shutil.copytree(SOURCE.solutions / LESSON.id, root / "solutions" / LESSON.id)
    shutil.copy(SOURCE.root / "nbgrader_config.py", root)
    return Course(root)


@pytest.fixture(scope="module")
def report(course):
    """The class, graded with feedback."""
    for student in ("o'neil", "s1 [late]", "a*", "-dash", " ana "):
        hand_in(course, student, right())
    hand_in(course, "bom", right(), b"\xef\xbb\xbf2026-01-14 12:00:00 UTC")
    hand_in(course, "when", right(), b"05/01/2026")
    hand_in(course, "half", right(descent_step=RAISES_HALF))
    hand_in(course, os.fsdecode(b"j\xfcrgen"), right())
    hand_in(course, "line\nbreak", right())
    hand_in(course, "nothing", b"{")
    return grade_lesson(course, LESSON.id)


def entry(report, student):
    (found,) = (entry for entry in report.entries if entry.student == student)
    return found


@pytest.mark.parametrize("student", ["o'neil", "s1 [late]", "a*", "-dash", " ana ", "bom", "when"])
def test_everyone_else_is_graded(course, report, student):
    assert entry(report, student).score == 7
    page = course.root / "feedback" / student / LESSON.id / f"{LESSON.slug}.html"
    assert page.is_file()


def test_half_a_surrogate_pair_ends_no_entry(report):
    found = entry(report, "half")
    assert found.problem == ""
    assert found.score == found.verdict.score < 7


def test_a_timestamp_that_is_not_certain_is_named(report):
    assert "no time of day" in entry(report, "when").problem
    assert entry(report, "bom").problem == ""


@pytest.mark.parametrize("name", [b"j\xfcrgen", b"line\nbreak"])
def test_whom_the_gradebook_cannot_hold_is_named_with_the_reason(report, name):
    found = entry(report, os.fsdecode(name))
    assert (found.score, found.verdict) == (None, None)
    assert "the folder's name cannot be an id" in found.problem
    assert found.command.startswith("mv ")


def test_what_is_no_notebook_has_no_points_and_a_reason(report):
    found = entry(report, "nothing")
    assert (found.score, found.verdict) == (0, None)
    assert "JSON" in found.problem


def test_the_table_names_everyone(report, capsys):
    from autograder.batch.report import print_report

    print_report(report)
    said = " ".join(capsys.readouterr().out.split())
    for shown in ("o'neil", "s1 [late]", "(it names no time of day)"):
        assert shown in said


def test_who_hands_in_after_feedback_meets_new_inputs_and_nobody_else_does(course, report):
    (before,) = report.seeds
    hand_in(course, "half", right())
    again = grade_lesson(course, LESSON.id)
    assert entry(again, "half").verdict.seed != before
    assert entry(again, "half").score == 7
    kept = [e for e in again.entries if e.verdict and e.student != "half"]
    assert {e.verdict.seed for e in kept} == {before}
    once_more = grade_lesson(course, LESSON.id)
    assert again.seeds == once_more.seeds


def test_an_old_score_does_not_stand_for_what_could_not_be_entered(course, report, monkeypatch):
    def broken(*args, **kwargs):
        raise OSError("disk")

    hand_in(course, "o'neil", right() + b"\n")  # nobody is entered again without a change
    monkeypatch.setattr("autograder.nbgrader_plugins.sanitize.rebuild", broken)
    failed = grade_lesson(course, LESSON.id, student="o'neil")
    assert failed.failed == {"o'neil": "OSError: disk"}
    assert entry(failed, "o'neil").score is None
    assert scores(course, LESSON)["o'neil"] == 0


def autograder(course, **kwargs):
    command = [sys.executable, "-m", "autograder", "grade", LESSON.id]
    return subprocess.Popen(command, cwd=course.root, text=True, stderr=subprocess.PIPE, **kwargs)


def test_a_locked_gradebook_is_one_clear_line_before_any_grading(course, report):
    other = sqlite3.connect(course.root / "gradebook.db")
    other.execute("BEGIN IMMEDIATE")
    try:
        process = autograder(course)
        said = process.communicate(timeout=120)[1]
    finally:
        other.close()
    assert process.returncode == 2
    assert said.strip().endswith(
        "gradebook.db is locked by another program; try again when that has ended"
    )
    assert len(said.strip().splitlines()) == 1


def test_ctrl_c_is_one_clear_line(course, report, tmp_path):
    fresh = Course(tmp_path / "course")
    shutil.copytree(course.root / "solutions", fresh.root / "solutions")
    shutil.copy(course.root / "nbgrader_config.py", fresh.root)
    learners = [f"s{number}" for number in range(12)]
    for who in learners:
        hand_in(fresh, who, signed(who))
    # In a job in the background of a shell, an interrupt is ignored, and children inherit that.
    process = autograder(
        fresh,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    batches = fresh.root / ".autograder" / "batches" / f"{LESSON.id}.json"
    kept = fresh.root / ".autograder" / "results" / LESSON.id
    while process.poll() is None and not list(kept.glob("*.json")):
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: every process of the group
    said = process.communicate(timeout=120)[1]
    assert process.returncode == 130
    assert "Traceback" not in said
    assert "autograder: stopped; what was graded is kept" in said
    assert json.loads(batches.read_text())["told"] is False
    assert 0 < len(list(kept.glob("*.json"))) < len(learners)
