"""Where the tiny lesson's exercises are judged: behind the last definition of what they ask for."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell

from autograder.grading.attempts import Attempts
from tests.helpers.rebuilding import (
    COUNTER,
    DOUBLE,
    LESSON,
    RELEASE,
    answered_notebook,
    cell,
    index,
    mended,
)

WRONG = "def double(x):\n    return x"
WITH_HELPER = "def double(x):\n    return twice(x)"


@pytest.fixture
def answered():
    """The released notebook with right answers in it."""
    return answered_notebook()


def judged_behind(notebook, key="double"):
    """The source of the cell behind which an exercise is judged."""
    result = mended(notebook)
    stand = Attempts(result, LESSON).stand(LESSON.exercises[key])
    return result.cells[stand.behind].source


def below(notebook, *sources):
    """Cells below all tests, as learners append them."""
    notebook.cells += [new_code_cell(source) for source in sources]
    return notebook


def test_where_nothing_stands_below_the_graded_cell_counts(answered):
    for key in LESSON.exercises:
        assert judged_behind(answered, key) == cell(RELEASE, f"test_{key}").source
    for key in LESSON.exercises:
        assert judged_behind(RELEASE, key) == cell(RELEASE, f"test_{key}").source


@pytest.mark.parametrize(
    "later",
    [
        DOUBLE,
        f"import functools\n\n@functools.cache\n{DOUBLE}",
        "double = lambda x: x + x",
        "def mine(x):\n    return x + x\n\ndouble = mine",
        "if True:\n    def double(x):\n        return x + x",
        "try:\n    double = np.double\nexcept NameError:\n    pass",
        "import functools\ndouble = functools.partial(pow, 2)",
        "double = functools.lru_cache(maxsize=None)(mine)",
        "class double:\n    pass",
        f"%%time\n{DOUBLE}",
    ],
)
@pytest.mark.parametrize("first", [WRONG, "# my answer is below", "def double(x):\n    pass"])
def test_the_last_definition_counts(answered, first, later):
    cell(answered, "double").source = first
    assert judged_behind(below(answered, later, "print(double(3))")) == later


def test_a_definition_in_the_cell_of_a_later_exercise_counts(answered):
    cell(answered, "double").source = WRONG
    cell(answered, "Counter").source = f"{COUNTER}\n\n\n{DOUBLE}"
    assert judged_behind(answered) == cell(answered, "Counter").source
    assert judged_behind(answered, "Counter") == cell(answered, "test_Counter").source


def test_a_later_letter_counts(answered):
    below(answered, 'prediction_count = "b"')
    assert judged_behind(answered, "prediction_count") == 'prediction_count = "b"'


@pytest.mark.parametrize(
    "scratch",
    [
        *("double = 2 * len('ab')", "double(3)", "np = None", "sum = max", "def ("),
        *(f"%%writefile mine.py\n{WRONG}", f"%%bash -s\n{WRONG}", "Counter.add = None"),
    ],
)
def test_what_only_uses_or_assigns_does_not(answered, scratch):
    assert judged_behind(below(answered, scratch)) == cell(RELEASE, "test_double").source


def test_a_value_made_by_a_call_counts_where_there_is_no_definition(answered):
    cell(answered, "double").source = "# below"
    assert judged_behind(below(answered, "double = make(2)")) == "double = make(2)"


def test_helpers_are_waited_for_and_their_helpers(answered):
    cell(answered, "double").source = WITH_HELPER
    below(answered, "def twice(x):\n    return more(x)", "def more(x):\n    return FACTOR * x")
    assert judged_behind(below(answered, "FACTOR = 2", "y = 3")) == "FACTOR = 2"


def test_the_last_version_of_a_helper_counts(answered):
    cell(answered, "double").source = f"{WITH_HELPER}\n\ndef twice(x):\n    return x"
    assert judged_behind(below(answered, "def twice(x):\n    return 2 * x")).endswith("2 * x")


def test_another_exercise_may_have_a_helper_of_the_same_name(answered):
    cell(answered, "double").source = f"{WITH_HELPER}\n\ndef twice(x):\n    return 2 * x"
    cell(answered, "Counter").source = f"{COUNTER}\n\ndef twice(x):\n    return None"
    assert judged_behind(answered) == cell(RELEASE, "test_double").source


def test_names_of_functions_own_variables_reach_nothing(answered):
    cell(answered, "double").source = "def double(x):\n    y = x + x\n    return y"
    assert judged_behind(below(answered, "def y(): pass")) == cell(RELEASE, "test_double").source


def test_what_builds_on_an_exercise_waits_for_its_last_version(answered):
    cell(answered, "double").source = WRONG
    cell(answered, "Counter").source = COUNTER.replace("+= steps", "+= double(steps) / 2")
    assert judged_behind(below(answered, DOUBLE), "Counter") == DOUBLE


def test_an_edited_demo_counts_only_where_there_is_no_other(answered):
    cell(answered, "test_Counter-1").source = WRONG
    assert judged_behind(answered) == cell(RELEASE, "test_double").source
    cell(answered, "double").source = "# below"
    assert judged_behind(answered) == WRONG


def test_an_answer_is_not_moved_away_from_what_it_needs():
    needed = "def logged(f):\n    return f"
    notebook = below(LESSON.release(), needed, f"@logged\n{DOUBLE}")
    assert judged_behind(notebook) == f"@logged\n{DOUBLE}"


def test_a_first_attempt_that_became_text_stays_text(answered):
    at = index(answered, "double")
    cell(answered, "double").cell_type, cell(answered, "double").source = "raw", WRONG
    answered.cells.insert(at, new_code_cell(DOUBLE))
    assert cell(mended(answered), "double").source == DOUBLE


def test_what_is_set_in_a_class_below_is_waited_for(answered):
    patches = ["def add(self, steps):\n    return more(self, steps)", "Counter.add = add"]
    assert judged_behind(below(answered, *patches, "y = 3"), "Counter") == "Counter.add = add"
    assert judged_behind(below(answered, "def more(*given):\n    pass"), "Counter").startswith(
        "def more"
    )


def test_a_given_name_that_was_taken_is_waited_for_until_it_is_put_back(answered):
    cell(answered, "double").source = "def double(x):\n    return np.add(x, x)"
    taken = new_code_cell("import math as np")
    answered.cells.insert(index(answered, "double"), taken)
    assert judged_behind(answered) == cell(RELEASE, "test_double").source
    assert judged_behind(below(answered, "import numpy as np")) == "import numpy as np"
    taken.source = "import numpy as np, math"
    assert judged_behind(answered) == cell(RELEASE, "test_double").source
