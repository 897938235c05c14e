"""A notebook of Part I runs with NumPy and matplotlib alone, nothing filled in or all of it."""

import json
import os
import subprocess
import sys

import pytest

from autograder.course.cells import Kind, kind
from autograder.course.course import Course
from autograder.demo.students import fill_in, right_sources

COURSE = Course.find()
PART_ONE = [name for name in COURSE.lesson_ids() if name < "09"]
NOT_PLAIN = ("torch", "ipywidgets", "tqdm", "autograder")

# Runs the cells as Run All would, past errors, and says how each of them ended.
RUN_ALL = """
import json, sys
sys.modules.update(dict.fromkeys(sys.argv[1:]))  # an import of these is an ImportError
cells, names, ends = json.load(sys.stdin), {"__name__": "__main__"}, []
for source in cells:
    try:
        exec(compile(source, "<cell>", "exec"), names)
        ends.append("")
    except Exception as error:
        ends.append(f"{type(error).__name__}: {error}")
print("\\n" + json.dumps(ends))
"""


def run_all(notebook, folder):
    """Each code cell with how it ended, and all that was printed."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    done = subprocess.run(
        [sys.executable, "-c", RUN_ALL, *NOT_PLAIN],
        input=json.dumps([cell.source for cell in cells]),
        cwd=folder,
        env={**os.environ, "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )
    return zip(cells, json.loads(done.stdout.splitlines()[-1]), strict=True), done.stdout


@pytest.mark.parametrize("lesson_id", PART_ONE)
def test_a_blank_notebook_shows_one_error_and_no_other(lesson_id):
    ends, printed = run_all(COURSE.lesson(lesson_id).release(), COURSE.notebooks / lesson_id)
    assert "torch is not installed" in printed
    for cell, end in ends:
        if end:
            assert kind(cell) in (Kind.GRADED, Kind.DEMO), (cell.id, end)
            assert end.startswith("NotImplementedError: "), (cell.id, end)
            assert end.endswith(" is not written yet"), (cell.id, end)
        else:
            assert kind(cell) is not Kind.GRADED, f"{cell.id} passes on a blank notebook"


@pytest.mark.slow
@pytest.mark.parametrize("lesson_id", PART_ONE)
def test_a_solved_notebook_needs_numpy_and_matplotlib_alone(lesson_id):
    lesson = COURSE.lesson(lesson_id)
    solved = fill_in(lesson, right_sources(lesson))
    ends, printed = run_all(solved, COURSE.notebooks / lesson_id)
    assert [(cell.id, end) for cell, end in ends if end] == []
    assert "torch is not installed" in printed


@pytest.mark.parametrize("lesson_id", [name for name in PART_ONE if name >= "04"])
def test_without_data_a_notebook_says_where_to_get_it(lesson_id, tmp_path, monkeypatch):
    monkeypatch.delenv("DESCENT_DATA", raising=False)
    ends, _ = run_all(COURSE.lesson(lesson_id).release(), tmp_path)
    said = [end for _, end in ends if end and not end.startswith("NotImplementedError")]
    for end in said[:1]:  # what comes later may miss what the first would have defined
        assert end.startswith("FileNotFoundError")
        assert end.endswith(
            "is not here: put the data folder of the course's repository beside this notebook, "
            "or set DESCENT_DATA to its path"
        )
    assert all(end.startswith(("FileNotFoundError", "NameError")) for end in said)
