"""Where in an observation something stands, in words: "`dW[0, 0]` for five rows"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

# One expression of Python's without a space: `param`, `best_params[2]`, `first.weight`, `.lr`.
NAME = re.compile(r"\.?[A-Za-z_]\w*(?:\.\w+|\[[^\]\s]*\]|\([^)\s]*\))*")
# What begins so says where or when, and is no thing of its own.
LOCATING = re.compile(
    r"(?:above|after|afterwards|again|among|around|as|at|before|behind|below|beside|between|beyond|by"
    r"|during|for|from|in|inside|near|of|on|once|outside|over|per|through|to|under|until|when"
    r"|where|while|with|within|without)(?: .+)?"
)
PLURAL = re.compile(
    r"[^,(]*?[a-z]{2,}(?<![sui])s(?= (?:among|beside|for|from|in|of|on|that|with)\b|$)"
)
RESULT = "result"


@dataclass(frozen=True)
class Place:
    """A thing and what surrounds it.

    Attributes:
        thing: a name in backticks, indices included, or a phrase; empty where there is none.
        index: where in a phrase's thing: "item [0], element [1, 2]"; a name has its own.
        where: the circumstances, innermost first.
        is_name: the thing is code.
    """

    thing: str
    index: str
    where: str
    is_name: bool

    def __str__(self) -> str:
        thing = " ".join(filter(None, (self.thing, self.where)))
        return f"{thing}, {self.index}" if self.index else thing

    @property
    def is_plural(self) -> bool:
        """Several things: one would count them."""
        return not self.is_name and PLURAL.match(self.thing) is not None


def place_of(path: tuple[Any, ...], *, claim: bool = False, indexed: bool = True) -> Place:
    """The innermost label of a path as the thing, and the labels around it.

    Args:
        claim: what stands there is true or false, so that its label is a claim and never a place.
        indexed: say which element of an array it is.
    """
    path = path if indexed else tuple(key for key in path if not isinstance(key, tuple))
    labels = _labels(path)
    label, indices = labels.pop()
    if label == f"the {RESULT}":
        label = RESULT
    if label != RESULT and not claim and LOCATING.fullmatch(label):
        labels.append((label, ()))
        label = RESULT
    where = " ".join(_circumstance(*one) for one in reversed(labels)).rstrip(",")
    if label == RESULT and not any(key != () for key in indices):
        return Place("the result", "", where, False)
    if NAME.fullmatch(label):
        return Place(f"`{label}{_subscripts(indices)}`", "", where, True)
    return Place(label, _position(indices) if indexed else "", where, False)


def _labels(path: tuple[Any, ...]) -> list[tuple[str, tuple[Any, ...]]]:
    """Each label with the indices that follow it; what has no label is the result."""
    if not any(isinstance(key, str) for key in path):
        path = (RESULT, *path)
    starts = [i for i, key in enumerate(path) if isinstance(key, str)]
    ends = [*starts, len(path)][1:]
    return [(path[i], path[i + 1 : end]) for i, end in zip(starts, ends, strict=True)]


def _circumstance(label: str, indices: tuple[Any, ...]) -> str:
    if NAME.fullmatch(label) and not LOCATING.fullmatch(label):
        return f"of `{label}{_subscripts(indices)}`"
    said = label if LOCATING.fullmatch(label) else f"for {label}"
    position = _position(indices)
    return f"{said}, {position}," if position else said


def _subscripts(indices: tuple[Any, ...]) -> str:
    return "".join(f"[{_index(key)}]" for key in indices if key != ())


def _position(indices: tuple[Any, ...]) -> str:
    """In words, so that brackets do not run into each other: "item [0], element [1, 2]"."""
    *outer, last = [_index(key) for key in indices if key != ()] or [""]
    return ", ".join([*(f"item [{one}]" for one in outer), f"element [{last}]" if last else ""])


def _index(key: Any) -> str:
    return ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)
