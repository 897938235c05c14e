"""Whatever a learner hands in becomes a notebook that grading can rely on."""

from __future__ import annotations

import copy
import os

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.course.cells import Kind, kind
from autograder.static_analysis.names import defined_names
from autograder.submission.rebuild import learner_cells, rebuild, written
from tests.helpers.rebuilding import (
    ANSWERS,
    COUNTER,
    DOUBLE,
    LESSON,
    RELEASE,
    answered_notebook,
    cell,
    index,
    is_answered,
    mended,
    sources,
)


@pytest.fixture
def answered():
    """The released notebook with right answers in it."""
    return answered_notebook()


# Notebooks that nothing happened to.


def test_blank_notebook_is_the_release_and_nothing_is_written():
    assert mended(LESSON.release()) == RELEASE
    assert not written(RELEASE, LESSON)


def test_answers_go_in_and_everything_else_is_the_release(answered):
    result = mended(answered)
    assert result == answered
    assert written(result, LESSON) == set(LESSON.exercises)


def test_solution_notebook_rebuilds_without_its_hidden_tests():
    result = mended(LESSON.notebook())
    assert "SCALE * x" in cell(result, "double").source
    assert "grade(" not in "".join(c.source for c in result.cells if kind(c) is not Kind.SOLUTION)
    assert len(result.cells) == len(RELEASE.cells)


def test_outputs_counts_and_metadata_do_not_survive(answered):
    answered.metadata["kernelspec"] = {"name": "evil", "display_name": "Evil"}
    for one in answered.cells:
        one.metadata["tags"] = ["skip-execution"]
        if one.cell_type == "code":
            one.execution_count = 7
            one.outputs = [nbformat.v4.new_output("stream", text="4.0")]
    answered.cells.append(new_code_cell("pass", metadata={"tags": ["setup"], "name": "x"}))
    result = mended(answered)
    assert result.metadata == RELEASE.metadata
    assert not any(c.get("outputs") or c.get("execution_count") for c in result.cells)
    assert cell(result, "extra-1").metadata == {}


# Cells that lost their names.


def strip(one):
    one.metadata, one.id = nbformat.from_dict({}), "x" + os.urandom(4).hex()


@pytest.mark.parametrize("name", ANSWERS)
def test_retyped_cell_is_found_by_the_name_it_defines(answered, name):
    strip(cell(answered, name))
    assert is_answered(mended(answered), name)


@pytest.mark.parametrize("name", ANSWERS)
def test_retyped_cell_beside_the_untouched_stub(answered, name):
    answered.cells.append(new_code_cell(ANSWERS[name]))
    cell(answered, name).source = cell(RELEASE, name).source
    result = mended(answered)
    assert is_answered(result, name)
    assert len(result.cells) == len(RELEASE.cells)


@pytest.mark.parametrize("cell_type", ["markdown", "raw"])
def test_cell_that_became_text_is_code_again(answered, cell_type):
    cell(answered, "double").cell_type = cell_type
    assert is_answered(mended(answered), "double")


def test_text_that_only_talks_of_the_name_stays_text(answered):
    cell(answered, "double").cell_type = "markdown"
    cell(answered, "double").source = "def double means two def"
    result = mended(answered)
    assert "double" not in written(result, LESSON)
    assert cell(result, "extra-1").cell_type == "markdown"


def test_swapped_names_are_put_right(answered):
    one, two = cell(answered, "double"), cell(answered, "Counter")
    one.source, two.source = two.source, one.source
    result = mended(answered)
    assert is_answered(result, "double")
    assert is_answered(result, "Counter")


def test_magics_do_not_hide_a_name(answered):
    source = f"%check double\n!ls\n{DOUBLE}\ndouble?"
    cell(answered, "double").source = source
    strip(cell(answered, "double"))
    assert cell(mended(answered), "double").source == source


def test_answer_written_in_the_cell_of_another_exercise(answered):
    cell(answered, "double").source = f"{DOUBLE}\n\n{COUNTER}"
    cell(answered, "Counter").source = cell(RELEASE, "Counter").source
    result = mended(answered)
    assert cell(result, "Counter").source == "# Counter is written in another cell."
    assert "Counter" in written(result, LESSON)


def test_answer_written_in_the_cell_of_a_later_exercise_comes_before_its_test(answered):
    cell(answered, "Counter").source = f"{DOUBLE}\n\n{COUNTER}"
    cell(answered, "double").source = cell(RELEASE, "double").source
    result = mended(answered)
    assert cell(result, "double").source == f"{DOUBLE}\n\n{COUNTER}"
    assert defined_names(cell(result, "Counter").source) == frozenset()


def test_a_result_with_the_name_of_an_exercise_is_no_answer():
    notebook = LESSON.release()
    notebook.cells.append(new_code_cell("double = 2 * len('ab')"))
    result = mended(notebook)
    assert cell(result, "double").source == cell(RELEASE, "double").source
    assert cell(result, "extra-1").source == "double = 2 * len('ab')"


def test_a_definition_by_call_counts_as_written():
    notebook = LESSON.release()
    notebook.cells.insert(5, new_code_cell("double = make(2)"))
    assert "double" in written(mended(notebook), LESSON)


# Copied and split cells.


def test_copied_stub_is_dropped(answered):
    answered.cells.append(copy.deepcopy(cell(RELEASE, "double")))
    assert mended(answered) == answered or is_answered(mended(answered), "double")
    assert len(mended(answered).cells) == len(RELEASE.cells)


def test_copies_that_differ_stay_in_order(answered):
    again = copy.deepcopy(cell(answered, "double"))
    again.source = DOUBLE.replace("x + x", "2 * x")
    answered.cells.insert(index(answered, "double") + 1, again)
    result = mended(answered)
    at = index(result, "double")
    assert sources(result)[at : at + 2] == [DOUBLE, again.source]
    assert result.cells[at + 1].metadata == {}


@pytest.mark.parametrize("keeps_metadata", [True, False])
@pytest.mark.parametrize("name", ["double", "Counter"])
def test_split_cell_is_joined(answered, name, keeps_metadata):
    lines = ANSWERS[name].split("\n")
    at = index(answered, name)
    parts = [copy.deepcopy(answered.cells[at]) for _ in range(2)]
    parts[0].source, parts[1].source = "\n".join(lines[:2]), "\n".join(lines[2:])
    if not keeps_metadata:
        for part in parts:
            strip(part)
    answered.cells[at : at + 1] = parts
    assert is_answered(mended(answered), name)


def test_unparsable_source_stays_in_its_place(answered):
    cell(answered, "double").source = "def double(x:\n    return"
    assert cell(mended(answered), "double").source == "def double(x:\n    return"


def test_copied_test_cell(answered):
    copied = copy.deepcopy(cell(answered, "test_double"))
    changed = copy.deepcopy(copied)
    changed.source += "\nprint('again')"
    answered.cells.extend([copied, changed])
    result = mended(answered)
    assert len(result.cells) == len(RELEASE.cells) + 1
    assert cell(result, "extra-1").source == changed.source


# Locked cells, demos, answers in words, extras.


def test_deleted_cells_come_back(answered):
    answered.cells = [c for c in answered.cells if kind(c) is Kind.SOLUTION]
    result = mended(answered)
    assert [c.id for c in result.cells] == [c.id for c in RELEASE.cells]
    assert all(is_answered(result, name) for name in ANSWERS)


def test_flipped_flags_do_not_matter(answered):
    for one in answered.cells:
        for flag in ("solution", "grade", "locked", "task"):
            if "nbgrader" in one.metadata:
                one.metadata.nbgrader[flag] = not one.metadata.nbgrader[flag]
    assert all(is_answered(mended(answered), name) for name in ANSWERS)


def test_edited_setup_runs_after_the_release_of_it(answered):
    cell(answered, "start-2").source += "\nSCALE = 3.0"
    result = mended(answered)
    at = index(result, "start-2")
    assert result.cells[at] == cell(RELEASE, "start-2")
    assert result.cells[at + 1].source.endswith("SCALE = 3.0")


def test_edited_demo_is_theirs(answered):
    cell(answered, "test_double-1").source = "mine = double(3)"
    result = mended(answered)
    assert cell(result, "test_double-1").source == "mine = double(3)"
    assert cell(result, "test_double-1").metadata == {}
    assert cell(result, "test_Counter-1") == cell(RELEASE, "test_Counter-1")


def test_answer_in_words_is_theirs_with_its_images_only(answered):
    words = cell(answered, "why_count-1")
    words.source = "Because. ![](attachment:a.png)"
    words.attachments = {"a.png": {"image/png": "aGk="}, "b": {"text/html": "<script>"}}
    result = mended(answered)
    assert cell(result, "why_count-1").source == words.source
    assert cell(result, "why_count-1").attachments == {"a.png": {"image/png": "aGk="}}


def test_extra_cells_keep_their_place_and_type(answered):
    at = index(answered, "test_double")
    answered.cells[at:at] = [new_code_cell("a = 1"), new_markdown_cell("note")]
    answered.cells.insert(0, new_code_cell("first = 1"))
    result = mended(answered)
    assert result.cells[0].source == "first = 1"
    at = index(result, "double")
    assert [c.source for c in result.cells[at + 1 : at + 3]] == ["a = 1", "note"]
    assert [c.cell_type for c in result.cells[at + 1 : at + 3]] == ["code", "markdown"]
    assert [c.id for c in result.cells if c.id.startswith("extra")] == [
        "extra-1", "extra-2", "extra-3",
    ]  # fmt: skip


def test_learner_cells_are_what_they_wrote_and_the_setup(answered):
    answered.cells.append(new_code_cell("a = 1"))
    ids = [c.id for c in learner_cells(mended(answered), LESSON)]
    assert ids == ["start-2", "double", "prediction_count", "Counter", "extra-1"]


def test_what_a_learner_wrote_is_derived_once() -> None:
    rebuilt = rebuild(answered_notebook(), LESSON)
    assert rebuilt.written == set(LESSON.exercises)
    assert rebuilt.cells == learner_cells(rebuilt.notebook, LESSON)
    assert rebuilt.cells is rebuilt.cells
    assert rebuilt.program is rebuilt.program
    assert rebuild(RELEASE, LESSON).written == set()
