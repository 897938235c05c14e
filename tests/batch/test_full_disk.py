"""A full disk: one clear line, nothing half-written, and the same command goes on once there is
room."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sqlite3
import subprocess
import sys

import pytest

from autograder.batch.grade_class import grade_lesson
from autograder.course import private
from autograder.course.course import CourseError
from tests.helpers.drills import entered
from tests.helpers.handing_in import LESSON, hand_in, make_course, signed

HOME = f"{LESSON.id}/{LESSON.slug}.ipynb"

pytestmark = pytest.mark.sealed


def a_class(folder, learners):
    course = make_course(folder)
    for who in learners:
        hand_in(course, {HOME: signed(who)}, who)
    return course


def refuse_half(course):
    """Fail if a file is not whole, or was only a draft."""
    for path in (path for path in course.root.rglob("*") if path.is_file()):
        assert not private.MARK.search(path.name), path
        if path.suffix in (".json", ".ipynb"):
            json.loads(path.read_text(encoding="utf-8"))
        if path.suffix == ".html":
            assert path.read_text(encoding="utf-8").rstrip().endswith("</html>"), path
    book = course.root / "gradebook.db"
    if book.is_file():
        with contextlib.closing(sqlite3.connect(book)) as database:
            assert database.execute("pragma integrity_check").fetchone() == ("ok",)


class Full:
    """`open`, on a disk where the folder of a certain name takes no more than a few bytes."""

    def __init__(self, name):
        self._name = name
        self.is_full = True

    def __call__(self, path, *args, **kwargs):
        file = open(path, *args, **kwargs)  # noqa: PTH123, SIM115 (as `whole` does)
        return Beginning(file) if self.is_full and self._name in path.parts else file


class Beginning:
    """A file that takes no more."""

    def __init__(self, file):
        self._file = file

    def __enter__(self):
        return self

    def write(self, data):
        self._file.write(data[:10])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def __exit__(self, *error):
        self._file.close()


@pytest.mark.parametrize("folder", ["staging", "batches", "results", "autograded", "feedback"])
def test_wherever_there_is_no_room_it_is_said_once_and_mended_by_room(
    tmp_path, monkeypatch, folder
):
    course = a_class(tmp_path, ["ana", "ben"])
    disk = Full(folder)
    monkeypatch.setitem(private.__dict__, "open", disk)
    with pytest.raises((CourseError, OSError)) as caught:
        grade_lesson(course, LESSON.id, workers=1)
    said = str(caught.value)
    assert "No space left" in said or f"the disk of {course.root} is full" in said
    assert "\n" not in said
    refuse_half(course)
    disk.is_full = False
    report = grade_lesson(course, LESSON.id, workers=1)
    assert {entry.student: entry.score for entry in report.entries} == {"ana": 7.0, "ben": 7.0}
    refuse_half(course)


@contextlib.contextmanager
def small_disk(folder, kilobytes):
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root mounts a small disk")
    try:
        yield lambda size: subprocess.run(
            ["mount", "-o", f"remount,size={size}", str(folder)], check=True
        )
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def grade(course):
    command = [sys.executable, "-m", "autograder", "grade", LESSON.id]
    return subprocess.run(command, cwd=course.root, capture_output=True, text=True, timeout=600)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="mounts a tmpfs")
def test_a_small_disk_is_filled_at_every_stage_of_a_batch(tmp_path):
    learners = [f"s{number}" for number in range(5)]
    calm = a_class(_made(tmp_path / "calm"), learners)
    assert grade(calm).returncode == 0
    spent = sum(p.stat().st_blocks for p in calm.root.rglob("*") if not p.is_symlink()) // 2
    said = []
    with small_disk(tmp_path / "small", 4 * spent) as resize:
        course = a_class(tmp_path / "small", learners)
        begun = sum(p.stat().st_blocks for p in course.root.rglob("*") if not p.is_symlink()) // 2
        for share in (0.05, 0.2, 0.4, 0.6, 0.8, 0.95):
            resize(f"{int(begun + share * (spent - begun))}k")
            done = grade(course)
            refuse_half(course)
            if done.returncode == 0:
                continue  # what was left out of the staging was enough
            lines = [line for line in done.stderr.splitlines() if line.startswith("autograder: ")]
            assert (done.returncode, len(lines)) == (2, 1), done.stderr
            assert "Traceback" not in done.stderr
            said.append(lines[0])
        resize("100m")
        assert grade(course).returncode == 0
        assert entered(course) == entered(calm)
        refuse_half(course)
    assert len(said) >= 3, said
    assert all("full" in line or "No space left" in line for line in said), said


def _made(folder):
    folder.mkdir()
    return folder
