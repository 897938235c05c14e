"""In which order the probes are run on misconceptions, until one shows that a misconception is not
what the learner's code does: whichever tells most for its time goes first.

The order changes how long a diagnosis takes, and never what it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence

from autograder.harness.probe import Probe

# Before anything is known. Where a learner is right, most misconceptions are too.
FAILED, PASSED = 0.9, 0.1
WEIGHT = 3.0  # as many runs have to say otherwise before half of that is forgotten


class Telling:
    """Learns, while misconceptions are asked, which probes tell them from the learner's code.

    Args:
        seconds: how long a probe takes.
        failed: the names of those that the learner's code fails.
    """

    def __init__(
        self,
        probes: Sequence[Probe],
        seconds: Callable[[Probe], float] = lambda probe: 1.0,
        failed: Collection[str] = (),
    ) -> None:
        self._first = {p.name: FAILED if p.name in failed else PASSED for p in probes}
        self._seconds = {p.name: seconds(p) for p in probes}
        self._asked: Counter[str] = Counter()
        self._told: Counter[str] = Counter()

    def sorted(self, probes: Sequence[Probe]) -> list[Probe]:
        """Some of the probes, the one to ask first in front."""
        return sorted(probes, key=lambda probe: self._price(probe.name))

    def asked(self, probe: Probe, *, told: bool) -> bool:
        """Note whether a probe told a misconception from the learner's code; gives that back."""
        self._asked[probe.name] += 1
        self._told[probe.name] += told
        return told

    def _price(self, name: str) -> float:
        """Seconds for each misconception that is told."""
        told = self._told[name] + WEIGHT * self._first[name]
        return self._seconds[name] * (self._asked[name] + WEIGHT) / told
