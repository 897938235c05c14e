"""Probes of Tape.

A tape is tried on the Tensor of its own notebook. Where that is missing or wrong, it is tried on
one of the judge's: a tape needs no more of a Tensor than the contract says, and any right one
serves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.api import Inputs, Probe, Probes, snapshot
from autograder.hidden.autograd.probes.given import GivenTensor

NAMES = ("a", "b", "c", "h", "k", "loss")
TRACE = "print the .grad of every tensor before and after you ask."
FRESH = "compare each with what loss.backward() writes on tensors that were made anew."
TWICE = "ask twice, once of Tape() and once of Tape(persistent=True)."


def graph(kind: Any, inputs: Inputs) -> dict[str, Any]:
    """Leaves a, b, c, what is made of a and b, and a loss that does not depend on c."""
    a, b, c = (kind(inputs[name]) for name in "abc")
    return {"a": a, "b": b, "c": c}


def computed(t: dict[str, Any]) -> dict[str, Any]:
    """What happens inside the block."""
    h = t["a"] * t["b"]
    k = (h @ t["a"]).tanh()
    return {**t, "h": h, "k": k, "loss": (k * h - 2 * t["b"] + h).sum()}


def made_of(root: Any) -> set[int]:
    """The identities of all nodes that a root was made of."""
    met, waiting = {id(root)}, [root]
    while waiting:
        new = [p for p in waiting.pop().parents if id(p) not in met]
        met.update(map(id, new))
        waiting.extend(new)
    return met


def trusted(impl: Any, inputs: Inputs) -> Any:
    """The notebook's Tensor, if it does on this graph what a right one does."""
    own = getattr(impl, "Tensor", None)
    try:
        ours, theirs = (computed(graph(kind, inputs)) for kind in (own, GivenTensor))
        for t in (ours, theirs):
            t["loss"].backward()
        same = all(
            np.allclose(getattr(ours[name], what), getattr(theirs[name], what), rtol=1e-9)
            for name in NAMES
            if name != "c"
            for what in ("data", "grad")
        )
        whole = all(id(ours[name]) in made_of(ours["loss"]) for name in ("a", "b", "h", "k"))
        return own if same and whole and ours["c"].grad is None else GivenTensor
    except Exception:  # noqa: BLE001 (a Tensor that does not work, for whatever reason)
        return GivenTensor


def inputs(rng: np.random.Generator) -> Inputs:
    return {name: rng.uniform(0.5, 1.5, size=(2, 2)) for name in "ab"} | {
        "c": rng.normal(size=(3, 1)),
    }


def plain(answer: Any) -> Any:
    """A list of gradients as arrays, also where they come as Tensors."""
    if isinstance(answer, list | tuple):
        return [plain(item) for item in answer]
    data = getattr(answer, "data", None)
    return snapshot(data if isinstance(data, np.ndarray) else answer)


def asked(tape: Any, t: dict[str, Any], names: str) -> dict[str, Any]:
    """The gradients of the loss with respect to some of the tensors."""
    answer = plain(tape.gradient(t["loss"], [t[name] for name in names.split()]))
    words = [f"the gradient of {name}" for name in names.split()]
    if not isinstance(answer, list):
        raise TypeError(f"a list should come back, got {type(answer).__name__}")
    if len(answer) != len(words):
        raise TypeError(f"a list of {len(words)} should come back, got one of {len(answer)}")
    return dict(zip(words, answer, strict=True))


def taped(impl: Any, given: Inputs, **options: Any) -> tuple[Any, dict[str, Any]]:
    """A tape after its block, and the tensors of the graph."""
    leaves = graph(trusted(impl, given), given)
    with impl.Tape(**options) as tape:
        t = computed(leaves)
    return tape, t


def held(t: dict[str, Any]) -> dict[str, Any]:
    """What every tensor's `.grad` holds now."""
    return {f"{name}.grad": snapshot(t[name].grad) for name in NAMES}


def leaves(impl: Any, given: Inputs) -> Any:
    seen = {}
    for names in ("a b", "b a", "b"):
        tape, t = taped(impl, given)
        seen[f"for [{names.replace(' ', ', ')}]"] = asked(tape, t, names)
    return seen


def between(impl: Any, given: Inputs) -> Any:
    tape, t = taped(impl, given)
    return {"for [h, a, k]": asked(tape, t, "h a k")}


def unconnected(impl: Any, given: Inputs) -> Any:
    tape, t = taped(impl, given)
    return {"for [c, a, c]": asked(tape, t, "c a c")}


def no_trace(impl: Any, given: Inputs) -> Any:
    """`.grad` of every tensor after the question, without and with an earlier backward."""
    tape, t = taped(impl, given)
    answer = asked(tape, t, "a h c")
    seen = {"on fresh tensors": {**answer, **held(t)}}
    leaves = graph(trusted(impl, given), given)
    (leaves["a"] * leaves["c"].sum()).sum().backward()
    with impl.Tape() as tape:
        t = computed(leaves)
    t["loss"].backward()
    before = held(t)
    answer = asked(tape, t, "a h b")
    after = held(t)
    changes = {f"the change of {name}": _change(before[name], after[name]) for name in before}
    return {**seen, "after earlier backwards": {**answer, **changes}}


def _change(before: Any, after: Any) -> Any:
    return after if before is None or after is None else np.subtract(after, before)


def persistent(impl: Any, given: Inputs) -> Any:
    tape, t = taped(impl, given, persistent=True)
    seen = {}
    for turn, names in (("first", "a b"), ("second", "a b"), ("third", "h c")):
        seen[f"at the {turn} question"] = asked(tape, t, names)
    return seen


def second_question(tape: Any, t: dict[str, Any], names: str) -> str:
    try:
        asked(tape, t, names)
    except NotImplementedError:
        raise
    except RuntimeError:
        return "RuntimeError"
    except Exception as error:  # noqa: BLE001 (whatever is raised is the answer)
        return type(error).__name__
    return "no error"


def once(impl: Any, given: Inputs) -> Any:
    """A tape that is not persistent answers once; each tape counts for itself."""
    first, t = taped(impl, given)
    second, u = taped(impl, given, persistent=False)
    seen = {
        "of the first tape": asked(first, t, "a"),
        "of the second tape": asked(second, u, "b"),
    }
    for which, tape, tensors in (("first", first, t), ("second", second, u)):
        said = second_question(tape, tensors, "a")
        seen[f"at a second question to the {which} tape"] = {"what is raised": said}
    return seen


def two_tapes(impl: Any, given: Inputs) -> Any:
    """Two blocks before the first question, and a loss of each."""
    kind = trusted(impl, given)
    leaves = graph(kind, given)
    with impl.Tape() as first:
        t = computed(leaves)
    with impl.Tape() as second:
        u = {**leaves, "loss": (leaves["c"] * leaves["c"]).sum() + leaves["b"].sum()}
    return {
        "of the second tape": asked(second, u, "b c a"),
        "of the first tape": asked(first, t, "b c a"),
    }


def declare(probes: Probes) -> None:
    made: tuple[tuple[str, str, float, Callable[..., Any], str], ...] = (
        ("leaves", "gradients of leaves, in the order of the sources", 1.0, leaves, FRESH),
        ("between", "sources that are no leaves", 0.5, between, FRESH),
        ("unconnected", "a source that the loss does not depend on", 0.5, unconnected, FRESH),
        ("once", "a second question to a tape that is not persistent", 0.5, once, TWICE),
        ("persistent", "several questions to a persistent tape", 0.5, persistent, TWICE),
        ("no_trace", "what .grad holds afterwards", 0.75, no_trace, TRACE),
        ("two_tapes", "two tapes at once", 0.25, two_tapes, TRACE),
    )
    for name, topic, points, run, experiment in made:
        probe = Probe(name, topic, points, inputs, run, experiment=experiment, uses=("Tensor",))
        probes.add("Tape", probe)
