"""The interface that the judge sees of every runner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from autograder.harness.observation import Observation
from autograder.harness.probe import Probe

Asked = tuple[Probe, dict[str, Any]]  # a probe and its inputs


class Runner(Protocol):
    """Something that holds an implementation."""

    def run(self, probe: Probe, names: tuple[str, ...], inputs: dict[str, Any]) -> Observation:
        """Exercise `names` with a probe.

        Called by the judge, once for each probe of an exercise. Returns what came out; an exception
        is a `Raised`, a kernel that ended or overran a `Lost`. Never raises for what the
        implementation does.
        """
        ...

    def run_all(self, asked: Sequence[Asked], names: tuple[str, ...]) -> list[Observation]:
        """Exercise `names` with the probes of an exercise, each with its inputs, in their order."""
        ...
