"""Runs probes in this process: the reference, misconceptions, `%check`, nbval."""

from __future__ import annotations

import copy
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.harness import guest
from autograder.harness.direct import carried, read
from autograder.harness.observation import Observation
from autograder.harness.probe import Probe
from autograder.harness.runner import Asked


@dataclass(frozen=True)
class _Carried:
    """What is an observation already."""

    observation: Observation


class LocalRunner:
    """Holds names in this process. What comes out is what the wire format would have made of it, so
    that every runner sees the same observation."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self.namespace = dict(namespace)

    def run(self, probe: Probe, names: tuple[str, ...], inputs: dict[str, Any]) -> Observation:
        """See `Runner.run`. The inputs are copied first, as sending them would."""
        known, given = self.namespace, copied(inputs, {})
        seen = guest.observe(probe.run, list(names), list(probe.uses), known, given, _write)
        return seen.observation if isinstance(seen, _Carried) else read(seen)

    def run_all(self, asked: Sequence[Asked], names: tuple[str, ...]) -> list[Observation]:
        """See `Runner.run_all`."""
        return [self.run(probe, names, inputs) for probe, inputs in asked]


def _write(raw: Any) -> _Carried:
    return _Carried(carried(raw))


def copied(value: Any, known: dict[int, Any]) -> Any:
    """A deep copy, in which what was one object is one object: `copy.deepcopy`, several times as
    fast on plain data, which is nearly everything. `known` are the copies by the originals' ids."""
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if id(value) in known:
        return known[id(value)]
    if kind is np.ndarray and not value.dtype.hasobject:
        known[id(value)] = value.copy(order="K")
    elif kind is dict:
        made: dict[Any, Any] = {}
        known[id(value)] = made
        made.update((copied(key, known), copied(item, known)) for key, item in value.items())
    elif kind is list:
        several: list[Any] = []
        known[id(value)] = several
        several.extend(copied(item, known) for item in value)
    elif kind is tuple:
        items = tuple([copied(item, known) for item in value])
        if id(value) not in known:  # or it was met again inside one of its own items
            same = all(map(operator.is_, items, value))
            known[id(value)] = value if same else items
    else:
        return copy.deepcopy(value, known)
    return known[id(value)]
