"""Several attempts at an exercise in one notebook, graded in a sealed kernel."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell

from autograder.course.course import Course
from autograder.demo.students import fill_in, right_sources
from autograder.grading.grade import grade_notebook
from autograder.submission.rebuild import rebuild

pytestmark = pytest.mark.sealed

LESSON = Course(Path(__file__).parents[2]).lesson("00_orientation")
RIGHT = right_sources(LESSON)
WRONG = RIGHT["descend"].replace("path = [x]", "path = []")
KILLS = f"{WRONG}\n\nimport os\nos._exit(1)"
LATER = "A cell below the tests defines this again"


def graded(own, *below):
    """The verdicts where the cell of `descend` holds one source, and cells at the end others."""
    notebook = fill_in(LESSON, {**RIGHT, "descend": own})
    notebook.cells += [new_code_cell(source) for source in below]
    return grade_notebook(rebuild(notebook, LESSON), seed=7).verdict


@pytest.mark.parametrize(
    ("own", "below"),
    [
        (WRONG, [RIGHT["descend"]]),
        ("# below", ["def once(f):\n    return f", f"@once\n{RIGHT['descend']}"]),
        (KILLS, [RIGHT["descend"]]),
        (
            RIGHT["descend"].replace("path.append(x)", "path = keep(path, x)"),
            ["def keep(path, x):\n    return [*path, x]"],
        ),
        (RIGHT["descend"], ["list = [1]; sum = max = np = None; range = 5"]),
    ],
    ids=["second attempt", "decorated", "first kills", "helper", "shadowed later"],
)
def test_the_last_definition_earns_the_points(own, below):
    verdict = graded(own, *below)
    assert verdict.score == verdict.max_score


def test_a_wrong_last_definition_counts_and_is_said_to():
    verdict = graded(RIGHT["descend"], WRONG)
    assert verdict.exercises["descend"].status == "failed"
    assert verdict.exercises["descend"].note.startswith(LATER)
    assert verdict.score == verdict.max_score - verdict.exercises["descend"].max_score


def test_what_was_left_out_is_among_the_errors():
    note = (
        "# Cell 3 is too large to read: 6.0 MB, and a notebook may hold 5 MB of code. "
        "It was left out."
    )
    verdict = graded(RIGHT["descend"], note)
    assert verdict.errors == (note[2:-1],)
