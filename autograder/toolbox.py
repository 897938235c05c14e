"""What the `run` of a probe may call. Sent into kernels by value, so it imports nothing of ours."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np


def snapshot(value: Any) -> Any:
    """A deep copy, so that a later step in place cannot rewrite what was observed.

    Plain data, which is nearly everything, is copied without `deepcopy`, which is slow.
    """
    kind = type(value)
    if kind is np.ndarray and not value.dtype.hasobject:
        return value.copy()
    if kind is dict:
        return {key: snapshot(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return kind(snapshot(item) for item in value)
    if value is None or kind in (bool, int, float, str):
        return value
    return copy.deepcopy(value)


def overwrite(value: Any) -> None:
    """Fill every array in `value` with another number: what shares its memory shows it."""
    if isinstance(value, np.ndarray):
        if value.flags.writeable and value.dtype.kind in "fiuc":
            value += 17
    elif isinstance(value, dict):
        for item in value.values():
            overwrite(item)
    elif isinstance(value, list | tuple):
        for item in value:
            overwrite(item)


AFTERWARDS = "inputs afterwards"
OVERWRITTEN = "result after its inputs were overwritten"


def label(results: Any, labels: tuple[str, ...]) -> dict[str, Any]:
    """The results of a call under their names: one thing, or a tuple of several."""
    if len(labels) == 1:
        return {labels[0]: results}
    if not isinstance(results, list | tuple) or len(results) != len(labels):
        raise TypeError(f"({', '.join(labels)}) should come back, got {type(results).__name__}")
    return dict(zip(labels, results, strict=True))


class Purity:
    """Runs `name(**inputs)` and shows the results by name, the inputs afterwards, and the results
    again once the inputs have been overwritten: a pure function's results do not notice."""

    def __init__(self, name: str, *labels: str) -> None:
        self.name, self.labels = name, labels or ("result",)

    def __call__(self, impl: Any, inputs: dict[str, Any]) -> dict[str, Any]:
        named = label(getattr(impl, self.name)(**inputs), self.labels)
        seen = {**snapshot(named), AFTERWARDS: snapshot(inputs)}
        overwrite(inputs)
        seen[OVERWRITTEN] = snapshot(named)
        return seen


class Raises:
    """Runs `name(**inputs)` where the contract asks for an exception: the exception is what
    counts."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, impl: Any, inputs: dict[str, Any]) -> Any:
        return getattr(impl, self.name)(**inputs)


class Letter:
    """Reads a prediction, forgiving case, blanks, a closing bracket or a full stop."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, impl: Any, inputs: dict[str, Any]) -> Any:
        letter = getattr(impl, self.name)
        if letter is None:
            raise NotImplementedError(f"{self.name} is not written yet")
        return letter.strip(" ().").lower() if isinstance(letter, str) else letter


def attempt(call: Any, *args: Any, **kwargs: Any) -> Any:
    """The result of a call, or the name of the exception that it raised (for several in one
    probe)."""
    try:
        return call(*args, **kwargs)
    except NotImplementedError:
        raise
    except Exception as error:  # noqa: BLE001 (its class is what is observed)
        return {"raised": [cls.__name__ for cls in type(error).__mro__ if cls is not object]}
