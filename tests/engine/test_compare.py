"""Comparing: what counts as the same observation, and where two first part."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.compare import first_difference
from autograder.messages import describe_difference
from autograder.observation import Lost, Number, Raised, TensorValue
from autograder.probe import EXACT, FLOAT64, Tolerance

FLOATS = st.floats(-1e6, 1e6, allow_nan=False)


def number(value, dtype="float64"):
    return Number(value, dtype)


@given(hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=FLOATS))
def test_an_array_equals_itself_in_any_memory_order(array):
    assert first_difference(array, np.asfortranarray(array), EXACT) is None


@given(FLOATS, st.floats(-0.9, 0.9))
def test_rounding_within_the_tolerance_is_no_difference(value, part):
    bound = FLOAT64.atol + FLOAT64.rtol * abs(value)
    assert first_difference(number(value), number(value + part * bound), FLOAT64) is None


@pytest.mark.parametrize(
    ("expected", "got", "kind"),
    [
        (np.zeros(3), np.zeros((3, 1)), "shape"),
        (np.zeros(3), np.zeros(3, dtype=np.float32), "dtype"),
        (np.zeros(3), [number(0.0)] * 3, "type"),
        (np.zeros(3), None, "type"),
        (number(2.0), number(2, "int64"), "dtype"),
        (number(1.0), number(1.1), "value"),
        (number(1.0), number(float("nan")), "nan"),
        (np.array([1.0, 2.0]), np.array([1.0, np.inf]), "nan"),
        ([number(1.0)], [], "length"),
        ({"a": None}, {"b": None}, "keys"),
        (True, number(1, "int64"), "type"),
        ("c", "b", "value"),
        (Raised(("ValueError", "Exception")), number(1.0), "exception"),
        (number(1.0), Raised(("ValueError", "Exception")), "exception"),
        (Raised(("ValueError",)), Raised(("TypeError",)), "exception"),
        (number(1.0), Lost("it took more than 10 seconds", timeout=True), "lost"),
        (np.zeros(2), TensorValue(np.zeros(2), "float64", False), "type"),
        (
            TensorValue(np.zeros(2), "float32", False),
            TensorValue(np.zeros(2), "float32", True),
            "type",
        ),
    ],
)
def test_every_kind_of_difference_has_its_name(expected, got, kind):
    assert first_difference(expected, got, FLOAT64).kind == kind


def test_nan_equals_nan_only_where_the_reference_has_it():
    nan = np.array([np.nan, 1.0])
    assert first_difference(nan, nan.copy(), FLOAT64) is None
    assert first_difference(nan, np.array([0.0, 1.0]), FLOAT64).path == ((0,),)
    assert first_difference(np.array([0.0, 1.0]), nan, FLOAT64).path == ((0,),)


def test_infinities_are_compared_by_sign():
    assert first_difference(np.array([np.inf]), np.array([np.inf]), FLOAT64) is None
    assert first_difference(np.array([np.inf]), np.array([-np.inf]), FLOAT64) is not None


def test_a_subclass_of_the_expected_exception_is_right_and_a_parent_is_not():
    wanted = Raised(("ValueError", "Exception", "BaseException"))
    finer = Raised(("UnicodeError", "ValueError", "Exception", "BaseException"))
    broader = Raised(("Exception", "BaseException"))
    assert first_difference(wanted, finer, EXACT) is None
    assert first_difference(wanted, broader, EXACT).kind == "exception"


def test_the_message_of_an_exception_is_never_compared():
    assert first_difference(Raised(("E",), "one"), Raised(("E",), "another"), EXACT) is None


def test_the_width_of_integers_counts_only_where_a_probe_says_so():
    wide, narrow = np.array([1, 2]), np.array([1, 2], dtype=np.int32)
    assert first_difference(wide, narrow, EXACT) is None
    assert first_difference(wide, narrow, Tolerance(0, 0, exact_dtype=True)).kind == "dtype"


def test_lists_and_tuples_are_both_sequences():
    assert first_difference((number(1.0), None), [number(1.0), None], EXACT) is None


def test_the_first_difference_is_first_in_the_references_order():
    expected = {"after step 1": np.zeros((2, 2)), "after step 2": np.zeros((2, 2))}
    got = {"after step 2": np.ones((2, 2)), "after step 1": np.array([[0.0, 0.0], [0.0, 5.0]])}
    found = first_difference(expected, got, FLOAT64)
    assert found.path == ("after step 1", (1, 1))
    assert (found.expected, found.got) == (0.0, 5.0)


def test_a_negative_zero_is_said_as_zero():
    found = first_difference(Number(-0.0, "float64"), Number(0.5, "float64"), FLOAT64)
    assert describe_difference(found) == "the result differs: expected 0, got 0.5"


def test_a_yes_or_no_is_asked_for_in_words():
    found = first_difference({"rows used twice": False}, {"rows used twice": True}, EXACT)
    assert describe_difference(found) == "rows used twice: expected no, got yes"
