"""What comes out of this process is what comes out of a kernel, value by value."""

from __future__ import annotations

import copy
import json
import random
import re
from collections import OrderedDict, namedtuple
from typing import Any

import numpy as np
import pytest
import torch

from autograder.harness import guest
from autograder.harness.direct import carried
from autograder.harness.local import copied
from autograder.harness.observation import Lost, WireError, decode

Point = namedtuple("Point", "x y")


class Text(str):
    """A string, and yet not one."""


def by_the_wire(value: Any) -> Any:
    """The observation of a value that came out of a kernel."""
    node = guest.encode(value, guest.Budget(), 0)
    try:
        return decode(json.loads(json.dumps(node)))
    except (WireError, ValueError) as error:
        return Lost(str(error))


def told(value: Any) -> Any:
    """A value with everything that tells it from another."""
    if isinstance(value, np.ndarray):
        writeable, ordered = value.flags.writeable, value.flags.c_contiguous
        return ("array", str(value.dtype), value.shape, value.tobytes(), writeable, ordered)
    if isinstance(value, dict):
        return ("dict", [(type(key), key, told(item)) for key, item in value.items()])
    if isinstance(value, list | tuple):
        return (type(value), [told(item) for item in value])
    if hasattr(value, "__dataclass_fields__"):
        return (type(value), [told(getattr(value, name)) for name in value.__dataclass_fields__])
    return (type(value), repr(value))


def deep(levels: int) -> Any:
    value: Any = 1.0
    for _ in range(levels):
        value = [value]
    return value


SHARED = np.arange(3.0)
VALUES: dict[str, Any] = {
    "none and truth": [None, True, False, np.True_],
    "numbers": [0, -1, 2**62, 2**63, -(2**63), 10**500, 1.5, -0.0, float("inf"), float("nan"), 1j],
    "scalars": [np.float64(0.1), np.float32(0.1), np.int8(3), np.uint64(2**63), np.complex64(1j)],
    "odd scalars": [np.longdouble(1)],
    "times": [np.datetime64("2020-01-01")],
    "texts": ["", "a" * 300, "\ud800", Text("b" * 300), np.str_("c"), b"bytes"],
    "arrays": [
        np.zeros((0, 3)),
        np.array(2.5),
        np.array(True),
        np.arange(6.0).reshape(2, 3).T,
        np.arange(4)[::-1],
        np.array([1.0], dtype=">f8"),
        np.array([1, 2], dtype=np.longlong),
        np.array(["text"]),
        np.array([None]),
        np.ma.masked_array([1.0, 2.0], mask=[True, False]),
        np.zeros((1,) * 17),
    ],
    "long doubles": {"here": np.zeros(2, dtype=np.longdouble)},
    "containers": (Point(1, 2.0), OrderedDict(a=1), [], (), {}, {"a": SHARED, "b": SHARED}),
    "keys": {"a" * 300: 1, 3: 2, True: 3, 2.5: 4, (1, 2): 5, None: 6, Text("x"): 7},
    "a long key": {10**5000: 1},
    "others": [object(), len, {1, 2}, iter(()), range(3), int],
    "exceptions": [ValueError("no"), KeyError("\ud800")],
    "tensors": [torch.ones(2, requires_grad=True), torch.tensor(1.5), torch.ones(2).bfloat16()],
    "20 levels": deep(20),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_is_what_the_wire_would_make_of_it(name: str) -> None:
    assert told(carried(VALUES[name])) == told(by_the_wire(VALUES[name]))


@pytest.mark.parametrize(
    "value",
    [
        deep(21),
        [0.0] * (guest.MAX_NODES + 1),
        [np.float64(0)] * (guest.MAX_NODES // 2 + 1),
        [np.zeros(1)] * (guest.MAX_NODES // 2 + 1),
        np.zeros(guest.MAX_BYTES // 8 + 1),
        10**5000,
    ],
    ids=["depth", "nodes", "scalars", "arrays", "bytes", "digits"],
)
def test_what_is_too_large_is_too_large_either_way(value: Any) -> None:
    with pytest.raises((OverflowError, ValueError)) as there:
        by_the_wire(value)
    with pytest.raises(there.type, match=re.escape(str(there.value))):
        carried(value)


@pytest.mark.parametrize("value", [[np.True_] * 150_000, [0.0] * (guest.MAX_NODES - 1)])
def test_what_is_large_is_not_too_large(value: Any) -> None:
    assert len(carried(value)) == len(by_the_wire(value)) == len(value)


def test_what_came_out_is_a_copy() -> None:
    array = np.arange(3.0)
    seen = carried({"a": array, "b": [array]})
    array += 1
    assert seen["a"][0] == seen["b"][0][0] == 0.0
    assert not np.shares_memory(seen["a"], seen["b"][0])


def test_inputs_are_copied_as_deepcopy_does_it() -> None:
    shared, rng = np.arange(3.0), random.Random(1)
    known: dict[str, Any] = {"a": shared, "same": [shared, (shared, rng)], "f": len, "rng": rng}
    known["itself"] = known
    ours, theirs = copied(known, {}), copy.deepcopy(known)
    for made in (ours, theirs):
        assert made["a"] is made["same"][0] is made["same"][1][0]
        assert made["a"] is not shared
        assert (made["a"] == shared).all()
        assert made["rng"] is made["same"][1][1] is not rng
        assert made["itself"] is made
        assert made["f"] is len


def test_inputs_are_copied_with_their_tuples_and_what_was_one_stays_one() -> None:
    """Tuples of plain values need no copy; those that hold a list do, also one that holds them."""
    inner: list[Any] = [1]
    pair = (inner, (2, "two"))
    inner.append(pair)
    came = copied({"one": pair, "again": pair}, {})
    assert came["one"] is came["again"]
    assert came["one"] is not pair
    assert came["one"][0] is not inner
    assert came["one"][0][1] is came["one"]
    assert came["one"][1] is pair[1]
