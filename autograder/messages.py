"""Sentences: a difference, and a verdict, as a learner reads them."""

from __future__ import annotations

import math
from typing import Any

from autograder.compare import Difference
from autograder.observation import Raised
from autograder.patterns import AFTERWARDS, OVERWRITTEN
from autograder.verdict import Verdict


def describe_difference(difference: Difference) -> str:
    """What was expected, what came, and where first: one sentence without its full stop."""
    path = difference.path
    if AFTERWARDS in path and difference.kind in ("value", "nan", "shape", "dtype"):
        return f"{_subject(path[1:])[0]} was changed in place: leave the inputs as they were"
    if OVERWRITTEN in path:
        return "the result shares memory with an input: return a new array"
    name, where = _subject(path)
    tail = f" {where}" if where else ""
    expected, got = difference.expected, difference.got
    if difference.kind == "exception":
        return _describe_exception(expected, got, name, tail)
    if difference.kind == "lost":
        return str(got)
    if isinstance(expected, bool) and isinstance(got, bool):
        return f"{name}{tail}: expected {_yes_or_no(expected)}, got {_yes_or_no(got)}"
    if difference.kind in ("value", "nan"):
        return f"{name} differs{tail}: expected {_pair(expected, got)}"
    if difference.kind == "shape":
        return f"{name} has another shape{tail}: expected {expected}, got {got}"
    if difference.kind == "dtype":
        return f"{name} has another dtype{tail}: expected {expected}, got {got}"
    if difference.kind == "length":
        return f"{name} has {got} items{tail}: expected {expected}"
    if difference.kind == "keys":
        return f"{name} has other keys{tail}: expected {expected}, got {got}"
    return f"{name} is of another kind{tail}: expected {expected}, got {got}"


def _describe_exception(expected: Any, got: Any, name: str, tail: str) -> str:
    if isinstance(got, Raised):
        if got.name == "Undefined":
            return got.message
        at = f", at `{got.line}`" if got.line else ""
        instead = f" where {expected.name} was asked for" if isinstance(expected, Raised) else ""
        return f"it raised {got.name}: {got.message}{at}{instead}"
    return f"no {expected.name} was raised: {name}{tail} came back as {got}"


def _subject(path: tuple[Any, ...]) -> tuple[str, str]:
    """The innermost thing with its index, and the phrases around it, innermost first."""
    phrases = ["the result"] if not any(isinstance(key, str) for key in path) else []
    for key in path:
        if isinstance(key, str):
            phrases.append(key)
        elif key != ():
            index = ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)
            if not phrases:
                phrases.append("value")
            phrases[-1] += f"[{index}]"
    return phrases[-1], " ".join(reversed(phrases[:-1]))


def _yes_or_no(answer: bool) -> str:
    return "yes" if answer else "no"


def _pair(expected: Any, got: Any) -> str:
    """Two leaves with enough digits to see that they differ."""
    if isinstance(expected, float) and isinstance(got, float):
        for digits in (4, 6, 9, 12, 17):
            one, other = f"{expected + 0.0:.{digits}g}", f"{got + 0.0:.{digits}g}"  # never -0
            if one != other:
                return f"{one}, got {other}"
    return f"{_short(expected)}, got {_short(got)}"


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value + 0.0:.4g}" if math.isfinite(value) else str(value)
    return repr(value)[:80]


def points(number: float) -> str:
    """1, 1.5: never 1.0."""
    return f"{number:g}"


def explain(verdict: Verdict) -> str:
    """The whole of a verdict in plain text: what is right, the first difference, the thought
    behind it."""
    of = f"{points(verdict.score)} of {points(verdict.max_score)}"
    if verdict.status == "passed":
        return f"{verdict.exercise}: {of}"
    if verdict.status == "not_attempted":
        return f"{verdict.exercise}: {of} points. Not attempted yet."
    lines = [f"{verdict.exercise}: {of} points."]
    if verdict.note:
        lines.append(verdict.note)
    right = [probe.topic for probe in verdict.probes if probe.status == "passed"]
    if right:
        lines.append(f"Right: {'; '.join(right)}.")
    wrong = [probe for probe in verdict.probes if probe.status != "passed"]
    if wrong and wrong[0].message != verdict.note:
        lines.append(f"Different: {wrong[0].topic}: {wrong[0].message}.")
        if len(wrong) > 1:
            lines.append(f"Also: {'; '.join(probe.topic for probe in wrong[1:])}.")
    if verdict.diagnosis:
        lines.append(verdict.diagnosis.text)
    elif wrong and wrong[0].experiment:
        lines.append(f"To see why: {wrong[0].experiment}")
    return "\n".join(lines)
