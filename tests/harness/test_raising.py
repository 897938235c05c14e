"""Where an exception was raised, in words without its message."""

import numpy as np
import pytest
import torch

from autograder.harness.local import LocalRunner
from autograder.harness.observation import Raised
from autograder.harness.probe import Probe

A, B = np.ones((2, 3)), np.ones((4, 5))


def refuse(x):
    raise ValueError(x)


def unpacked():
    n, d = np.ones((2, 3, 1)).shape
    return n, d


def asked_of_a_table():
    if A > 0:
        return 1
    return 0


def stored():
    A[5] = 0


WHERE = {
    "@": lambda: A @ B,
    "+": lambda: A + B,
    "an index": lambda: A[7],
    "an assignment to an index": stored,
    "an attribute of None": lambda: None.grad,
    "sort of tuple": lambda: (2, 1).sort(),
    "raise in refuse": lambda: refuse(1),
    "unpacking": unpacked,
    "a question of true or false": asked_of_a_table,
    "a call of reshape": lambda: np.reshape(A, 5),
    "a call of float": lambda: float("one"),
    "a call": lambda: (lambda unlike: unlike("one"))(int),
    "a call of backward": lambda: torch.ones(2).sum().backward(),
}


def raised(call):
    probe = Probe("p", "p", 1.0, lambda rng: {}, lambda impl, inputs: impl.f())
    seen = LocalRunner({"f": call}).run(probe, ("f",), {})
    assert isinstance(seen, Raised)
    return seen


@pytest.mark.parametrize(("where", "call"), WHERE.items(), ids=WHERE)
def test_it_is_the_operation_of_the_innermost_code_that_is_no_librarys(where, call):
    assert raised(call).where == where


def test_one_operation_has_one_name_however_numpy_calls_it():
    of_an_array, of_numpy = raised(lambda: A.max(axis=5)), raised(lambda: np.max(A, axis=5))
    assert of_an_array.where == of_numpy.where == "a call of max"


def test_an_exception_of_which_nothing_can_be_asked_is_seen_all_the_same():
    class Odd(AttributeError):
        @property
        def name(self):
            raise RuntimeError("no name")

        @name.setter
        def name(self, value):
            pass

    def fail():
        raise Odd("odd")

    assert raised(fail).where in ("", "raise in fail")
