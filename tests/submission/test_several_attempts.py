"""Several attempts at one exercise: the last of the submission stays the last."""

from __future__ import annotations

import copy

import pytest
from nbformat.v4 import new_code_cell

from autograder.static_analysis.names import defined_names
from tests.helpers.rebuilding import DOUBLE, answered_notebook, cell, index, mended, sources


@pytest.fixture
def answered():
    """The released notebook with right answers in it."""
    return answered_notebook()


def attempts(notebook):
    return [c.source for c in notebook.cells if "double" in defined_names(c.source)]


def numbered(number):
    return f"{DOUBLE}  # {number}"


def test_a_copied_cell_below_another_attempt_stays_below_it(answered):
    again = copy.deepcopy(cell(answered, "double"))
    cell(answered, "double").source, again.source = numbered(1), numbered(3)
    answered.cells += [new_code_cell(numbered(2)), again]
    assert attempts(mended(answered)) == [numbered(1), numbered(2), numbered(3)]


def test_a_cell_moved_below_a_first_attempt_stays_below_it(answered):
    own = answered.cells.pop(index(answered, "double"))
    own.source = numbered(2)
    answered.cells += [new_code_cell(numbered(1)), own]
    assert attempts(mended(answered)) == [numbered(1), numbered(2)]


def test_an_attempt_below_a_cell_that_was_moved_up_stays_below_it(answered):
    own = answered.cells.pop(index(answered, "double"))
    own.source = numbered(1)
    answered.cells = [own, answered.cells[0], new_code_cell(numbered(2)), *answered.cells[1:]]
    assert attempts(mended(answered)) == [numbered(1), numbered(2)]


def test_what_follows_a_copied_test_cell_stays_below_what_precedes_it(answered):
    tests = copy.deepcopy(cell(answered, "test_double"))
    answered.cells += [new_code_cell("a = 1"), tests, new_code_cell("b = a")]
    assert sources(mended(answered))[-2:] == ["a = 1", "b = a"]
