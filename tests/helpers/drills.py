"""Kill drills: a class is graded twice, once in peace, once by graders that are killed."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from autograder.course.private import write_atomically
from tests.helpers.handing_in import LESSON, different, hand_in, make_course, signed, zipped

ROOT = Path(__file__).resolve().parents[2]
HOME = f"{LESSON.id}/{LESSON.slug}.ipynb"
PR_SET_CHILD_SUBREAPER = 36
SECONDS_TO_END = 20.0


def a_class(folder, learners):
    """A course in which everyone has handed in: right and wrong notebooks, in a zip, or none."""
    folder.mkdir()
    course = make_course(folder)
    write_atomically(course.root / ".autograder" / "course.key", bytes(32))  # the same seeds
    for number in range(learners):
        files = {HOME: signed(f"s{number}")}
        if number % 4 == 1:
            files = {HOME: different()}
        if number % 6 == 2:
            files = {f"{LESSON.id}/mine.zip": zipped({"mine.ipynb": signed(f"s{number}")})}
        if number % 6 == 5:
            files = {HOME: "{"}
        hand_in(course, files, f"s{number}")
    return course


def copy_of(course, folder):
    """The same course elsewhere; what it has by links stays where it is."""
    shutil.copytree(course.root, folder, symlinks=True)
    return type(course)(folder)


class Grader:
    """`autograder grade` as a process, in a folder for temporary files of its own."""

    def __init__(self, course, workers=2):
        self.temporary = course.root.with_name(f"{course.root.name}-temporary")
        self.temporary.mkdir(exist_ok=True)
        command = ["-m", "autograder", "grade", LESSON.id, "--workers", str(workers)]
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=course.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(self.temporary)},
        )

    def finish(self):
        """Let it come to its end; returns what it said."""
        said = self.process.communicate(timeout=1200)[0]
        assert self.process.returncode in (0, 1), said
        return said

    def kill_after(self, seconds):
        """Kill it, and nothing that it started; returns whether it was still there."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        was_there = self.process.poll() is None
        self.process.kill()
        self.process.communicate()
        return was_there


@contextlib.contextmanager
def orphans():
    """A function that lists the processes which lost whoever started them: they become ours."""
    libc = ctypes.CDLL(None, use_errno=True)
    ours = set(_children(os.getpid()))
    assert libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    try:
        yield lambda: _remaining(ours)
    finally:
        libc.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def none_remains(orphaned):
    """Wait until all of them have ended; returns the command lines of those that do not."""
    end = time.monotonic() + SECONDS_TO_END
    while (left := orphaned()) and time.monotonic() < end:
        time.sleep(0.05)
    return [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in left]


def _remaining(ours):
    for pid in _children(os.getpid()):
        if pid not in ours and _state(pid) == "Z":
            os.waitpid(pid, 0)
    return [pid for pid in _children(os.getpid()) if pid not in ours]


def _children(pid):
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def _state(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return ""


def files_of(course):
    """Every file of the course but the gradebook, with its content."""
    return {
        str(path.relative_to(course.root)): path.read_bytes()
        for path in sorted(course.root.rglob("*"))
        if path.is_file() and not path.name.startswith("gradebook.db")
    }


ENTERED = """
select student.id, submitted_assignment.timestamp, grade_cell_name.name, grade.auto_score,
       grade.manual_score, grade.extra_credit, grade.needs_manual_grade,
       submitted_notebook.late_submission_penalty
from grade
join base_cell grade_cell_name on grade.cell_id = grade_cell_name.id
join submitted_notebook on grade.notebook_id = submitted_notebook.id
join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id
join student on submitted_assignment.student_id = student.id
order by 1, 3
"""
COMMENTS = """
select student.id, base_cell.name, comment.auto_comment, comment.manual_comment
from comment
join base_cell on comment.cell_id = base_cell.id
join submitted_notebook on comment.notebook_id = submitted_notebook.id
join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id
join student on submitted_assignment.student_id = student.id
order by 1, 2
"""


def entered(course):
    """What the gradebook says of everyone, without the ids that it draws."""
    with contextlib.closing(sqlite3.connect(course.root / "gradebook.db")) as database:
        sources = "select count(*), sum(length(source)) from source_cell"
        return [database.execute(query).fetchall() for query in (ENTERED, COMMENTS, sources)]
