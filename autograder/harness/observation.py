"""What comes out of a probe, as plain data, and how it comes out of a process.

The wire format is JSON with base64 buffers. It is written by `guest.py`, inside the kernel,
and read here, outside: nothing is unpickled, everything is bounded, and an array is rebuilt from
its
dtype, shape and bytes.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_BYTES = 64 * 1024 * 1024
MAX_NODES = 200_000
MAX_DEPTH = 24
MAX_TEXT = 200
DTYPES = {
    *("float16", "float32", "float64", "complex64", "complex128", "bool"),
    *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
}
_KNOWN = {np.dtype(name) for name in DTYPES}


class WireError(Exception):
    """What came out of the kernel is not an observation."""


@dataclass(frozen=True)
class Number:
    """A number without a shape: a float, an int, a NumPy scalar or a 0-d array."""

    value: float | int | complex
    dtype: str


@dataclass(frozen=True)
class TensorValue:
    """A torch tensor: its numbers as an array (bfloat16 widened), and what else it was."""

    array: NDArray[Any]
    dtype: str
    requires_grad: bool


@dataclass(frozen=True)
class Other:
    """A value of a type that no contract speaks of: only its type is known."""

    type_name: str


@dataclass(frozen=True)
class Raised:
    """An exception: its class and the classes that it inherits from, the message, the learner's
    line, and at which operation it was raised (see `raising.py`)."""

    classes: tuple[str, ...]
    message: str = ""
    line: str = ""
    where: str = ""

    @property
    def name(self) -> str:
        """The class, as a traceback would name it."""
        return self.classes[0]

    @property
    def not_written(self) -> bool:
        """The one error that a blank notebook shows."""
        return self.name == "NotImplementedError" and "is not written yet" in self.message


@dataclass(frozen=True)
class Lost:
    """No observation at all, and why: the kernel ended, overran, or sent something else.

    `settled` is false where a clock or the watcher of memory spoke: on an idle machine, alone, it
    might not have.
    """

    reason: str
    timeout: bool = False
    settled: bool = True


Observation = Any


def inside(value: Observation) -> Iterator[Observation]:
    """A value and whatever its dicts, lists and tuples hold, to any depth."""
    yield value
    parts = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list | tuple):
        for part in parts:
            yield from inside(part)


def can_be_compared(value: Observation) -> bool:
    """Whether all arrays in it are of numbers: what an observer made of a list may not be."""
    return all(v.dtype in _KNOWN for v in inside(value) if isinstance(v, np.ndarray))


def decode(node: Any) -> Observation:
    """Rebuild an observation from the wire.

    Raises:
        WireError: malformed, too deep, or too large.
    """
    return _Decoder().decode(node, 0)


class _Decoder:
    def __init__(self) -> None:
        self.nodes = 0
        self.bytes = 0

    def decode(self, node: Any, depth: int) -> Observation:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            raise WireError("the result is too large or too deep")
        if node is None or isinstance(node, bool):
            return node
        if isinstance(node, str):
            return node[:MAX_TEXT]
        if not isinstance(node, dict) or len(node) != 1:
            raise WireError("the result is not in the expected form")
        ((kind, body),) = node.items()
        try:
            return self._decode_kind(kind, body, depth + 1)
        except (TypeError, ValueError, KeyError, AttributeError, binascii.Error) as error:
            raise WireError("the result is not in the expected form") from error

    def _decode_kind(self, kind: str, body: Any, depth: int) -> Observation:
        if kind == "list":
            return [self.decode(item, depth) for item in body]
        if kind == "tuple":
            return tuple(self.decode(item, depth) for item in body)
        if kind == "dict":
            return {_key(key): self.decode(value, depth) for key, value in body}
        if kind == "int":
            return Number(int(body[0][:400]), str(body[1])[:20])
        if kind == "float":
            return Number(float(body[0]), str(body[1])[:20])
        if kind == "array":
            return self._array(body)
        if kind == "tensor":
            return TensorValue(
                self._array(body, plain=False), str(body["name"])[:20], body["grad"] is True
            )
        if kind == "raised":
            classes = tuple(str(name)[:80] for name in body["classes"][:32])
            if not classes:
                raise WireError("an exception without a class")
            said = (str(body.get(key, ""))[:MAX_TEXT] for key in ("message", "line", "where"))
            return Raised(classes, *said)
        if kind == "other":
            return Other(str(body)[:80])
        raise WireError("the result is not in the expected form")

    def _array(self, body: dict[str, Any], plain: bool = True) -> Any:
        dtype, shape = body["dtype"], tuple(body["shape"])
        if dtype not in DTYPES or len(shape) > 16:
            raise WireError("an array of an unknown type")
        if not all(type(n) is int and n >= 0 for n in shape):
            raise WireError("an array of an impossible shape")
        expected = math.prod(shape) * np.dtype(dtype).itemsize
        self.bytes += expected
        if self.bytes > MAX_BYTES or len(body["data"]) > 4 * (expected // 3 + 2):
            raise WireError("the result is too large")
        data = base64.b64decode(body["data"], validate=True)
        if len(data) != expected:
            raise WireError("an array whose bytes do not fit its shape")
        array = np.frombuffer(data, dtype=dtype).reshape(shape).copy()
        if plain and array.shape == ():
            return array.item() if dtype == "bool" else Number(array.item(), dtype)
        return array


def _key(key: Any) -> str | int:
    if type(key) is int:
        return key
    if isinstance(key, str):
        return key[:MAX_TEXT]
    raise WireError("a dict whose keys are neither strings nor ints")
