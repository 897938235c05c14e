"""Runs probes in this process: the reference, misconceptions, `%check`, nbval."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

from autograder.observation import Lost, Observation, WireError, decode
from autograder.probe import Probe
from autograder.runners import host


class LocalRunner:
    """Holds names in this process. Values still pass through the wire format, so that every runner
    sees the same observation."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self.namespace = dict(namespace)

    def run(self, probe: Probe, names: tuple[str, ...], inputs: dict[str, Any]) -> Observation:
        """See `Runner.run`. The inputs are copied first, as sending them would."""
        known, given = self.namespace, copy.deepcopy(inputs)
        node = host.observe(probe.run, list(names), list(probe.uses), known, given)
        try:
            return decode(json.loads(json.dumps(node)))
        except (WireError, ValueError) as error:
            return Lost(str(error))
