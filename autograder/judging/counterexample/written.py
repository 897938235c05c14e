"""Values as the Python text that makes them: short numbers, small arrays, one-line functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.judging.counterexample.lambdas import lambda_text

EXACT = 17
MOST_ITEMS = 12
MOST_LETTERS = 40


class Unwritable(Exception):
    """There is no short text for a value."""


class Large(Unwritable):
    """An array is too large to be written out."""


Known = Callable[[Any], str | None]


def nothing_known(value: Any) -> str | None:
    """No value has a name."""
    return None


def written(value: Any, digits: int = EXACT, known: Known = nothing_known) -> str:
    """An expression for a value, its floats rounded to so many significant digits.

    Args:
        known: what is called by a name instead: results of earlier calls, functions, arrays.

    Raises:
        Unwritable: there is none, or none that is short.
    """
    if (name := known(value)) is not None:
        return name
    if value is None or type(value) in (bool, int):
        return repr(value)
    if type(value) is str:
        return _short_text(value)
    if type(value) is float:
        return number(value, digits)
    if isinstance(value, np.generic):
        return f"np.{value.dtype.name}({number(value.item(), digits)})"
    if type(value) is np.ndarray:
        return _array(value, digits)
    if type(value) in (list, tuple, dict):
        return _container(value, digits, known)
    if isinstance(value, np.random.Generator):
        return _generator(value)
    if type(value).__module__ == "torch" and type(value).__name__ == "Tensor":
        return _tensor(value, digits)
    if callable(value):
        return _function(value, digits)
    raise Unwritable(type(value).__name__)


def number(value: Any, digits: int = EXACT) -> str:
    """A number as it is typed, with a point where it is a float."""
    if isinstance(value, complex):
        raise Unwritable("complex")
    if not math.isfinite(value):
        return f"{'-' * (value < 0)}np.{abs(value)}"
    if not isinstance(value, float) or len(repr(abs(value))) <= 4:
        return repr(value or type(value)())  # never -0.0
    return repr(float(f"{value:.{digits}g}"))


def _short_text(value: str) -> str:
    if len(value) > MOST_LETTERS or not value.isprintable():
        raise Unwritable("a long text")
    return repr(value)


def _array(value: Any, digits: int) -> str:
    kind = value.dtype.name
    if kind not in ("float64", "float32", "int64", "bool"):
        raise Unwritable(kind)
    typed = ", dtype=np.float32" if kind == "float32" else ""
    if same := _same_everywhere(value, typed):
        return same
    if value.size > MOST_ITEMS:
        raise Large(f"an array of shape {value.shape}")
    return f"np.array({_nested(rounded(value, digits).tolist(), digits)}{typed})"


def _same_everywhere(value: Any, typed: str) -> str:
    """`np.zeros((2, 3))`, for an array of many equal numbers or of none; else nothing."""
    if (
        value.dtype.kind != "f"
        or 0 < value.size < 3
        or (value.size and (value != value.flat[0]).any())
    ):
        return ""
    shape = str(value.shape if value.ndim != 1 else value.shape[0])
    makers = {0.0: "zeros", 1.0: "ones"}
    if value.size == 0 or value.flat[0] in makers:
        return f"np.{makers[value.flat[0] if value.size else 0.0]}({shape}{typed})"
    return ""


def rounded(value: Any, digits: int) -> Any:
    """Its numbers with fewer digits; what added up to one along the last axis still does."""
    if value.dtype.kind != "f" or digits == EXACT:
        return value
    flat = [float(f"{one:.{digits}g}") for one in value.ravel().tolist()]
    short = np.array(flat, dtype=np.float64).reshape(value.shape)
    if adds_up_to_one(value):
        largest = np.expand_dims(np.argmax(short, axis=-1), -1)
        rest = 1.0 - short.sum(axis=-1, keepdims=True)
        mended = np.take_along_axis(short, largest, -1) + rest
        np.put_along_axis(short, largest, np.round(mended, digits + 4), -1)
    return short


def adds_up_to_one(value: Any) -> bool:
    """Whether the numbers along the last axis are shares of one."""
    if value.dtype.kind != "f" or value.ndim == 0 or value.shape[-1] < 2:
        return False
    return bool((value >= 0).all() and np.allclose(value.sum(axis=-1), 1.0, rtol=0, atol=1e-6))


def _nested(items: Any, digits: int) -> str:
    if isinstance(items, list):
        return f"[{', '.join(_nested(item, digits) for item in items)}]"
    return repr(items) if isinstance(items, bool | int) else number(items, digits=EXACT)


def _container(value: Any, digits: int, known: Known) -> str:
    if len(value) > MOST_ITEMS:
        raise Large(f"a {type(value).__name__} of {len(value)}")
    if isinstance(value, dict):
        items = (f"{written(k)}: {written(v, digits, known)}" for k, v in value.items())
        return f"{{{', '.join(items)}}}"
    said = ", ".join(written(item, digits, known) for item in value)
    if isinstance(value, list):
        return f"[{said}]"
    return f"({said},)" if len(value) == 1 else f"({said})"


def _generator(value: Any) -> str:
    """`np.random.default_rng(7)`, if nothing was drawn from it yet."""
    seed = getattr(value.bit_generator.seed_seq, "entropy", None)
    if type(seed) is int and not value.bit_generator.seed_seq.spawn_key:
        fresh = np.random.default_rng(seed)
        if fresh.bit_generator.state == value.bit_generator.state:
            return f"np.random.default_rng({seed})"
    raise Unwritable("a generator in use")


def _tensor(value: Any, digits: int) -> str:
    if value.requires_grad or str(value.dtype) not in ("torch.float32", "torch.int64"):
        raise Unwritable("a tensor")
    if value.numel() > MOST_ITEMS:
        raise Large(f"a tensor of shape {tuple(value.shape)}")
    array = value.numpy().astype(np.float64 if value.is_floating_point() else np.int64)
    short = rounded(array, min(digits, 9))
    return f"torch.tensor({_nested(short.tolist(), digits)})"


def _function(value: Any, digits: int) -> str:
    name = getattr(value, "__name__", "")
    if isinstance(value, np.ufunc) and getattr(np, name, None) is value:
        return f"np.{name}"
    text = lambda_text(value, lambda free: written(free, digits))
    if text is None:
        raise Unwritable("a function")
    return text
