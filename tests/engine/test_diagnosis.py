"""When a diagnosis may speak."""

import numpy as np
import pytest

from autograder.diagnosis import diagnose
from autograder.misconception import Misconception
from autograder.observation import Number, Raised
from autograder.probe import FLOAT64, Probe

PROBES = [Probe(name, name, 1.0, lambda rng: {}, lambda impl, inputs: None) for name in "ab"]
RIGHT = {"a": np.array([1.0, 2.0]), "b": np.array([3.0])}


def misconception(name, text=None, about="values"):
    return Misconception(name, "x", text or name, "", about, None, dict, str)


def said(got, *behaviours, about="values", texts=None):
    """What is diagnosed when misconceptions with these observations are in the bank."""
    bank = [misconception(str(i), (texts or {}).get(i), about) for i, _ in enumerate(behaviours)]
    found = diagnose(PROBES, RIGHT, got, bank, lambda m, p: behaviours[int(m.name)][p.name])
    return found and found.misconception


WRONG = {"a": np.array([1.0, 2.5]), "b": np.array([3.25])}


def test_a_misconception_that_did_exactly_this_is_named():
    assert said(WRONG, {"a": RIGHT["a"], "b": WRONG["b"]}, WRONG) == "1"


def test_it_has_to_fit_the_probes_that_it_passes_too():
    only_b_differs = {"a": RIGHT["a"], "b": WRONG["b"]}
    assert said(only_b_differs, WRONG) is None
    assert said(only_b_differs, only_b_differs) == "0"


def test_two_that_fit_and_say_different_things_say_nothing():
    assert said(WRONG, WRONG, WRONG) is None
    assert said(WRONG, WRONG, WRONG, texts={0: "same", 1: "same"}) == "0"


@pytest.mark.parametrize(
    "got",
    [
        {"a": np.array([np.nan, np.nan]), "b": np.array([np.nan])},
        {"a": Raised(("TypeError",)), "b": Raised(("TypeError",))},
        {"a": None, "b": None},
        {"a": True, "b": False},
        {"a": np.zeros(2), "b": np.zeros(1)},
        {"a": Number(1.0, "float64"), "b": Number(1.0, "float64")},
    ],
    ids=["nan", "exception", "none", "bool", "zero everywhere", "one constant"],
)
def test_what_could_come_from_anywhere_identifies_nothing(got):
    assert said(got, got) is None
    assert said(got, got, about="anything") == "0"


def test_numbers_in_another_shape_are_numbers_still():
    transposed = {"a": np.array([[1.0, 2.5]]), "b": RIGHT["b"]}
    assert said(transposed, transposed) == "0"


def test_the_tolerance_of_the_verdict_holds():
    near = {k: v * (1 + FLOAT64.rtol / 10) for k, v in WRONG.items()}
    far = {k: v * (1 + FLOAT64.rtol * 100) for k, v in WRONG.items()}
    assert said(near, WRONG) == "0"
    assert said(far, WRONG) is None
