"""What crosses the border: values arrive as they were, and nothing else arrives at all."""

import base64
import json

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.harness import guest
from autograder.harness.observation import Number, Other, Raised, TensorValue, WireError, decode


def through(value):
    return decode(json.loads(json.dumps(guest.encode(value, guest.Budget(), 0))))


@given(
    hnp.arrays(
        st.sampled_from(["f2", "f4", "f8", "c16", "i4", "u1", ">f8", "?"]),
        hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4),
    )
)
def test_arrays_keep_dtype_shape_and_every_bit(array):
    came = through(array)
    assert came.shape == array.shape
    assert came.dtype == array.dtype.newbyteorder("=")
    np.testing.assert_array_equal(came, array)


@given(st.floats())
def test_floats_keep_every_bit(value):
    came = through(value)
    assert came.dtype == "float64"
    np.testing.assert_equal(came.value, value)


def test_a_float_a_numpy_scalar_and_a_0d_array_are_one_thing():
    assert (
        through(1.5) == through(np.float64(1.5)) == through(np.array(1.5)) == Number(1.5, "float64")
    )


def test_bools_are_bools_whoever_made_them():
    assert through(np.bool_(True)) is True
    assert through(np.array(False)) is False


def test_bfloat16_arrives_as_its_numbers():
    tensor = torch.tensor([1.0, 0.3], dtype=torch.bfloat16, requires_grad=True)
    came = through(tensor)
    assert isinstance(came, TensorValue)
    assert (came.dtype, came.requires_grad) == ("bfloat16", True)
    np.testing.assert_array_equal(came.array, tensor.detach().float().numpy())


def test_containers_keep_their_kind():
    assert through({"a": [1, (None, "x")], 3: True}) == {
        "a": [Number(1, "int64"), (None, "x")],
        3: True,
    }


def test_what_no_contract_speaks_of_is_only_named():
    assert through(object()) == Other("object")
    assert through(np.array([object()])) == Other("array of object")
    assert through({1, 2}) == Other("set")


class Sly(np.ndarray):
    def __eq__(self, other):
        return True

    def tobytes(self):
        return b"\x00" * 800

    def __reduce__(self):
        return (print, ("run in the grader",))


def test_a_subclass_of_an_array_is_its_bytes():
    sly = np.arange(3.0).view(Sly)
    assert type(through(sly)) is np.ndarray
    np.testing.assert_array_equal(through(sly), [0.0, 1.0, 2.0])


def test_texts_are_cut():
    assert len(through("x" * 10_000)) == 200


def test_a_result_without_end_is_refused():
    endless = []
    endless.append(endless)
    with pytest.raises(OverflowError):
        guest.encode(endless, guest.Budget(), 0)
    with pytest.raises(OverflowError):
        guest.encode(np.zeros(10**8, dtype=np.uint8), guest.Budget(), 0)


ARRAY = {"dtype": "float64", "shape": [2], "data": base64.b64encode(bytes(16)).decode()}


@pytest.mark.parametrize(
    "wire",
    [
        [],
        3.5,
        {},
        {"list": 3},
        {"a": 1, "b": 2},
        {"pickle": "gASVCw=="},
        {"array": {**ARRAY, "dtype": "object"}},
        {"array": {**ARRAY, "shape": [-2]}},
        {"array": {**ARRAY, "shape": [3]}},
        {"array": {**ARRAY, "shape": [2**40]}},
        {"array": {**ARRAY, "shape": [True, 2]}},
        {"array": {**ARRAY, "data": "not base64"}},
        {"array": ARRAY["data"]},
        {"float": ["one", "float64"]},
        {"int": [None, None]},
        {"dict": [[[], None]]},
        {"dict": [None]},
        {"raised": {"classes": [], "message": "", "line": ""}},
    ],
)
def test_anything_else_is_refused(wire):
    with pytest.raises(WireError):
        decode(wire)


def test_depth_and_size_are_bounded():
    deep = None
    for _ in range(100):
        deep = {"list": [deep]}
    with pytest.raises(WireError):
        decode(deep)
    with pytest.raises(WireError):
        decode({"list": [None] * 300_000})


def test_an_exception_crosses_as_names():
    class Broken(ValueError):
        def __str__(self):
            raise RuntimeError

    came = decode(guest.encode_exception(Broken()))
    assert isinstance(came, Raised)
    assert came.classes[:2] == ("Broken", "ValueError")
    assert came.message == ""
