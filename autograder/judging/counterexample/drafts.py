"""Texts for a call, the best first: as it was made with shorter numbers, else with smaller arrays,
else with arrays that only have names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from autograder.harness.observation import Number, Observation
from autograder.judging.counterexample.recorded import Call, State, counts, sizes
from autograder.judging.counterexample.script import Script, Typist
from autograder.judging.counterexample.written import EXACT, Unwritable

DIGITS = (3, 5, EXACT)
ENOUGH = 10


@dataclass(frozen=True)
class Candidate:
    """A call, the part of its result or of what is `seen` after it that a difference may be in,
    what stood there, and the whole of what the learner's code gave."""

    number: int
    path: tuple[Any, ...]
    expected: Observation
    got: Observation
    whole: Observation
    seen: State | None = None


def exact_draft(candidate: Candidate, calls: Sequence[Call]) -> Script | None:
    """The text that is exact, however long; None where there is none."""
    exact = next(_drafts(candidate, calls, (EXACT,), named=False), None)
    return exact or next(_drafts(candidate, calls, (EXACT,), named=True), None)


def short_drafts(candidate: Candidate, calls: Sequence[Call]) -> list[Script]:
    """Texts that are short, those that can be pasted first."""
    short = [one for one in _drafts(candidate, calls, DIGITS) if one.can_be_pasted]
    if not short:
        short = _smaller(candidate, calls)
        short += [one for one in _drafts(candidate, calls, DIGITS, named=True) if one.is_short]
    return list({one.lines: one for one in short}.values())


def _drafts(
    candidate: Candidate, calls: Sequence[Call], digits: Sequence[int], **how: Any
) -> Iterator[Script]:
    """A text for each number of digits, first with the earlier calls whose results it was given,
    then with these results as they were, where the learner's code came to them as well."""

    def told(value: Any) -> bool:
        return holds(candidate.whole, value)

    rests = bool(calls[candidate.number].uses) and candidate.seen is None
    for seen in (None, told) if rests else (None,):
        for several in digits:
            with suppress(Unwritable):
                typist = Typist(calls, several, told=seen, **how)
                yield typist.script(candidate.number, candidate.seen).at(candidate.path)


def _smaller(candidate: Candidate, calls: Sequence[Call]) -> list[Script]:
    """A few texts with smaller arrays, or with lines of their own for them; the smallest first."""
    needed = {candidate.number, *calls[candidate.number].uses}
    ways: list[Mapping[int, int]] = [{}, *_cuts([calls[i] for i in needed])]
    short: list[Script] = []
    for apart in (False, True):
        drawn = [_drafts(candidate, calls, DIGITS[:1], cut=cut, apart=apart) for cut in ways]
        found = [one for one in chain(*drawn) if one.can_be_pasted]
        short += sorted(found, key=lambda one: one.size)[:ENOUGH]
    return short


def _cuts(calls: Sequence[Call]) -> list[dict[int, int]]:
    """How the arrays of calls could be made smaller: fewer rows, and then all axes short. What is
    as long as a number says that was given stays so."""
    given = [[*call.args, *call.kwargs.values()] for call in calls]
    shapes, told = sizes(given), counts(given)
    rows = max(shapes, key=len)[0] if any(shapes) else 0
    lengths = {n for shape in shapes for n in shape if n not in told}
    ways = [{rows: 2}, {rows: 1}, {rows: 3}]
    ways += [{n: k for n in lengths if n > k} for k in (3, 2, 1)]
    ways += [{n: 1 for n in lengths if n != kept} for kept in sorted(lengths)]
    ways += [{n: a if n == rows else b for n in lengths if n > 1} for a, b in ((1, 2), (2, 1))]
    ways = [{n: k for n, k in way.items() if n > k and n in lengths} for way in ways]
    return [way for i, way in enumerate(ways) if way and way not in ways[:i]]


def holds(observation: Observation, value: Any) -> bool:
    """Whether an observation has a value in it."""
    if isinstance(observation, dict):
        return any(holds(item, value) for item in observation.values())
    if isinstance(observation, list | tuple):
        return any(holds(item, value) for item in observation)
    if isinstance(observation, Number):
        return isinstance(value, float) and bool(np.isclose(observation.value, value))
    if isinstance(observation, np.ndarray) and isinstance(value, np.ndarray):
        return observation.shape == value.shape and bool(np.allclose(observation, value))
    return False
