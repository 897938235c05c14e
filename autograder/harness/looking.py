"""How a probe looks at values: copies that nothing changes later, names for results, exceptions as
results. Sent into kernels by value, so this file imports nothing of ours.
"""

from __future__ import annotations

import copy
import traceback
from collections.abc import Iterator
from typing import Any

import numpy as np


def results(function: Any, inputs: dict[str, Any], order: str = "") -> Iterator[tuple[str, Any]]:
    """What each call gives, by its phrase. The first is by name, every second one by place.

    Args:
        inputs: the arguments of each call by name; a tuple of them is given by place.
        order: the parameters in the order of the contract, "x, grad, lr"; without it, all is by
            name.
    """
    for number, (where, one) in enumerate(inputs.items()):
        if isinstance(one, tuple):
            yield where, function(*one)
        else:
            placed, named = by_place(one, order) if number % 2 else ([], one)
            yield where, function(*placed, **named)


def by_place(one: dict[str, Any], order: str) -> tuple[list[Any], dict[str, Any]]:
    """The arguments that can be given by place, up to the first that is left out, and the rest."""
    named, placed = dict(one), []
    for parameter in order.split(", "):
        if parameter not in named:
            break
        placed.append(named.pop(parameter))
    return placed, named


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
    try:
        return copy.deepcopy(value)
    except TypeError:  # a generator, a file: there is no other like it, and only its type is told
        return value


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
AGAIN = "result of the same call again"
OVERWRITTEN = "result after its inputs were overwritten"


def label(results: Any, labels: tuple[str, ...]) -> dict[str, Any]:
    """The results of a call under their names: one thing, or a tuple of several."""
    if len(labels) == 1:
        return {labels[0]: results}
    if not isinstance(results, list | tuple) or len(results) != len(labels):
        names = all(name.isidentifier() for name in labels)
        wanted = f"({', '.join(labels)})" if names else f"{len(labels)} results"
        raise TypeError(f"{wanted} should come back, got {type(results).__name__}")
    return dict(zip(labels, results, strict=True))


def outcome(call: Any, *args: Any, **kwargs: Any) -> Any:
    """The result of a call, or the exception that it raised, which is compared by its class."""
    try:
        return call(*args, **kwargs)
    except NotImplementedError:
        raise
    except Exception as error:  # noqa: BLE001 (it is what is observed)
        traceback.clear_frames(error.__traceback__)  # or the files that they hold stay open
        return error


def scramble(value: Any) -> None:
    """Change in place whatever a dict or a list holds, arrays included, to any depth."""
    if isinstance(value, np.ndarray):
        if value.flags.writeable and value.dtype.kind in "fiu":
            value += 17
    elif isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in list(items):
            if isinstance(item, int | float) and not isinstance(item, bool):
                value[key] = item + 17
            scramble(item)
    elif isinstance(value, tuple):
        for item in value:
            scramble(item)
