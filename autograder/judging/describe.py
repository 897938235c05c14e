"""A difference, as a learner reads it: one sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from autograder.harness.looking import AFTERWARDS, AGAIN, OVERWRITTEN
from autograder.harness.observation import MAX_TEXT, Raised
from autograder.judging.compare import Difference
from autograder.judging.places import NAME, Place, place_of

NAMED = 4  # of the keys that are missing; the rest are counted
COME_BACK = "should come back"  # said by probes, of results that they cannot take apart


def describe_difference(difference: Difference) -> str:
    """What was expected, what came, and where first: one sentence without its full stop."""
    path, kind = difference.path, difference.kind
    if kind == "lost":
        return str(difference.got)
    if kind == "exception":
        return _describe_exception(difference.expected, difference.got, place_of(path).where)
    if difference.rank == 2:
        return _describe_side_effect(path)
    expected, got = difference.expected, difference.got
    place = place_of(path, claim=isinstance(expected, bool))
    if kind == "keys":
        return _describe_keys(place, expected, got)
    if kind == "length":
        return _describe_length(place, expected, got)
    if kind in ("shape", "dtype"):
        return f"the {kind} of {place}: expected {expected}, got {got}"
    if kind == "type":
        return f"{place}: expected {expected}, got {got}"
    if isinstance(expected, bool) and not place.is_name:
        return _describe_claim(place, expected, got)
    return f"{place}: expected {_pair(expected, got, place)}"


def describe_result(difference: Difference) -> str:
    """The same of what a call that stands beside it gives: "expected 0.102, got 1.38"."""
    return describe_difference(difference).removeprefix("the result: ")


def _describe_exception(expected: Any, got: Any, where: str) -> str:
    if not isinstance(got, Raised):
        said = f"{got} came back" + (f" {where}" if where else "")
        return f"no {expected.name} was raised: {said}"
    if got.name == "Undefined":
        name, rest = got.message.split(" ", 1)
        return f"`{name}` {rest}"
    said = " ".join(got.message.split())
    said = f"{said}\N{HORIZONTAL ELLIPSIS}" if len(got.message) >= MAX_TEXT else said.rstrip(" .")
    if got.name == "TypeError" and COME_BACK in said:
        return said
    at = f" at `{got.line}`" if got.line else ""
    instead = f", not the {expected.name} that was asked for" if _raised(expected) else ""
    return f"it raised {got.name}{at}{instead}" + (f": {said}" if said else "")


def _raised(value: Any) -> bool:
    return isinstance(value, Raised)


def _describe_side_effect(path: tuple[Any, ...]) -> str:
    label = next(key for key in (AFTERWARDS, AGAIN, OVERWRITTEN) if key in path)
    place = place_of(tuple(key for key in path if key != label), indexed=False)
    if label == AFTERWARDS:
        return f"{place} was changed in place: leave the inputs as they were"
    if label == AGAIN:
        return f"a second call with the same arguments gives another result: {place} differs"
    return f"{place} shares memory with an input: return a new array"


def _describe_keys(place: Place, expected: Sequence[str], got: Sequence[str]) -> str:
    """Which keys are missing and which were not asked for; those of an observer, which are no
    names, say nothing to a learner whose result it could not read."""
    where = place.where if place.thing == "the result" else ""
    missing = [key for key in expected if key not in got]
    extra = [key for key in got if key not in expected]
    if not set(expected) & set(got) and not all(map(NAME.fullmatch, expected)):
        return f"{place} is not of the form that was asked for"
    parts = [_listed(missing, "missing")] if missing else []
    parts += [_listed(extra, "not asked for")] if extra else []
    return f"{where or place}: {', and '.join(parts)}"


def _listed(keys: Sequence[str], what: str) -> str:
    keys = [key.removeprefix("of ") for key in keys]
    names = [f"`{key}`" if NAME.fullmatch(key) else key for key in keys]
    if len(names) > NAMED + 1:
        names = [*names[:NAMED], f"{len(names) - NAMED} more"]
    said = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    verb = {"missing": ("is", "are"), "not asked for": ("was", "were")}[what][len(keys) > 1]
    if all(map(NAME.fullmatch, keys)):
        said = f"the key{'s' if len(keys) > 1 else ''} {said}"
    return f"{said} {verb} {what}"


def _describe_length(place: Place, expected: int, got: int) -> str:
    if not place.is_plural:
        return f"the length of {place}: expected {expected}, got {got}"
    counted = f"{expected} of them" if expected else "none"
    return f"{place}: expected {counted}, got {got or 'none'}"


def _describe_claim(place: Place, expected: bool, got: Any) -> str:
    """The label says what may be so or not, as a question or as what one would ask about."""
    answers = f"expected {_yes_or_no(expected)}, got {_yes_or_no(got)}"
    if not place.thing.endswith("?"):
        return f"{place}: {answers}"
    asked = " ".join(filter(None, (place.thing[:-1], place.where)))
    return f"{asked}? {answers[0].upper()}{answers[1:]}"


def _yes_or_no(answer: Any) -> str:
    return {True: "yes", False: "no"}[answer] if isinstance(answer, bool) else _short(answer)


def _pair(expected: Any, got: Any, place: Place) -> str:
    """Two leaves with enough digits to see that they differ."""
    if isinstance(expected, float) or isinstance(got, float):
        for digits in (6, 9, 12, 17):
            one, other = _short(expected, digits), _short(got, digits)
            if one != other:
                return f"{one}, got {other}"
    if isinstance(expected, str) and isinstance(got, str) and _in_words(expected, got, place):
        return f"{expected}, got {got}"
    return f"{_short(expected)}, got {_short(got)}"


def _in_words(expected: str, got: str, place: Place) -> bool:
    """What an observer says of a value, rather than a string that the learner's code returned."""
    if expected.endswith("Error") or got.endswith("Error"):
        return True
    return bool(expected and got) and not place.is_name and place.thing != "the result"


def _short(value: Any, digits: int = 6) -> str:
    if isinstance(value, float):
        return f"{value + 0.0:.{digits}g}" if math.isfinite(value) else str(value)  # never -0
    return repr(value)[:80]
