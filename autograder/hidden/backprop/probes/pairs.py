"""Ways to run a pair of a forward and a backward. None of them looks into a cache."""

from __future__ import annotations

from typing import Any

from autograder.api import AFTERWARDS, OVERWRITTEN, Inputs, label, overwrite, snapshot


class Layer:
    """A pair by the name of its layer. Gradients come back under their names."""

    def __init__(self, layer: str, *grads: str) -> None:
        self.layer, self.grads = layer, grads

    @property
    def key(self) -> str:
        return f"{self.layer}_forward__{self.layer}_backward"

    def forward(self, impl: Any, given: Inputs) -> Any:
        """`(out, cache)` for the arrays of `given`, without its dout."""
        arrays = {name: array for name, array in given.items() if name in ("x", "W", "b")}
        out, cache = getattr(impl, f"{self.layer}_forward")(**arrays)
        return out, cache

    def backward(self, impl: Any, dout: Any, cache: Any) -> dict[str, Any]:
        """The gradients by name."""
        return label(getattr(impl, f"{self.layer}_backward")(dout, cache), self.grads)


class Forward:
    """The values on the way forward, for each batch of the inputs."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        return {where: {"out": self.layer.forward(impl, one)[0]} for where, one in inputs.items()}


class Backward:
    """The gradients, for each batch of the inputs."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        seen = {}
        for where, one in inputs.items():
            _, cache = self.layer.forward(impl, one)
            seen[where] = self.layer.backward(impl, one["dout"], cache)
        return seen


class Outstanding:
    """Two forwards, then the first one's backward, the second one's, and the first one's again."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        one, two = inputs.values()
        (_, first), (_, second) = self.layer.forward(impl, one), self.layer.forward(impl, two)
        return {
            where: snapshot(self.layer.backward(impl, dout, cache))
            for where, dout, cache in (
                ("in the earlier of two backward passes", one["dout"].copy(), first),
                ("in the later of two backward passes", two["dout"].copy(), second),
                ("when the earlier cache is used again", one["dout"][::-1].copy(), first),
            )
        }


class PurePair:
    """Values; then inputs, dout and out afterwards; then results once those were overwritten."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        seen = {}
        for where, one in inputs.items():
            out, cache = self.layer.forward(impl, one)
            ahead = {"out": snapshot(out)}
            results = self.layer.backward(impl, one["dout"], cache)
            seen[where] = {
                **ahead,
                **snapshot(results),
                AFTERWARDS: snapshot(one),
                "after the backward": {"out": snapshot(out)},
            }
            overwrite(one)
            seen[where][OVERWRITTEN] = snapshot({"out": out, **results})
        return seen


class ForwardAndBackward:
    """Both ways, for each batch of the inputs."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        ahead, back = Forward(self.layer)(impl, inputs), Backward(self.layer)(impl, inputs)
        return {where: {**ahead[where], **back[where]} for where in inputs}
