"""What all right range tests share: a suggestion within one grid step is as good as the best."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Bank, Number

KEY = "lr_range_test"


def declare(bank: Bank) -> None:
    """Tell the bank how to read each probe of the range test."""
    for probe in ("whole", "leaping", "odd_numbers"):
        bank.observe(KEY, probe)(read)
    for probe in ("broken", "near_four", "short"):
        bank.observe(KEY, probe)(read_the_run)


def read(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The raw values, with a suggestion that is right or next to it in the place of all such."""
    return {where: {**raw[where], **_suggestion(raw[where], one)} for where, one in inputs.items()}


def read_the_run(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The raw values without the suggestion, where it is a float: other probes look at it, and
    who has only that wrong keeps the points for the run."""
    return {
        where: {
            **one,
            "suggestion": "a float" if _is_float(one["suggestion"]) else one["suggestion"],
        }
        for where, one in raw.items()
    }


def _is_float(value: Any) -> bool:
    return isinstance(value, Number) and value.dtype == "float64"


def _suggestion(found: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    got = found["suggestion"]
    if not (isinstance(got, Number) and isinstance(got.value, float) and got.value > 0):
        return {}
    rates = np.geomspace(one["min_lr"], one["max_lr"], one["steps"])
    count = counted(one["losses"])
    slopes = np.gradient(np.array(one["losses"][:count], dtype=float), np.log(rates[:count]))
    best = int(np.argmin(slopes))
    nearest = int(np.argmin(np.abs(np.log(rates) - np.log(got.value))))
    inside = nearest < count and rates[0] / 1.01 < got.value < rates[-1] * 1.01
    right = inside and abs(nearest - best) <= 1
    return {"suggestion": Number(float(rates[best]), "float64") if right else got}


def counted(losses: Any) -> int:
    """How many losses come before the first that is not finite or more than 4 times the lowest."""
    lowest = np.inf
    for index, loss in enumerate(losses):
        if not np.isfinite(loss) or loss > 4 * lowest:
            return index
        lowest = min(lowest, float(loss))
    return len(losses)
