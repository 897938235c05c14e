"""Comparing: what counts as the same observation, and where two first part."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.harness.looking import AFTERWARDS, OVERWRITTEN
from autograder.harness.observation import Lost, Number, Other, Raised, TensorValue
from autograder.harness.probe import EXACT, FLOAT64, Tolerance
from autograder.judging.compare import describe, equal, first_difference
from autograder.judging.describe import describe_difference
from autograder.judging.values import same_values

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
        (number(2, "int64"), number(2.0), "type"),
        (number(2.0), number(2.0, "float32"), "dtype"),
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


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8"])
def test_an_int_of_the_right_value_is_a_float_of_that_value(dtype):
    for wanted, got in (
        (number(3.0), number(3, dtype)),
        ([number(3.0)], (number(3, dtype),)),
        ({"lr": number(3.0, "float32")}, {"lr": number(3, dtype)}),
    ):
        assert first_difference(wanted, got, FLOAT64) is None
        assert equal(wanted, got, FLOAT64)


def test_an_int_of_another_value_is_said_by_its_value():
    found = first_difference(number(2.5), number(2, "int64"), FLOAT64)
    assert (found.kind, found.expected, found.got) == ("value", 2.5, 2)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (number(3, "int64"), number(3.0)),
        (np.array([3.0]), np.array([3])),
        (number(1.0), True),
        (number(3.0), number(3.0, "float32")),
    ],
)
def test_no_other_kind_of_number_stands_in_for_another(expected, got):
    found = first_difference(expected, got, FLOAT64)
    assert found.kind in ("dtype", "type")
    assert found.form


def test_an_int_is_held_to_the_tolerance_of_the_probe():
    assert first_difference(number(3.00001, "float32"), number(3, "int64"), EXACT).kind == "value"


def test_an_int_too_large_for_any_array_is_a_number_like_others():
    for wanted in (number(3, "int64"), number(3.0)):
        assert first_difference(wanted, number(10**400, "int64"), FLOAT64).kind == "value"
    assert first_difference(number(10**400, "int64"), number(10**400, "int64"), FLOAT64) is None


@pytest.mark.parametrize(
    ("expected", "got", "path"),
    [
        (np.array([0.0, 2.5]), np.array([False, True]), ((1,),)),
        (np.array([1.0, 2.0]), np.array([1.0, 3.0], dtype=np.float32), ((1,),)),
        (np.array([1.0, 2.0]), [number(1.0), number(3.0)], ((1,),)),
        (number(0.5), TensorValue(np.array(0.7), "float64", False), ()),
        (False, number(1, "int64"), ()),
    ],
)
def test_numbers_of_another_kind_that_differ_are_said_as_numbers(expected, got, path):
    found = first_difference(expected, got, FLOAT64)
    assert (found.kind, found.path) == ("value", path)


def test_rounding_in_single_precision_is_said_as_a_dtype():
    third = np.array([1 / 3])
    found = first_difference(third, third.astype(np.float32), Tolerance(1e-9, 1e-12))
    assert found.kind == "dtype"


def test_a_value_is_said_before_a_dtype_and_both_before_what_became_of_the_inputs():
    zeros, ones = np.zeros(2), np.ones(2)
    single = zeros.astype(np.float32)
    expected = {OVERWRITTEN: zeros, AFTERWARDS: {"x": zeros}, "mask": zeros, "out": zeros}
    changed = {OVERWRITTEN: ones, AFTERWARDS: {"x": ones}, "mask": single, "out": ones}
    assert first_difference(expected, changed, FLOAT64).path == ("out", (0,))
    assert first_difference(expected, {**changed, "out": zeros}, FLOAT64).path == ("mask",)
    pure = {**changed, "out": zeros, "mask": zeros}
    assert first_difference(expected, pure, FLOAT64).path[0] == OVERWRITTEN


@pytest.mark.parametrize(
    ("expected", "got", "values", "side"),
    [
        (number(1.0), number(2.0), True, False),
        (np.zeros(3), np.zeros((3, 1)), True, False),
        (True, False, True, True),
        ("ValueError", "no error", True, True),
        (number(1.0), number(1.0, "float32"), False, False),
        (np.zeros(2), [number(0.0), number(0.0)], False, False),
        ({AFTERWARDS: number(1.0)}, {AFTERWARDS: number(2.0)}, False, True),
        (number(1.0), Raised(("ValueError",)), False, False),
        (Raised(("ValueError",)), number(1.0), True, True),
        (Raised(("ValueError",)), Raised(("TypeError",)), False, False),
    ],
)
def test_a_difference_is_of_what_a_probe_is_about_or_not(expected, got, values, side):
    difference = first_difference(expected, got, FLOAT64)
    assert (difference.is_of("values"), difference.is_of("side")) == (values, side)


@given(st.recursive(FLOATS.map(number) | st.none() | st.booleans(), st.lists), st.data())
def test_equal_is_to_have_no_first_difference(observation, data):
    other = data.draw(st.sampled_from([observation, [observation], None, True, number(0.5)]))
    found = first_difference(observation, other, FLOAT64)
    assert equal(observation, other, FLOAT64) == (found is None)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (number(1.0), True),
        (number(1, "int64"), number(1.0)),
        (np.array([0.0, 1.0]), np.array([False, True])),
        (np.ones((2, 2)), [[number(1, "int64")] * 2, (number(1.0), number(1.0))]),
        ([np.ones(2), np.ones(2)], np.ones((2, 2), dtype=np.float32)),
        (np.array(1.5), TensorValue(np.array(1.5), "float32", True)),
        ({"a": (None, "x")}, {"a": [None, "x"]}),
        (Raised(("ValueError", "Exception"), "one"), Raised(("ValueError",), "another")),
        ([], np.zeros(0)),
    ],
)
def test_the_same_values_in_another_form_are_the_same_either_way(a, b):
    assert same_values(a, b, FLOAT64)
    assert same_values(b, a, FLOAT64)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (number(1.0), number(1.1)),
        (number(1.0), np.ones(1)),
        (np.ones(2), [number(1.0)]),
        (number(0.0), None),
        (number(0.0), "0"),
        ({"a": None}, {"b": None}),
        ({}, []),
        (Raised(("ValueError", "Exception")), Raised(("Exception",))),
        (Raised(("ValueError",)), number(1.0)),
        (Lost("it took too long"), None),
        (Other("set"), Other("generator")),
        (np.array([np.nan]), np.array([0.0])),
        (np.array([np.inf]), np.array([-np.inf])),
    ],
)
def test_other_values_differ_either_way(a, b):
    assert not same_values(a, b, FLOAT64)
    assert not same_values(b, a, FLOAT64)


@given(FLOATS, FLOATS)
def test_the_same_values_are_so_in_either_order(one, other):
    loose = Tolerance(0.5, 0.0)
    a, b = np.array([one]), np.array([other])
    assert same_values(a, b, loose) == same_values(b, a, loose)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Other("generator"), "a generator"),
        (Other("Adam"), "an Adam object"),
        (Other("array of object"), "an array of dtype object"),
        ((), "an empty tuple"),
        ([None, None], "a list of 2"),
        (number(3, "uint8"), "an int"),
    ],
)
def test_a_kind_of_thing_is_said_as_one_would_say_it(value, said):
    assert describe(value) == said


def test_a_negative_zero_is_said_as_zero():
    found = first_difference(Number(-0.0, "float64"), Number(0.5, "float64"), FLOAT64)
    assert describe_difference(found) == "the result: expected 0, got 0.5"


def test_a_yes_or_no_is_asked_for_in_words():
    found = first_difference({"rows used twice": False}, {"rows used twice": True}, EXACT)
    assert describe_difference(found) == "rows used twice: expected no, got yes"
