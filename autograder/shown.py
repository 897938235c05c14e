"""The call that shows a difference: found among those of a probe, and made again before it is said.

The calls are the reference's, recorded here. Of those whose result is where the difference is, some
are typed out, short, and the text itself is run where the learner's code lives and on the
reference: what is shown with expected and got is what that text gives.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, product
from typing import Any

import numpy as np

from autograder.compare import Difference, equal, first_difference
from autograder.messages import COME_BACK
from autograder.observation import Number, Observation, Raised, WireError, decode
from autograder.probe import EXACT, Probe, Tolerance
from autograder.recorder import Call, record
from autograder.replay import Replay
from autograder.script import Script, Typist, sizes
from autograder.written import EXACT as ALL_DIGITS
from autograder.written import Unwritable

DIGITS = (3, 4, 6, ALL_DIGITS)
MOST_CANDIDATES = 6
DEPTH = 3

Path = tuple[Any, ...]
Play = Callable[[Probe, dict[str, Any]], Observation]


@dataclass(frozen=True)
class Shown:
    """The text of a call, and where what it gives parts from what the reference gives."""

    call: str
    difference: Difference


@dataclass(frozen=True)
class Differing:
    """What there is to show: a probe, its observations, and the first difference of them."""

    probe: Probe
    expected: Observation
    got: Observation
    difference: Difference

    @property
    def ended(self) -> bool:
        """An exception ended the probe: there is no place to look at."""
        return isinstance(self.got, Raised)

    @property
    def misshapen(self) -> bool:
        """What came back could not be taken apart."""
        return isinstance(self.got, Raised) and COME_BACK in self.got.message


def can_be_shown(difference: Difference) -> bool:
    """Whether a call could show it: no lost kernel, no missing name, nothing beside the results."""
    got = difference.got
    absent = isinstance(got, Raised) and (got.name == "Undefined" or got.not_written)
    return difference.kind != "lost" and difference.rank < 2 and not absent


@dataclass(frozen=True)
class Candidate:
    """A call, the part of its result that the difference may be in, and what stood there."""

    number: int
    path: Path
    expected: Observation
    got: Observation


@dataclass(frozen=True)
class Played:
    """A script, and what it gave on the reference and on the learner's code."""

    script: Script
    ours: Observation
    theirs: Observation


def shown_call(
    differing: Differing,
    names: Mapping[str, Any],
    known: Mapping[str, Any],
    inputs: Any,
    reference: Play,
    learner: Play,
) -> Shown | None:
    """The first call that shows the difference, if there is one with a text.

    Args:
        names: the exercise's names as the reference defines them.
        known: what else the probe may look at.
        reference, learner: run a probe with its inputs on what they hold.
    """
    functions = {name: thing for name, thing in names.items() if not isinstance(thing, type)}
    calls = record(differing.probe.run, functions, {**known, **names}, inputs)
    typed = [
        (candidate, scripts)
        for candidate in _candidates(differing, calls)
        if (scripts := _typed(candidate, calls, functions, differing.got))
    ]
    if not typed:
        return None
    probe = replace(differing.probe, run=Replay(), name="shown_call")
    flat = [script for _, scripts in typed for script in scripts]
    given = {"scripts": [{"lines": list(one.lines), "data": one.data} for one in flat]}
    ours, theirs = reference(probe, given), learner(probe, given)
    if not all(isinstance(came, list) and len(came) == len(flat) for came in (ours, theirs)):
        return None
    played = iter(map(Played, flat, ours, theirs))
    for candidate, scripts in typed:
        exact, *short = [next(played) for _ in scripts]
        if _is_where(candidate, exact, differing):
            found = filter(None, (_shown(one, differing) for one in short))
            if (shown := next(found, None)) is not None:
                return shown
    return None


def _candidates(differing: Differing, calls: Sequence[Call]) -> list[Candidate]:
    """The calls whose results hold what was expected, at the place of the difference; where an
    exception ended the probe, all of them."""
    found = list(_all_candidates(differing, [_read(call.result) for call in calls]))
    return found[:MOST_CANDIDATES]


def _all_candidates(differing: Differing, results: Sequence[Observation]) -> Iterator[Candidate]:
    if differing.ended:
        yield from (Candidate(i, (), one, differing.got) for i, one in enumerate(results))
        return
    path = differing.difference.path
    inner = path[:-1] if path and isinstance(path[-1], tuple) else path
    index = path[-1] if inner != path and isinstance(path[-1], tuple) else ()
    targets = [_walk(differing.expected, inner), _walk(differing.got, inner)]
    pairs = [targets, [_element(one, index) for one in targets]] if index else [targets]
    for expected, got in pairs:
        for i, result in enumerate(results):
            for place in _places(result, expected, ()):
                yield Candidate(i, place, expected, got)


def _read(result: Any) -> Observation:
    try:
        return decode(json.loads(json.dumps(result)))
    except (WireError, ValueError):
        return None


def _walk(observation: Observation, path: Path) -> Observation:
    for key in path:
        observation = observation[key]
    return observation


def _element(observation: Observation, index: tuple[int, ...]) -> Observation:
    array = getattr(observation, "array", observation)
    if not isinstance(array, np.ndarray):
        return observation
    item = array[index]
    return bool(item) if item.dtype == bool else Number(item.item(), str(item.dtype))


def _places(result: Observation, wanted: Observation, path: Path) -> Iterator[Path]:
    """Where in a result something is that was looked at."""
    if equal(wanted, result, EXACT) and result is not None:
        yield path
    elif isinstance(result, np.ndarray) and isinstance(wanted, Number):
        yield from ((*path, tuple(map(int, at))) for at in np.argwhere(result == wanted.value)[:2])
    elif isinstance(result, list | tuple | dict) and len(path) < DEPTH:
        items = result.items() if isinstance(result, dict) else enumerate(result)
        for key, item in items:
            yield from _places(item, wanted, (*path, key))


def _typed(
    candidate: Candidate, calls: Sequence[Call], functions: dict[str, Any], got: Observation
) -> list[Script]:
    """The script that is exact, and short ones, those that can be pasted first; none if none is
    short."""

    def told(value: Any) -> bool:
        return _holds(got, value)

    def scripts(digits: Sequence[int], **how: Any) -> Iterator[Script]:
        for seen, several in product((None, told), digits):
            with suppress(Unwritable):
                typist = Typist(calls, functions, several, told=seen, **how)
                yield typist.script(candidate.number).at(candidate.path)

    exact = next(chain(scripts([ALL_DIGITS]), scripts([ALL_DIGITS], named=True)), None)
    if exact is None:
        return []
    written = [one for one in scripts(DIGITS) if one.is_short and not one.data]
    if not written:
        tried = (scripts([3], cut=cut) for cut in _cuts(calls[candidate.number]))
        written = [one for one in chain(*tried) if one.is_short and not one.data]
        written.sort(key=lambda one: len(one.text))
        written += [one for one in scripts(DIGITS, named=True) if one.is_short]
    return [exact, *{one.lines: one for one in written}.values()] if written else []


def _cuts(call: Call) -> list[dict[int, int]]:
    """How the arrays of a call could be made smaller: fewer rows, and then all axes short."""
    shapes = sizes([*call.args, *call.kwargs.values()])
    rows = max(shapes, key=len)[0] if any(shapes) else 0
    lengths = {n for shape in shapes for n in shape}
    ways = [{rows: 2}, {rows: 1}, {rows: 3}]
    ways += [{n: k for n in lengths if n > k} for k in (3, 2)]
    ways += [{n: 1 if n == rows else 2 for n in lengths if n > 2}]
    return [way for way in ways if any(n > k for n, k in way.items())]


def _holds(observation: Observation, value: Any) -> bool:
    """Whether an observation has a value in it: the learner's code came to it as well."""
    if isinstance(observation, dict):
        return any(_holds(item, value) for item in observation.values())
    if isinstance(observation, list | tuple):
        return any(_holds(item, value) for item in observation)
    if isinstance(observation, Number):
        return isinstance(value, float) and bool(np.isclose(observation.value, value))
    if isinstance(observation, np.ndarray) and isinstance(value, np.ndarray):
        return observation.shape == value.shape and bool(np.allclose(observation, value))
    return False


def _is_where(candidate: Candidate, exact: Played, differing: Differing) -> bool:
    """Whether the call gave what came out of the probe, on the reference and on the learner's
    code."""
    ours, theirs = exact.ours, exact.theirs
    if differing.misshapen:
        many = isinstance(ours, list | tuple)
        return many and not (isinstance(theirs, list | tuple) and len(ours) == len(theirs))
    if differing.ended:
        same = isinstance(theirs, Raised) and theirs.name == candidate.got.name
        return same and not (isinstance(ours, Raised) and ours.name == candidate.got.name)
    near = Tolerance(max(differing.probe.tolerance.rtol, 1e-9), differing.probe.tolerance.atol)
    return equal(candidate.expected, ours, near) and equal(candidate.got, theirs, near)


def _shown(played: Played, differing: Differing) -> Shown | None:
    """The difference that a script shows, if it is one of the kind that is looked for."""
    found = first_difference(played.ours, played.theirs, differing.probe.tolerance)
    if found is None or (not differing.misshapen and _group(found) != _group(differing.difference)):
        return None
    return Shown(played.script.at(found.path).text, replace(found, path=()))


def _group(difference: Difference) -> str:
    return "value" if difference.kind == "nan" else difference.kind
