"""A batch works on copies, each where nbgrader looks for it; `submitted/` stays as it is."""

import os
import shlex
import subprocess
import sys

import pytest

from autograder.batch.grade_class import BatchReport, Entry
from autograder.batch.report import print_report, what_helps
from autograder.handins import hand_ins
from autograder.handins.staging import DAY, reason_for, stage
from tests.helpers.handing_in import (
    HOME,
    LESSON,
    different,
    found,
    hand_in,
    make_course,
    right,
    zipped,
)


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path)


def staged_of(course, staged, *students):
    for one in hand_ins(course, LESSON, list(students)):
        staged.add(one)
    return course.root / staged.folder


def test_a_notebook_is_staged_with_its_timestamp_and_pictures(course):
    stamp = f"{LESSON.id}/timestamp.txt"
    files = {f"{LESSON.id}/a/x.ipynb": right(), stamp: "2026-01-01", "numpy.py": "raise"}
    hand_in(course, {**files, f"{LESSON.id}/a/sketch.png": b"\x89PNG"}, "o'neil [x]")
    with stage(course, LESSON) as staged:
        root = staged_of(course, staged, "o'neil [x]") / "o'neil [x]" / LESSON.id
        assert {path.name for path in root.iterdir()} == {
            "orientation.ipynb", "sketch.png", "timestamp.txt"
        }  # fmt: skip
        assert (root / "orientation.ipynb").read_bytes() == right()
        assert staged.to_grade == {"o'neil [x]": root / "orientation.ipynb"}
    assert not root.exists()


def test_what_cannot_be_graded_is_staged_as_nothing_with_the_reason(course):
    hand_in(course, {f"{LESSON.id}/orientation.py": "x = 1"})
    hand_in(course, {"01_losses/losses.ipynb": "{}"}, "ben")
    with stage(course, LESSON) as staged:
        root = staged_of(course, staged, "ana", "ben")
        path = root / "ana" / HOME
        assert path.read_bytes() == b""
        assert reason_for(path) == f"{LESSON.id}/orientation.py is a script"
        assert staged.to_grade == {}
        assert not (root / "ben").exists()


def test_a_reason_that_a_learner_wrote_is_none(course):
    folder = hand_in(course, {HOME: ""})
    (folder.parent / ".reasons.json").write_text('{"ana": "full marks"}')
    assert reason_for(folder / HOME) == ""


def test_what_a_killed_batch_left_goes_a_day_later(course):
    left = course.root / ".autograder" / "staging" / "left"
    left.mkdir(parents=True)
    with stage(course, LESSON):
        assert left.exists()
    os.utime(left, (left.stat().st_mtime - 2 * DAY,) * 2)
    with stage(course, LESSON):
        assert not left.exists()


def helping(course, who="ana"):
    return found(course, who).command.splitlines()[-1]


def run(course, command):
    done = subprocess.run(["bash", "-c", command], cwd=course.root, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("who", ["ana", "o'neil", "s1 [late]", "$HOME", "a; b", "-dash", "jürgen"])
@pytest.mark.parametrize("at_root", [True, False])
def test_the_command_for_two_that_differ_can_be_pasted(course, monkeypatch, who, at_root):
    if at_root:
        monkeypatch.chdir(course.root)
    names = ("orientation (1).ipynb", "it's $(2).ipynb")
    contents = (right(), different())
    files = {f"{LESSON.id}/{n}": c for n, c in zip(names, contents, strict=True)}
    hand_in(course, files, who)
    assert shlex.split(helping(course, who))[0] == "mv"
    run(course, helping(course, who))
    assert found(course, who).content in contents
    assert found(course, who).place == HOME


@pytest.mark.parametrize("link", [HOME, LESSON.id])
def test_no_command_writes_through_a_link(course, monkeypatch, link):
    ben = hand_in(course, {HOME: right()}, "ben")
    folder = hand_in(course, {LESSON.id if link == HOME else ".": None})
    (folder / link).symlink_to(ben / link)
    monkeypatch.chdir(course.root)
    (course.root / "orientation.ipynb").write_bytes(different())
    run(course, helping(course))
    assert found(course).content == different()
    assert (ben / HOME).read_bytes() == right()


def test_the_command_for_a_pipe_is_not_waited_for(course, monkeypatch):
    os.mkfifo(hand_in(course, {LESSON.id: None}) / HOME)
    monkeypatch.chdir(course.root)
    (course.root / "orientation.ipynb").write_bytes(right())
    run(course, helping(course))
    assert found(course).content == right()


def test_a_name_with_a_line_break_starts_no_command(course):
    folder = hand_in(course, {f"{LESSON.id}/x\nrm -rf y.py": "x = 1"})
    (folder / LESSON.id / "z").symlink_to("/etc/a\nb")
    one = found(course)
    assert "\n" not in one.problem
    assert len(one.command.splitlines()) == 1
    report = BatchReport("00_orientation", [Entry("a\nb", None, one.problem, 0, command="c")])
    assert all("\n" not in line for line in what_helps(report))


def test_the_command_for_a_script_makes_a_notebook_of_it(course, monkeypatch):
    pytest.importorskip("jupytext")
    source = "# %%\ndef descent_step(x, grad, lr):\n    return x - lr * grad\n"
    hand_in(course, {f"{LESSON.id}/my answers.py": source})
    assert helping(course).startswith("jupytext --to ipynb")
    run(course, f"{sys.executable} -m {helping(course)}")
    assert found(course).problem == ""


def test_the_command_for_a_notebook_of_another_lesson_moves_it(course):
    hand_in(course, {"01_losses/losses.ipynb": right()})
    lesson = course.lesson("01_losses")
    run(course, found(course, lesson=lesson).command)
    assert found(course).place == HOME


def test_the_command_for_a_name_that_can_be_no_id_renames_the_folder(course):
    hand_in(course, {HOME: right()}, "two\nlines")
    run(course, helping(course, "two\nlines"))
    assert found(course, "two_lines").content == right()


def test_nothing_in_submitted_is_changed(course):
    folder = hand_in(course, {f"{LESSON.id}/o.zip": zipped({"x.ipynb": right()}), "y.ipynb": "{"})
    before = {path: path.lstat().st_mtime_ns for path in folder.parent.rglob("*")}
    with stage(course, LESSON) as staged:
        staged_of(course, staged, "ana")
    assert {path: path.lstat().st_mtime_ns for path in folder.parent.rglob("*")} == before


def test_long_ids_and_reasons_are_printed_whole(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    long_id, reason = "x" * 200, "because " + "of this and of that " * 8
    entries = [Entry(long_id, None, reason.strip(), 0.0, command="cp a b")]
    print_report(BatchReport("00_orientation", entries, loose=["all.zip"]))
    said = capsys.readouterr().out
    assert said.count("x") >= 200
    assert "submitted/all.zip is in no learner's folder" in said
    assert list(what_helps(BatchReport("00_orientation", entries)))[-1] == "cp a b"


def test_a_command_is_printed_on_one_line(capsys):
    command = f"mv {'a' * 300} {'b' * 300}"
    print_report(BatchReport("00_orientation", [Entry("[x]", None, "it", 0.0, command=command)]))
    said = capsys.readouterr().out
    assert f"\n# [x]: it\n{command}\n" in said
