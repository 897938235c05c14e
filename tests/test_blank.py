"""A learner's notebook with nothing filled in runs to its end, and shows one error and no other."""

import json
import os
import subprocess
import sys

import nbformat
import pytest

from autograder.cells import Kind, kind
from autograder.course import Course

COURSE = Course.find()

# Runs the cells as Run All would, past errors, and says how each of them ended.
RUN_ALL = """
import json, sys
cells, names, ends = json.load(sys.stdin), {"__name__": "__main__"}, []
for source in cells:
    try:
        exec(compile(source, "<cell>", "exec"), names)
        ends.append("")
    except Exception as error:
        ends.append(f"{type(error).__name__}: {error}")
print("\\n" + json.dumps(ends))
"""


@pytest.mark.parametrize("lesson_id", COURSE.lesson_ids())
def test_a_blank_notebook_fails_only_where_and_how_it_should(lesson_id):
    folder = COURSE.notebooks / lesson_id
    notebook = nbformat.read(folder / f"{lesson_id[3:]}.ipynb", as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    done = subprocess.run(
        [sys.executable, "-c", RUN_ALL],
        input=json.dumps([cell.source for cell in cells]),
        cwd=folder,
        env={**os.environ, "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )
    ends = json.loads(done.stdout.splitlines()[-1])
    assert len(ends) == len(cells)
    for cell, end in zip(cells, ends, strict=True):
        if end:
            assert kind(cell) in (Kind.GRADED, Kind.DEMO), (cell.id, end)
            assert end.startswith("NotImplementedError: "), (cell.id, end)
            assert end.endswith(" is not written yet"), (cell.id, end)
        else:
            assert kind(cell) is not Kind.GRADED, f"{cell.id} passes on a blank notebook"
