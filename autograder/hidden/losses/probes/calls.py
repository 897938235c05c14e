"""Ways to call a loss. What a call refuses is observed by the class of its exception."""

from __future__ import annotations

from typing import Any

from autograder.api import Inputs, Probe, attempt

UNKNOWN = ("average", "MEAN", "", "batchmean", None)
REFUSALS = "refusals"


class Each:
    """The result of `name(**one)`, for each set of arguments in the inputs, under its phrase."""

    def __init__(self, name: str, label: str) -> None:
        self.name, self.label = name, label

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        function = getattr(impl, self.name)
        return {where: {self.label: function(**one)} for where, one in inputs.items()}


class Reductions:
    """What a loss makes of its losses: by default, and with each reduction, given in its place."""

    def __init__(self, name: str, *options: float) -> None:
        self.name, self.options = name, options

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        function, arrays = getattr(impl, self.name), list(inputs.values())
        return {
            "by default": {"loss": function(*arrays)},
            "for the mean": {"loss": function(*arrays, *self.options, "mean")},
            "for the sum": {"loss": function(*arrays, *self.options, "sum")},
            "for none": {"loss": function(*arrays, *self.options, "none")},
        }


class Refusals:
    """A call that is right, and then calls that the contract refuses, by the phrase of each."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        function, right = getattr(impl, self.name), inputs["right"]
        seen = {"with arguments that fit": {"loss": function(**right)}}
        refused = {
            where: attempt(function, **{**right, **changed})
            for where, changed in inputs["refused"].items()
        }
        return {**seen, REFUSALS: refused}


def unknown_reductions(right: Inputs) -> Inputs:
    """Arguments that fit, and reductions that there are not."""
    return {
        "right": right,
        "refused": {f"for reduction={word!r}": {"reduction": word} for word in UNKNOWN},
    }


def refuses_unknown(name: str, points: float, inputs: Any) -> Probe:
    """The probe of reductions that are none of the three."""
    return Probe(
        "unknown_reductions",
        "reductions that are none of the three",
        points,
        lambda rng: unknown_reductions(inputs(rng)),
        Refusals(name),
        experiment=f'call {name} with reduction="average": it raises ValueError.',
    )
