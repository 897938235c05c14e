"""What all right answers share where each may keep its state in a form of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Bank, Number, Other


def declare(bank: Bank) -> None:
    """Tell the bank how to read a run that was saved and resumed."""
    bank.observe("Adam", "resume")(resumed)


def resumed(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The uninterrupted run to a tolerance, the others by how many of its numbers they miss, and
    what a snapshot holds that is not plain data."""
    whole = raw["uninterrupted"]
    others = ("resumed", "gone back", "loaded a second time")
    return {
        "after the last step": whole,
        **{f"after the last step of the run {how}": raw[how] for how in others},
        **{
            f"the count of numbers in the run {how} that are not the uninterrupted one's": parting(
                whole, raw[how]
            )
            for how in others
        },
        "types in the state that are not plain data": sorted(set(odd_types(raw["state"]))),
    }


def parting(one: Any, other: Any) -> Number:
    """In how many places two runs differ in any bit."""
    return Number(sum(int(np.sum(one[name] != other[name])) for name in one), "int64")


def odd_types(value: Any) -> list[str]:
    """Types other than dicts, lists, tuples, arrays, numbers and strings."""
    if isinstance(value, Other):
        return [] if value.type_name.startswith("array of ") else [value.type_name]
    if isinstance(value, dict):
        return [name for item in value.values() for name in odd_types(item)]
    if isinstance(value, list | tuple):
        return [name for item in value for name in odd_types(item)]
    return []
