"""Whether the order in which a probe gives arguments by place is the one that the lesson asks for.

In a kernel nobody knows the reference, so a pattern is told the order; here it is held against it.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from autograder.harness.patterns import Calls, Pair
from autograder.harness.probe import Probe


def order_problem(probe: Probe, reference: Mapping[str, Any]) -> str:
    """What is wrong with the order that a probe's pattern was told; nothing where it has none."""
    pattern = getattr(probe.run, "__self__", probe.run)
    if not isinstance(pattern, Calls | Pair):
        return ""
    name = pattern.name if isinstance(pattern, Calls) else pattern.forward
    parameters = list(inspect.signature(reference[name]).parameters)
    if not pattern.order and len(parameters) > 1:
        return f'say order="{", ".join(parameters)}" of {name}, so that some calls are by place'
    said = pattern.order.split(", ") if pattern.order else []
    if said != parameters[: len(said)]:
        return f"calls {name} by place as ({pattern.order}), which is ({', '.join(parameters)})"
    return ""
