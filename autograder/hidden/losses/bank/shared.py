"""What the losses of this lesson share: refusals as observations, and mistakes with reductions."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Bank, Number
from autograder.hidden.losses.probes.calls import REFUSALS


def name_refusals(raw: Any, inputs: Any, secrets: Any) -> Any:
    """A refusal counts by its class, any ValueError as a ValueError; a value only as one."""
    seen = {where: value for where, value in raw.items() if where != REFUSALS}
    for where, came in raw[REFUSALS].items():
        seen[where] = {"what came": _kind(came)}
    return seen


def _kind(came: Any) -> str:
    if isinstance(came, dict) and set(came) == {"raised"}:
        names = list(came["raised"])
        return "a ValueError" if "ValueError" in names else f"{names[0]}"
    if isinstance(came, np.ndarray):
        return f"an array of shape {came.shape}"
    return "a number" if hasattr(came, "dtype") else "something else"


def observe_refusals(bank: Bank, key: str, *probes: str) -> None:
    """Observe probes of `Refusals` by what was refused."""
    for probe in probes:
        bank.observe(key, probe)(name_refusals)


def whole_as_float(raw: Any, inputs: Any, secrets: Any) -> Any:
    """A 0 that was typed without its point is the 0.0 of the contract."""
    return {where: {k: _as_float(v) for k, v in named.items()} for where, named in raw.items()}


def _as_float(value: Any) -> Any:
    if isinstance(value, Number) and isinstance(value.value, int):
        return Number(float(value.value), "float64")
    return value


def unknown_reductions(bank: Bank, key: str) -> None:
    """Two ways not to refuse, or not rightly."""
    bank.edit(
        key,
        "unknown_means_mean",
        "A reduction that is none of the three falls through to the mean, so a misspelt word is "
        "never noticed. The last case is a ValueError.",
        (
            "return reduce_losses(",
            'reduction = reduction if reduction in ("none", "sum") else "mean"\n'
            "    return reduce_losses(",
        ),
        about="anything",
    )
    bank.edit(
        key,
        "unknown_means_none",
        "A reduction that is none of the three falls through, and the losses come back as they "
        "are. The last case is a ValueError.",
        (
            "return reduce_losses(",
            'reduction = reduction if reduction in ("mean", "sum") else "none"\n'
            "    return reduce_losses(",
        ),
        about="anything",
    )
    bank.edit(
        key,
        "looked_up_in_a_dict",
        "An unknown reduction is looked up in a dict and raises KeyError. The contract asks for "
        "ValueError: test for the word first, or catch the error.",
        (
            "return reduce_losses(",
            '{"none": 0, "mean": 0, "sum": 0}[reduction]\n    return reduce_losses(',
        ),
        about="anything",
    )
