"""The command line: bad input gets one clear line and exit status 1 or 2, never a traceback."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from autograder.cli.commands import main
from autograder.course.course import Course

COURSE = Course.find()
LESSON = "05_optimizers"
SHORTEST = "00_orientation"
SOLUTION = COURSE.solutions / LESSON / "optimizers.ipynb"
BLANK = COURSE.notebooks / LESSON / "optimizers.ipynb"


def run(*args, cwd=COURSE.root):
    """In this process, which has imported everything. An error that nobody expected is raised."""
    with contextlib.chdir(cwd):
        return CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False)


def run_apart(*args, cwd=COURSE.root):
    """In a process of its own, as people do."""
    return subprocess.run(
        [sys.executable, "-m", "autograder", *map(str, args)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
    )


def refused(done, status=2):
    """What a command said in one clear line on stderr, if it said nothing else."""
    ended = done.exit_code if hasattr(done, "exit_code") else done.returncode
    assert ended == status, (ended, done.stdout[-500:], done.stderr[-2000:])
    assert "Traceback" not in done.stderr + done.stdout
    assert done.stdout == ""
    lines = [line for line in done.stderr.splitlines() if line]
    (said,) = (line for line in lines if not line.startswith(("Usage:", "Try ")))
    return said


@pytest.fixture
def notebook(tmp_path):
    def write(content):
        path = tmp_path / "handed_in.ipynb"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    return write


@pytest.mark.parametrize("command", ["build", "work", "judge", "grade", "audit", "doctor", "demo"])
def test_every_command_has_help_with_an_example(command):
    done = run(command, "--help")
    assert done.exit_code == 0
    assert "Example: autograder" in done.stdout


@pytest.mark.parametrize(
    "args",
    [
        ("build", "99_nothing"),
        ("work", "99_nothing"),
        ("judge", "nowhere.ipynb"),
        ("judge", BLANK, "--lesson", "99_nothing"),
        ("judge", BLANK, "--seed", "-1"),
        ("judge", COURSE.root),
        ("grade", "99_nothing"),
        ("grade", LESSON, "--student", "../.."),
        ("grade", LESSON, "--workers", "0"),
        ("audit", "99_nothing"),
        ("audit", LESSON, "--mutate", "--exercise", "nothing"),
        ("audit", LESSON, "--exercise", "adam_step"),
        ("nonsense",),
    ],
    ids=lambda args: " ".join(Path(a).name for a in args),
)
def test_what_does_not_exist_is_said_in_one_line(args):
    refused(run(*args))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\x89PNG\r\n\x1a\n\x00\xff",
        [],
        {"cells": 3},
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"}]},
        {"nbformat": 99, "nbformat_minor": 0, "metadata": {}, "cells": []},
        dict(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print('hello')")])),
    ],
    ids=["empty", "truncated", "png", "list", "cells", "cell", "future", "another course's"],
)
def test_what_is_no_notebook_of_the_course_is_said_in_one_line(notebook, content):
    refused(run("judge", notebook(content)))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_said_in_one_line(notebook):
    path = notebook(BLANK.read_bytes())
    path.chmod(0)
    assert "ermission" in refused(run("judge", path))


def test_grading_where_nothing_was_handed_in(tmp_path):
    (tmp_path / "solutions").symlink_to(COURSE.solutions)
    (tmp_path / "nbgrader_config.py").write_bytes((COURSE.root / "nbgrader_config.py").read_bytes())
    assert "nothing to grade" in refused(run("grade", LESSON, cwd=tmp_path))


def test_a_missing_file_is_named():
    assert "nowhere.ipynb does not exist" in refused(run_apart("judge", "nowhere.ipynb"))


@pytest.mark.parametrize("args", [("audit", SHORTEST), ("doctor",)], ids=["audit", "doctor"])
def test_a_reader_who_went_away_hears_nothing(args):
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "autograder", *args]
    with os.fdopen(writing, "w") as pipe:
        done = subprocess.run(
            command, cwd=COURSE.root, stdout=pipe, stderr=subprocess.PIPE, text=True, timeout=300
        )
    assert (done.returncode, done.stderr) == (141, "")


def test_a_demo_does_not_write_into_a_full_folder(tmp_path):
    (tmp_path / "precious").touch()
    assert "not empty" in refused(run("demo", "--keep", tmp_path))
    assert (tmp_path / "precious").exists()


@pytest.mark.sealed
def test_the_blank_notebook_is_not_attempted_throughout():
    done = run_apart("judge", BLANK, "--json", "--seed", "7")
    verdict = json.loads(done.stdout)
    assert done.returncode == 1
    assert (verdict["lesson"], verdict["seed"], verdict["sealed"]) == (LESSON, 7, True)
    assert verdict["score"] == 0.0
    assert {e["status"] for e in verdict["exercises"].values()} == {"not_attempted"}
    assert verdict["max_score"] == sum(e["max_score"] for e in verdict["exercises"].values())


@pytest.mark.sealed
@pytest.mark.parametrize("lesson_id", COURSE.lesson_ids())
def test_the_solution_notebook_gets_full_marks(lesson_id):
    path = COURSE.solutions / lesson_id / f"{COURSE.lesson(lesson_id).slug}.ipynb"
    done = run("judge", path, "--json")
    verdict = json.loads(done.stdout)
    missed = {k: e for k, e in verdict["exercises"].items() if e["status"] != "passed"}
    assert not missed
    assert done.exit_code == 0
    assert verdict["errors"] == []


KEYS = {"lesson", "seed", "sealed", "score", "max_score", "exercises", "manual", "errors"}
EXERCISE_KEYS = {"status", "score", "max_score", "probes", "diagnosis"}
PROBE_KEYS = {"name", "status", "points", "score", "message", "call"}


@pytest.mark.sealed
def test_the_json_has_what_graders_elsewhere_rely_on(notebook):
    broken = nbformat.read(SOLUTION, as_version=4)
    for cell in broken.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "adam_step":
            cell.source = cell.source.replace("/ (1 - beta1**t)", "")
    done = run_apart("judge", notebook(dict(broken)), "--json")
    verdict = json.loads(done.stdout)
    assert set(verdict) == KEYS
    step = verdict["exercises"]["adam_step"]
    assert set(step) >= EXERCISE_KEYS
    assert all(set(probe) == PROBE_KEYS for probe in step["probes"])
    assert step["status"] == "failed"
    assert sum(bool(probe["call"]) for probe in step["probes"]) == 1
    assert 0 <= step["score"] < step["max_score"]
    assert set(step["diagnosis"]) == {"misconception", "second", "text"}
    assert {item["name"] for item in verdict["manual"]}
    assert all(set(item) == {"name", "max_score"} for item in verdict["manual"])
