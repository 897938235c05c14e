"""Patterns: what the `run` of a probe is made of, where several lessons ask the same.

A pattern is an object that is called as `run(impl, inputs)`, and its inputs have the form that its
docstring shows. Sent into kernels by value, together with `looking`.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from autograder.harness.looking import (
    AFTERWARDS,
    AGAIN,
    OVERWRITTEN,
    by_place,
    label,
    outcome,
    overwrite,
    results,
    scramble,
    snapshot,
)


class Calls:
    """Results by phrase and name: `{"for a row": {"x": row, "lr": 1}}` calls `name(x=row, lr=1)`.

    A tuple of arguments is given by place. `Calls("mse", "loss")` shows
    `{"for a row": {"loss": ...}}`; with several labels the function returns a tuple. With an
    `order`, "pred, target, reduction" as in the contract, every second call is by place.
    """

    def __init__(self, name: str, *labels: str, order: str = "") -> None:
        self.name, self.labels, self.order = name, labels or ("result",), order

    def __call__(self, impl: Any, inputs: dict[str, Any]) -> dict[str, Any]:
        called = results(getattr(impl, self.name), inputs, self.order)
        return {where: snapshot(label(result, self.labels)) for where, result in called}


class Purity:
    """Runs `name(**inputs)` and shows the results by name, the inputs afterwards, the results of a
    second call with the same objects, and the first results again once the inputs have been
    overwritten: a pure function remembers nothing, and its results do not notice."""

    def __init__(self, name: str, *labels: str) -> None:
        self.name, self.labels = name, labels or ("result",)

    def __call__(self, impl: Any, inputs: dict[str, Any]) -> dict[str, Any]:
        function = getattr(impl, self.name)
        named = label(function(**inputs), self.labels)
        seen = {**snapshot(named), AFTERWARDS: snapshot(inputs)}
        seen[AGAIN] = snapshot(label(function(**inputs), self.labels))
        overwrite(inputs)
        seen[OVERWRITTEN] = snapshot(named)
        return seen


class Refusals:
    """A call that is right, and calls that the contract refuses, each by its phrase.

    Inputs: `{"right": {"t": 3, ...}, "refused": {"for t = 0": {"t": 0}}}`; what is refused is the
    right call with some arguments changed. An exception is observed by its class.
    """

    def __init__(self, name: str, *labels: str) -> None:
        self.name, self.labels = name, labels or ("result",)

    def __call__(self, impl: Any, inputs: dict[str, Any]) -> dict[str, Any]:
        function, right = getattr(impl, self.name), inputs["right"]
        seen = {"with arguments that fit": label(function(**snapshot(right)), self.labels)}
        for where, changed in inputs["refused"].items():
            came = outcome(function, **snapshot({**right, **changed}))
            seen[where] = {"the result": came}
        return seen


class Pair:
    """A forward and its backward. None of these ways to run them looks into a cache.

    Args:
        forward, backward: `forward(**arrays) -> (*outputs)`, `backward(dout, cache) -> grads`.
        outputs: names of what the forward returns, "cache" among them.
        grads: names of what the backward returns.
        order: the parameters of the forward, "x, W, b": every second call of it is by place.

    Inputs: `{"for one row": {"x": ..., "dout": ...}}`; all but `dout` goes forward. Each method is
    a `run`: `Pair("relu_forward", "relu_backward", ("out", "cache"), ("dx",)).back`.
    """

    def __init__(
        self,
        forward: str,
        backward: str,
        outputs: tuple[str, ...],
        grads: tuple[str, ...],
        order: str = "",
    ) -> None:
        self.forward, self.backward = forward, backward
        self.outputs, self.grads, self.order = outputs, grads, order
        self.shown = outputs

    def showing(self, *outputs: str) -> Pair:
        """The same pair, of whose outputs some are looked at."""
        pair = Pair(self.forward, self.backward, self.outputs, self.grads, self.order)
        pair.shown = outputs
        return pair

    def go(
        self, impl: Any, one: dict[str, Any], placed: bool = False
    ) -> tuple[dict[str, Any], Any]:
        """What is looked at of what the forward returns, by name, and the cache apart."""
        arguments = {name: value for name, value in one.items() if name != "dout"}
        first, rest = by_place(arguments, self.order) if placed else ([], arguments)
        named = label(getattr(impl, self.forward)(*first, **rest), self.outputs)
        cache = named.pop("cache")
        return {name: value for name, value in named.items() if name in self.shown}, cache

    def come(self, impl: Any, dout: Any, cache: Any) -> dict[str, Any]:
        """The gradients by name."""
        return label(getattr(impl, self.backward)(dout, cache), self.grads)

    def ahead(self, impl: Any, inputs: dict[str, Any]) -> Any:
        """The outputs."""
        return {
            where: snapshot(self.go(impl, one, bool(number % 2))[0])
            for number, (where, one) in enumerate(inputs.items())
        }

    def back(self, impl: Any, inputs: dict[str, Any]) -> Any:
        """The gradients."""
        seen = {}
        for number, (where, one) in enumerate(inputs.items()):
            _, cache = self.go(impl, one, bool(number % 2))
            seen[where] = snapshot(self.come(impl, one["dout"], cache))
        return seen

    def both(self, impl: Any, inputs: dict[str, Any]) -> Any:
        """The outputs and the gradients."""
        seen = {}
        for number, (where, one) in enumerate(inputs.items()):
            named, cache = self.go(impl, one, bool(number % 2))
            seen[where] = {**snapshot(named), **self.come(impl, one["dout"], cache)}
        return seen

    def outstanding(self, impl: Any, inputs: dict[str, Any]) -> Any:
        """Two forwards, then the backward of the first, of the second, and of the first again."""
        one, two = inputs.values()
        (_, first), (_, second) = self.go(impl, one), self.go(impl, two)
        return {
            where: snapshot(self.come(impl, dout, cache))
            for where, dout, cache in (
                ("in the earlier of two backward passes", one["dout"].copy(), first),
                ("in the later of two backward passes", two["dout"].copy(), second),
                ("when the earlier cache is used again", one["dout"][::-1].copy(), first),
            )
        }

    def pure(self, impl: Any, inputs: dict[str, Any]) -> Any:
        """Values; then inputs, dout and outputs afterwards; then the same again; then results once
        the inputs were overwritten."""
        seen = {}
        for where, one in inputs.items():
            named, cache = self.go(impl, one)
            ahead = snapshot(named)
            results = self.come(impl, one["dout"], cache)
            seen[where] = {
                **ahead,
                **snapshot(results),
                AFTERWARDS: snapshot(one),
                "after the backward": snapshot(named),
            }
            named_again, cache_again = self.go(impl, one)
            again = {**named_again, **self.come(impl, one["dout"], cache_again)}
            seen[where][AGAIN] = snapshot(again)
            overwrite(one)
            seen[where][OVERWRITTEN] = snapshot({**named, **results})
        return seen


class Draws:
    """Two calls with one generator, one with another of the same seed, one with another seed; and
    the global random state of NumPy and Python around the first two.

    Args:
        call: `(impl, inputs, rng) -> result`.

    Inputs: those of `call`, and `"seeds"`: four different integers. No particular draw is right, so
    an observer in the bank makes of these what all right answers share.
    """

    def __init__(self, call: Any) -> None:
        self.call = call

    def __call__(self, impl: Any, inputs: dict[str, Any]) -> Any:
        one, other, here, there = inputs["seeds"]
        seed_global_state(here)
        before = global_state()
        rng = np.random.default_rng(one)
        first = snapshot(self.call(impl, inputs, rng))
        second = snapshot(self.call(impl, inputs, rng))
        after = global_state()
        seed_global_state(there)
        return {
            "first": first,
            "second": second,
            "again": snapshot(self.call(impl, inputs, np.random.default_rng(one))),
            "other": snapshot(self.call(impl, inputs, np.random.default_rng(other))),
            "global state": [before, after],
        }


def seed_global_state(seed: int) -> None:
    """Seed the global generators of Python and of NumPy; the runner restores them after a probe."""
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 (what learners may use by mistake)


def global_state() -> list[Any]:
    """The state of NumPy's and of Python's global generator, as arrays."""
    _, words, position, *_ = np.random.get_state()  # noqa: NPY002
    return [words, int(position), np.array(random.getstate()[1], dtype=np.uint64)]


class Counted:
    """A function that remembers how often it was called, and with what."""

    def __init__(self, function: Any) -> None:
        self.function = function
        self.calls: list[Any] = []

    def __call__(self, *args: Any) -> Any:
        self.calls.append(snapshot(args[0] if len(args) == 1 else args))
        return self.function(*args)

    @property
    def count(self) -> int:
        """How often it was called."""
        return len(self.calls)


class Resumed:
    """A run that was saved, loaded and continued, beside the run that was not interrupted.

    Args:
        start: `(impl, inputs) -> run`, an object or a list of them, made anew.
        advance: `(run, inputs, steps) -> seen` takes `steps[0]` to `steps[1]` of a run.
        save, load: `save(run) -> state` and `load(run, state)`.

    Inputs: those of the functions, and `"saved_after"` and `"steps"`: two numbers of steps. A state
    is scrambled once it was loaded: it may not share memory with a run.
    """

    def __init__(self, start: Any, advance: Any, save: Any, load: Any) -> None:
        self.start, self.advance, self.save, self.load = start, advance, save, load

    def __call__(self, impl: Any, inputs: dict[str, Any]) -> Any:
        middle, end = inputs["saved_after"], inputs["steps"]
        run = self.start(impl, inputs)
        self.advance(run, inputs, (0, middle))
        state = self.save(run)
        kept = snapshot(state)
        whole = snapshot(self.advance(run, inputs, (middle, end)))
        seen = {"state": kept, "uninterrupted": whole}
        for how, loaded in (("resumed", state), ("loaded a second time", snapshot(kept))):
            fresh = self.start(impl, inputs)
            self.load(fresh, loaded)
            scramble(loaded)
            seen[how] = snapshot(self.advance(fresh, inputs, (middle, end)))
        return seen


class Letter:
    """Reads a prediction, forgiving case, blanks, a closing bracket or a full stop."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, impl: Any, inputs: dict[str, Any]) -> Any:
        letter = getattr(impl, self.name)
        if letter is None:
            raise NotImplementedError(f"{self.name} is not written yet")
        return letter.strip(" ().").lower() if isinstance(letter, str) else letter
