"""How a loss reduces, and the reductions that there are not."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.api import Inputs, snapshot

UNKNOWN = ("average", "MEAN", "", "batchmean", None)
REFUSED = "reductions that are none of the three"


class Reductions:
    """A loss by default, then with each reduction in its place, behind the options."""

    def __init__(self, name: str, *options: float) -> None:
        self.name, self.options = name, options

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        function, arrays = getattr(impl, self.name), inputs.values()
        seen = {"by default": {"loss": function(*snapshot(list(arrays)))}}
        for word in ("mean", "sum", "none"):
            loss = function(*snapshot(list(arrays)), *self.options, word)
            seen[f"for reduction={word!r}"] = {"loss": loss}
        return seen


def unknown(right: Callable[[np.random.Generator], Inputs]) -> Callable[..., Inputs]:
    """Inputs of `Refusals`: arguments that fit, and with them each unknown reduction."""
    refused = {f"for reduction={word!r}": {"reduction": word} for word in UNKNOWN}
    return lambda rng: {"right": right(rng), "refused": refused}


def try_average(name: str) -> str:
    """What to try where an unknown reduction is not refused."""
    return f'call {name} with reduction="average": it raises ValueError.'


def apart(right: Callable[[np.random.Generator], Inputs]) -> Callable[..., Inputs]:
    """The same arguments with the losses kept apart: one array for each."""
    return lambda rng: {**right(rng), "reduction": "none"}
