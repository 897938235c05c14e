"""The call that shows a difference: found among those of a probe, and made again before it is said.

The calls are the reference's, recorded here. Of those whose result is where the difference is, some
are typed out, short, and the text itself is run where the learner's code lives and on the
reference: what is shown with expected and got is what that text gives.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any

import numpy as np

from autograder.harness.observation import Number, Observation, Raised, WireError, decode
from autograder.harness.probe import EXACT, Probe, Tolerance
from autograder.harness.replay import Replay
from autograder.judging.compare import Difference, equal, first_difference
from autograder.judging.counterexample.drafts import Candidate, exact_draft, short_drafts
from autograder.judging.counterexample.recorded import Call
from autograder.judging.counterexample.recorder import record, wire
from autograder.judging.counterexample.script import Script
from autograder.judging.describe import COME_BACK

MOST_CANDIDATES = 4
SECONDS = 2.0  # of CPU time, for some texts: numbers that are shorter may keep a loop from ending
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
    calls = record(differing.probe.run, names, known, inputs)
    seconds = min(differing.probe.seconds, SECONDS)
    probe = replace(differing.probe, run=Replay(), name="shown_call", seconds=seconds)

    def played(scripts: Sequence[Script]) -> list[Played]:
        if not scripts:
            return []
        given = {"scripts": [{"lines": list(one.lines), "data": one.data} for one in scripts]}
        ours, theirs = reference(probe, given), learner(probe, given)
        if not all(isinstance(came, list) and len(came) == len(scripts) for came in (ours, theirs)):
            return []
        return list(map(Played, scripts, ours, theirs))

    for candidate in _candidates(differing, calls):
        draft = exact_draft(candidate, calls)
        for exact in played([draft]) if draft is not None else ():
            if not _is_where(candidate, exact, differing):
                continue
            for one in played(short_drafts(candidate, calls)):
                if (shown := _shown(one, exact, differing)) is not None:
                    return shown
    return None


def _candidates(differing: Differing, calls: Sequence[Call]) -> Iterator[Candidate]:
    """The calls whose results hold what was expected, at the place of the difference; where an
    exception ended the probe, all of them."""
    results = [_read(call.result) for call in calls]
    found = chain(_all_candidates(differing, results), _all_states(differing, calls))
    return islice(found, MOST_CANDIDATES)


def _all_candidates(differing: Differing, results: Sequence[Observation]) -> Iterator[Candidate]:
    if differing.ended:
        yield from (
            Candidate(i, (), one, differing.got, differing.got) for i, one in enumerate(results)
        )
        return
    path = differing.difference.path
    inner = path[:-1] if path and isinstance(path[-1], tuple) else path
    index = path[-1] if inner != path and isinstance(path[-1], tuple) else ()
    targets = [_walk(differing.expected, inner), _walk(differing.got, inner)]
    pairs = [targets, [_element(one, index) for one in targets]] if index else [targets]
    for expected, got in pairs:
        for i, result in enumerate(results):
            for place in _places(result, expected, ()):
                yield Candidate(i, place, expected, got, differing.got)


def _all_states(differing: Differing, calls: Sequence[Call]) -> Iterator[Candidate]:
    """What objects were like after a call, where that is what was expected."""
    if differing.ended:
        return
    path = differing.difference.path
    inner = path[:-1] if path and isinstance(path[-1], tuple) else path
    expected, got = _walk(differing.expected, inner), _walk(differing.got, inner)
    for i, call in enumerate(calls):
        for state in call.states:
            if _shape(state.value) == _shape(expected) and equal(
                expected, _read(wire(state.value)), EXACT
            ):
                yield Candidate(i, (), expected, got, differing.got, state)


def _shape(value: Any) -> Any:
    return value.shape if isinstance(value, np.ndarray) else type(value) is np.ndarray


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


def _shown(played: Played, exact: Played, differing: Differing) -> Shown | None:
    """The difference that a text shows, if it is one like that of the exact text: shorter numbers
    and smaller arrays may ask for something else."""
    wanted = first_difference(exact.ours, exact.theirs, differing.probe.tolerance)
    found = first_difference(played.ours, played.theirs, differing.probe.tolerance)
    if wanted is None or found is None or _form(found) != _form(wanted):
        return None
    return Shown(played.script.at(found.path).text, replace(found, path=()))


def _form(difference: Difference) -> tuple[Any, ...]:
    """What kind of difference it is, and between what: numbers, NaN, exceptions."""
    sides = (difference.expected, difference.got)
    odd = [isinstance(one, float) and not math.isfinite(one) for one in sides]
    return (difference.kind, *odd, *(isinstance(one, Raised) for one in sides))
