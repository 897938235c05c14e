"""Values as Python text: short, and what is typed in is what was meant."""

import numpy as np
import pytest

from autograder.harness.observation import Number
from autograder.harness.patterns import Counted
from autograder.judging.counterexample.drafts import holds
from autograder.judging.counterexample.lambdas import lambda_text
from autograder.judging.counterexample.recorded import smaller
from autograder.judging.counterexample.written import EXACT, Large, Unwritable, rounded, written

SLOPE = 3.0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.10234567, "0.102"),
        (2.0, "2.0"),
        (-1234567.0, "-1230000.0"),
        (1e-9, "1e-09"),
        (0.25, "0.25"),
        (-0.0, "0.0"),
        (float("nan"), "np.nan"),
        (float("-inf"), "-np.inf"),
        (7, "7"),
        (None, "None"),
        (True, "True"),
        ("mean", "'mean'"),
        (np.float32(0.5), "np.float32(0.5)"),
        (np.array([[0.5, -1.2345], [3.0, 0.25]]), "np.array([[0.5, -1.23], [3.0, 0.25]])"),
        (np.array([1, 2]), "np.array([1, 2])"),
        (np.array([True, False]), "np.array([True, False])"),
        (np.array([0.5], dtype=np.float32), "np.array([0.5], dtype=np.float32)"),
        (np.array(2.5), "np.array(2.5)"),
        (np.zeros((2, 3)), "np.zeros((2, 3))"),
        (np.ones(50), "np.ones(50)"),
        (np.zeros((0, 3)), "np.zeros((0, 3))"),
        ([1.0, (2, 3)], "[1.0, (2, 3)]"),
        ((1.5,), "(1.5,)"),
        ({"lr": 0.1234}, "{'lr': 0.123}"),
        (np.random.default_rng(7), "np.random.default_rng(7)"),
        (np.tanh, "np.tanh"),
    ],
)
def test_a_value_is_written_as_one_would_type_it(value, text):
    assert written(value, 3) == text


@pytest.mark.parametrize(
    "value",
    [0.1 + 0.2, np.array([1 / 3, 1e-300, 5e22]), np.array([[np.nan, np.inf]]), (1 / 7, [np.pi])],
)
def test_all_digits_are_exact(value):
    np.testing.assert_equal(eval(written(value, EXACT), {"np": np}), value)


def test_shares_still_add_up_to_one_when_they_are_rounded():
    shares = np.random.default_rng(0).dirichlet(np.ones(3), size=4)
    np.testing.assert_allclose(rounded(shares, 3).sum(axis=1), 1.0, atol=1e-12)
    assert written(rounded(shares[:1], 3)).count("0.") == 3


@pytest.mark.parametrize(
    "value", [object(), "x" * 41, "two\nlines", 1j, open, np.array([object()])]
)
def test_what_has_no_short_text_is_not_written(value):
    with pytest.raises(Unwritable):
        written(value)


def test_a_large_array_is_told_from_what_has_no_text():
    with pytest.raises(Large):
        written(np.arange(13.0))


def test_a_generator_in_use_is_not_written():
    rng = np.random.default_rng(7)
    rng.normal()
    with pytest.raises(Unwritable):
        written(rng)


def around(center, slope):
    return lambda x: slope(x) - center


def squares(x):
    """The sum of squares."""
    return np.sum(x**2)


def two_lines(x):
    y = 2 * x
    return y + 1


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (lambda x: 2 * x, "lambda x: 2 * x"),
        (lambda x: SLOPE * x, "lambda x: 3.0 * x"),
        (around(0.123456, np.sin), "lambda x: np.sin(x) - 0.123"),
        (around(1.0, lambda x: abs(x)), "lambda x: (lambda x: abs(x))(x) - 1.0"),
        (Counted(squares), "lambda x: np.sum(x ** 2)"),
        (around(1.0, Counted(squares)), None),
        (two_lines, None),
        (lambda x, y=2: x, None),
        (len, None),
    ],
)
def test_a_function_of_one_expression_stands_alone(function, text):
    assert lambda_text(function, lambda value: written(value, 3)) == text


def test_smaller_arrays_keep_shares_of_one():
    both = {"p": np.array([[0.2, 0.3, 0.5], [0.0, 0.0, 1.0]]), "z": np.ones((2, 4))}
    cut = smaller(both, {3: 2})
    assert cut["p"].tolist() == [[0.4, 0.6], [0.0, 0.0]]
    assert cut["z"].shape == (2, 4)


def test_what_an_observation_holds_was_seen():
    seen = {"after step 1": {"param": np.array([1.0, 2.0]), "loss": Number(0.5, "float64")}}
    assert holds(seen, np.array([1.0, 2.0 + 1e-12]))
    assert holds(seen, 0.5)
    assert not holds(seen, np.array([1.0, 3.0]))
