"""Slips in a notebook that was handed in: named in grading as `%check` names them."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell

from autograder.course.course import Course
from autograder.demo.students import fill_in, right_sources
from autograder.feedback.text import explain
from autograder.grading.grade import grade_notebook
from autograder.judging.verdict import Verdict
from autograder.submission.rebuild import rebuild

from .session import Kernel

LESSON = Course(Path(__file__).parents[3]).lesson("05_optimizers")
RIGHT = right_sources(LESSON)
MADE = {
    "sgd_step": ("def sgd_step(", "def sgd_stpe(", "misspelt_name"),
    "momentum_step": ("return param - step", "new = param - step", "nothing_returned"),
    "classical_momentum_step": ("return ", "print(", "printed_not_returned"),
    "adagrad_step": ("np.sqrt", "np.sqr", "misspelt_name"),
    "rmsprop_step": ("eps=1e-8", "epsilon=1e-8", "argument_missing"),
    "newton_step": ("return x - step", "return (x - step).tolist()", "list_for_array"),
}


def slipped(key: str) -> str:
    old, new, _ = MADE[key]
    source = RIGHT[key]
    if new == "print(":
        head, _, result = source.rstrip().rpartition(old)
        return f"{head}print({result})"
    assert source.count(old) >= 1
    return source.replace(old, new)


@pytest.fixture(scope="module")
def graded() -> dict[str, Verdict]:
    """The verdicts on a notebook with all of these in it, and `adam_step` written elsewhere under
    another name."""
    sources = {**RIGHT, **{key: slipped(key) for key in MADE}}
    del sources["adam_step"]
    notebook = fill_in(LESSON, sources)
    notebook.cells.append(new_code_cell(RIGHT["adam_step"].replace("adam_step", "adam_setp")))
    return grade_notebook(rebuild(notebook, LESSON), seed=7).verdict.exercises


@pytest.mark.sealed
@pytest.mark.parametrize("key", MADE)
def test_a_slip_is_named_in_grading_as_in_a_check(key: str, graded: dict[str, Verdict]) -> None:
    said, checked = graded[key], Kernel(LESSON.id).verdict(key, slipped(key))
    assert said.diagnosis is not None, said.probes[0].message
    assert said.diagnosis.misconception == MADE[key][2]
    if checked.diagnosis is None:  # nothing that was asked for is there
        assert checked.status == "not_attempted"
        assert checked.note == said.diagnosis.text
    else:
        assert said.diagnosis == checked.diagnosis


@pytest.mark.sealed
def test_an_unwritten_exercise_points_to_what_is_nearly_called_so(
    graded: dict[str, Verdict],
) -> None:
    assert graded["adam_step"].status == "not_attempted"
    assert "you have `adam_setp`" in graded["adam_step"].note
    assert "you have `adam_setp`" in explain(graded["adam_step"])
