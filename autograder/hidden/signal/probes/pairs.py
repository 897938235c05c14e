"""Ways to run a normalisation, forward and back. None of them looks into a cache."""

from __future__ import annotations

from typing import Any

from autograder.api import AFTERWARDS, OVERWRITTEN, Inputs, label, overwrite, snapshot

OUTPUTS = {
    "batchnorm": ("out", "cache", "running_mean", "running_var"),
    "layernorm": ("out", "cache"),
}
GRADS = ("dx", "dgamma", "dbeta")


class Norm:
    """A normalisation by its name; results come back under their names."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def key(self) -> str:
        return f"{self.name}_forward__{self.name}_backward"

    def forward(self, impl: Any, given: Inputs) -> tuple[dict[str, Any], Any]:
        """What the forward of all but dout returns, by name, and the cache apart."""
        arguments = {name: value for name, value in given.items() if name != "dout"}
        named = label(getattr(impl, f"{self.name}_forward")(**arguments), OUTPUTS[self.name])
        cache = named.pop("cache")
        return named, cache

    def backward(self, impl: Any, dout: Any, cache: Any) -> dict[str, Any]:
        """The gradients by name."""
        return label(getattr(impl, f"{self.name}_backward")(dout, cache), GRADS)


class Ahead:
    """Some of the results of the forward, for each batch of the inputs."""

    def __init__(self, norm: Norm, *names: str) -> None:
        self.norm, self.names = norm, names

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        seen = {}
        for where, one in inputs.items():
            named, _ = self.norm.forward(impl, one)
            seen[where] = {name: named[name] for name in self.names}
        return seen


class Back:
    """The gradients, for each batch of the inputs."""

    def __init__(self, norm: Norm) -> None:
        self.norm = norm

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        seen = {}
        for where, one in inputs.items():
            _, cache = self.norm.forward(impl, one)
            seen[where] = self.norm.backward(impl, one["dout"], cache)
        return seen


class BothWays:
    """The output and the gradients, for each batch of the inputs."""

    def __init__(self, norm: Norm) -> None:
        self.norm = norm

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        seen = {}
        for where, one in inputs.items():
            named, cache = self.norm.forward(impl, one)
            seen[where] = {"out": snapshot(named["out"])}
            seen[where].update(self.norm.backward(impl, one["dout"], cache))
        return seen


class Outstanding:
    """Two forwards, then the first one's backward, the second one's, and the first one's again."""

    def __init__(self, norm: Norm) -> None:
        self.norm = norm

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        one, two = inputs.values()
        (_, first), (_, second) = self.norm.forward(impl, one), self.norm.forward(impl, two)
        return {
            where: snapshot(self.norm.backward(impl, dout, cache))
            for where, dout, cache in (
                ("in the earlier of two backward passes", one["dout"].copy(), first),
                ("in the later of two backward passes", two["dout"].copy(), second),
                ("when the earlier cache is used again", one["dout"][::-1].copy(), first),
            )
        }


class Pure:
    """Values; then inputs, dout and out afterwards; then results once those were overwritten."""

    def __init__(self, norm: Norm) -> None:
        self.norm = norm

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        seen = {}
        for where, one in inputs.items():
            named, cache = self.norm.forward(impl, one)
            ahead = snapshot(named)
            results = self.norm.backward(impl, one["dout"], cache)
            seen[where] = {
                **ahead,
                **snapshot(results),
                AFTERWARDS: snapshot(one),
                "after the backward": snapshot(named),
            }
            overwrite(one)
            seen[where][OVERWRITTEN] = snapshot({**named, **results})
        return seen
