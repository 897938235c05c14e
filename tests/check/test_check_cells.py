"""The cell beneath each exercise that asks `%check`: released, used, edited, handed in."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell

from autograder.course.cells import Kind, kind
from autograder.course.course import Course
from autograder.static_analysis.names import defined_names
from autograder.submission.rebuild import learner_cells, written
from tests.helpers.rebuilding import DOUBLE, LESSON, RELEASE, answered_notebook, cell, index, mended

COURSE = Course.find()


@pytest.fixture
def answered():
    return answered_notebook()


def checks(notebook):
    return [c for c in notebook.cells if kind(c) is Kind.CHECK]


@pytest.mark.parametrize("lesson_id", COURSE.lesson_ids())
def test_each_exercise_has_one_right_beneath_its_tests(lesson_id):
    lesson, release = COURSE.lesson(lesson_id), COURSE.lesson(lesson_id).release()
    place = {c.id: number for number, c in enumerate(release.cells)}
    shown = {tag for c in release.cells for tag in c.metadata.get("tags", [])}
    for key, exercise in lesson.exercises.items():
        check = release.cells[place[f"check_{key}"]]
        assert check.source == f"# %check {key}"
        assert check.metadata == {"tags": ["check"]}
        assert place[check.id] > place[exercise.test_id]
        if key not in shown:
            assert place[check.id] == place[exercise.test_id] + 1
    assert len(checks(release)) == len(lesson.exercises)
    assert len(place) == len(release.cells)


@pytest.mark.parametrize("lesson_id", COURSE.lesson_ids())
def test_that_of_a_prediction_stands_beneath_the_experiment_that_shows_it(lesson_id):
    release = COURSE.lesson(lesson_id).release()
    for number, above in enumerate(release.cells):
        keys = [t for t in above.metadata.get("tags", []) if t.startswith("prediction_")]
        below = release.cells[number + 1 : number + 1 + len(keys)]
        assert [c.source for c in below] == [f"# %check {key}" for key in keys]
        assert not keys or kind(above) is Kind.DEMO


def test_the_solution_has_none_and_its_other_cells_have_the_same_ids():
    assert checks(LESSON.notebook()) == []
    others = [c.id for c in RELEASE.cells if kind(c) is not Kind.CHECK]
    assert others == [c.id for c in LESSON.notebook().cells]
    assert [c.id for c in checks(RELEASE)] == [
        "check_double", "check_prediction_count", "check_Counter",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "used",
    ["%check double", "  %check double\n", "%check double Counter", "%check\n%hint double",
     "# %check double\n%progress", "#%check double"],
)  # fmt: skip
@pytest.mark.parametrize("keeps_id", [True, False])
def test_one_in_use_leaves_nothing_behind(answered, used, keeps_id):
    own = cell(answered, "check_double")
    own.source = used
    if not keeps_id:
        own.id, own.metadata = "elsewhere", {}
        used = own.source = "%check double"
    assert mended(answered) == mended(answered_notebook())


def test_a_copy_of_one_leaves_nothing_behind(answered):
    answered.cells.append(new_code_cell("%check Counter"))
    assert len(mended(answered).cells) == len(RELEASE.cells)


def test_what_a_learner_writes_into_one_is_their_own_cell(answered):
    cell(answered, "check_double").source = "%check double\nmine = double(3)"
    result = mended(answered)
    at = index(result, "check_double")
    assert result.cells[at] == cell(RELEASE, "check_double")
    assert result.cells[at + 1].source == "%check double\nmine = double(3)"
    assert result.cells[at + 1] in learner_cells(result, LESSON)


def test_words_in_one_are_kept_and_are_no_answer():
    notebook = LESSON.release()
    cell(notebook, "check_double").source = "# Why is this not right?\n%check double"
    result = mended(notebook)
    assert cell(result, "extra-1").source.startswith("# Why")
    assert "double" not in written(result, LESSON)


def test_an_attempt_in_one_is_an_attempt_like_any_other(answered):
    again = f"{DOUBLE}  # again"
    cell(answered, "check_double").source = again
    result = mended(answered)
    assert [c.source for c in result.cells if "double" in defined_names(c.source)] == [
        DOUBLE,
        again,
    ]
