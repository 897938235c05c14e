"""Calls that show what they did with their inputs, and results by name."""

from __future__ import annotations

from typing import Any

from autograder.toolbox import overwrite, snapshot

Inputs = dict[str, Any]
AFTERWARDS = "inputs afterwards"
OVERWRITTEN = "result after its inputs were overwritten"


def label(results: Any, labels: tuple[str, ...]) -> dict[str, Any]:
    """The results of a call under their names: one thing, or a tuple of several."""
    if len(labels) == 1:
        return {labels[0]: results}
    if not isinstance(results, list | tuple) or len(results) != len(labels):
        raise TypeError(f"({', '.join(labels)}) should come back, got {type(results).__name__}")
    return dict(zip(labels, results, strict=True))


class Pure:
    """Runs `name(**inputs)` and shows its results by name, the inputs afterwards, and the results
    again once the inputs were overwritten."""

    def __init__(self, name: str, *labels: str) -> None:
        self.name, self.labels = name, labels

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        named = label(getattr(impl, self.name)(**inputs), self.labels)
        seen = {**snapshot(named), AFTERWARDS: snapshot(inputs)}
        overwrite(inputs)
        seen[OVERWRITTEN] = snapshot(named)
        return seen
