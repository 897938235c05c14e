"""A learner's notebook with nothing filled in runs to its end: one kind of error, no traceback."""

import json
import os
import subprocess
import sys

import nbformat
import pytest

from autograder.course.cells import Kind, kind
from autograder.course.course import Course

COURSE = Course.find()

# Runs the cells as Run All would, past errors, in a shell as `make lab` has it. Says how each of
# them ended, and how many tracebacks its learner saw.
RUN_ALL = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
shell, seen, ends = InteractiveShell.instance(), [], []
shell.history_manager.enabled = False
shell.extension_manager.load_extension("autograder.magics")
shell._showtraceback = lambda etype, error, stb: seen.append(f"{etype.__name__}: {error}")
for source in json.load(sys.stdin):
    error = shell.run_cell(source, store_history=True).error_in_exec
    ends.append("" if error is None else f"{type(error).__name__}: {error}")
print("\\n" + json.dumps([ends, seen]))
"""


@pytest.mark.parametrize("lesson_id", COURSE.lesson_ids())
def test_a_blank_notebook_fails_only_where_and_how_it_should(lesson_id):
    folder = COURSE.notebooks / lesson_id
    notebook = nbformat.read(folder / f"{COURSE.lesson(lesson_id).slug}.ipynb", as_version=4)
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
    ends, tracebacks = json.loads(done.stdout.splitlines()[-1])
    assert tracebacks == []
    assert len(ends) == len(cells)
    for cell, end in zip(cells, ends, strict=True):
        if end:
            assert kind(cell) in (Kind.GRADED, Kind.DEMO), (cell.id, end)
            assert end.startswith("NotImplementedError: "), (cell.id, end)
            assert end.endswith(" is not written yet"), (cell.id, end)
        else:
            assert kind(cell) is not Kind.GRADED, f"{cell.id} passes on a blank notebook"
