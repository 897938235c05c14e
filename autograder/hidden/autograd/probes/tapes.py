"""Probes of Tape.

A tape is tried on the Tensor of its own notebook. Where that is missing or wrong, it is tried on
one of the judge's: a tape needs no more of a Tensor than the contract says, and any right one
serves.
"""

from functools import partial
from typing import Any

import numpy as np

from autograder.api import FORMULA, Inputs, Probes, outcome, snapshot
from autograder.hidden.autograd.probes.given import GivenTensor

probes = Probes()
Tensors = dict[str, Any]
NAMES = ("a", "b", "c", "row", "column", "h", "k", "loss")
TRACE = "print the .grad of every tensor before and after you ask."
FRESH = "compare each with what loss.backward() writes on tensors that were made anew."
TWICE = "ask twice, once of Tape() and once of Tape(persistent=True)."


def inputs(rng: np.random.Generator) -> Inputs:
    """Leaves; c is equal to a, and no loss depends on it."""
    shapes = {"a": (3, 3), "b": (3, 3), "row": (3,), "column": (3, 1)}
    made = {name: rng.uniform(0.5, 1.5, size=shape) for name, shape in shapes.items()}
    return {**made, "c": made["a"].copy(), "table": rng.normal(size=(3, 2))}


def graph(kind: Any, given: Inputs) -> Tensors:
    return {name: kind(value) for name, value in given.items()}


def computed(t: Tensors) -> Tensors:
    """What happens inside the block: c and the table stay out of it."""
    h = t["a"] * t["b"] + t["row"]
    k = (h @ t["a"]).tanh()
    return {**t, "h": h, "k": k, "loss": (k * h - 2 * t["b"] + h * t["column"]).sum()}


def made_of(root: Any) -> set[int]:
    """The identities of all nodes that a root was made of."""
    met, waiting = {id(root)}, [root]
    while waiting:
        new = [p for p in waiting.pop().parents if id(p) not in met]
        met.update(map(id, new))
        waiting.extend(new)
    return met


def trusted(impl: Any, given: Inputs) -> Any:
    """The notebook's Tensor, if it does on this graph what a right one does."""
    own = getattr(impl, "Tensor", None)
    used = [name for name in NAMES if name != "c"]
    try:
        ours, theirs = (computed(graph(kind, given)) for kind in (own, GivenTensor))
        for t in (ours, theirs):
            t["loss"].backward()
        same = all(
            np.allclose(getattr(ours[name], what), getattr(theirs[name], what), rtol=1e-9)
            for name in used
            for what in ("data", "grad")
        )
        whole = {id(ours[name]) for name in used} <= made_of(ours["loss"])
        return own if same and whole and ours["c"].grad is None else GivenTensor
    except Exception:  # noqa: BLE001 (a Tensor that does not work, for whatever reason)
        return GivenTensor


def plain(answer: Any) -> Any:
    """A list of gradients as arrays, also where they come as Tensors."""
    if isinstance(answer, list | tuple):
        return [plain(item) for item in answer]
    data = getattr(answer, "data", None)
    return snapshot(data if isinstance(data, np.ndarray) else answer)


def asked(tape: Any, t: Tensors, names: str) -> Tensors:
    """The gradients of the loss with respect to some of the tensors."""
    answer = plain(tape.gradient(t["loss"], [t[name] for name in names.split()]))
    words = [f"the gradient of {name}" for name in names.split()]
    if not isinstance(answer, list):
        raise TypeError(f"a list should come back, got {type(answer).__name__}")
    if len(answer) != len(words):
        raise TypeError(f"a list of {len(words)} should come back, got one of {len(answer)}")
    return dict(zip(words, answer, strict=True))


def taped(impl: Any, given: Inputs, **options: Any) -> tuple[Any, Tensors]:
    """A tape after its block, and the tensors of the graph."""
    leaves = graph(trusted(impl, given), given)
    with impl.Tape(**options) as tape:
        t = computed(leaves)
    return tape, t


def used_before(impl: Any, given: Inputs) -> tuple[Any, Tensors]:
    """A tape whose tensors hold gradients of two earlier walks back."""
    leaves = graph(trusted(impl, given), given)
    (leaves["a"] * leaves["c"].sum()).sum().backward()
    with impl.Tape() as tape:
        t = computed(leaves)
    t["loss"].backward()
    return tape, t


def held(t: Tensors) -> Tensors:
    """What every tensor's `.grad` holds now."""
    return {f"{name}.grad": snapshot(t[name].grad) for name in NAMES}


def leaves(impl: Any, given: Inputs) -> Any:
    seen = {}
    for names in ("a b", "b a", "row column b", "a a"):
        tape, t = taped(impl, given)
        seen[f"for [{names.replace(' ', ', ')}]"] = asked(tape, t, names)
    return seen


def question(names: str, impl: Any, given: Inputs) -> Any:
    """One question to a new tape."""
    return {f"for [{names.replace(' ', ', ')}]": asked(*taped(impl, given), names)}


def after_backward(impl: Any, given: Inputs) -> Any:
    return {"after earlier backwards": asked(*used_before(impl, given), "a h b c")}


def no_trace(impl: Any, given: Inputs) -> Any:
    """`.grad` of every tensor after the question, without and with an earlier backward."""
    tape, t = taped(impl, given)
    asked(tape, t, "a h c")
    tape, u = used_before(impl, given)
    before = held(u)
    asked(tape, u, "a h b")
    changes = {f"the change of {name}": _change(before[name], now) for name, now in held(u).items()}
    return {"on fresh tensors": held(t), "after earlier backwards": changes}


def _change(before: Any, after: Any) -> Any:
    return after if before is None or after is None else np.subtract(after, before)


def persistent(impl: Any, given: Inputs) -> Any:
    tape, t = taped(impl, given, persistent=True)
    turns = {"first": "a b", "second": "a b", "third": "h c"}
    return {f"at the {turn} question": asked(tape, t, names) for turn, names in turns.items()}


def once(impl: Any, given: Inputs) -> Any:
    """A tape that is not persistent answers once; each tape counts for itself."""
    first, t = taped(impl, given)
    second, u = taped(impl, given, persistent=False)
    seen: Tensors = {
        "of the first tape": asked(first, t, "a"),
        "of the second tape": asked(second, u, "b"),
    }
    for which, tape, tensors in (("first", first, t), ("second", second, u)):
        said = outcome(asked, tape, tensors, "a")
        seen[f"at a second question to the {which} tape"] = {"the result": said}
    return seen


def two_tapes(impl: Any, given: Inputs) -> Any:
    """Two blocks before the first question, and a loss of each."""
    leaves = graph(trusted(impl, given), given)
    with impl.Tape() as first:
        t = computed(leaves)
    with impl.Tape() as second:
        u = {**leaves, "loss": (leaves["c"] * leaves["c"]).sum() + leaves["b"].sum()}
    return {
        "of the second tape": asked(second, u, "b c a"),
        "of the first tape": asked(first, t, "b c a"),
    }


def block(impl: Any, given: Inputs) -> Any:
    """An error inside the block, which travels on."""

    def stumble() -> None:
        with impl.Tape():
            raise KeyError("inside the block")

    return {"for an error in the block": {"the result": outcome(stumble)}}


tape = probes.exercise("Tape")
for name, topic, points, run, experiment in (
    ("leaves", "gradients of leaves, in the order of the sources", 0.75, leaves, FRESH),
    ("between", "sources that are no leaves", 0.5, partial(question, "h a k"), FRESH),
    (
        *("unconnected", "sources that the loss does not depend on", 0.5),
        *(partial(question, "c a table c"), FRESH),
    ),
    ("once", "a second question to a tape that is not persistent", 0.4, once, TWICE),
    ("persistent", "several questions to a persistent tape", 0.5, persistent, TWICE),
    ("after_backward", "an answer after other walks back", 0.35, after_backward, TRACE),
    ("no_trace", "what .grad holds afterwards", 0.5, no_trace, TRACE),
    ("two_tapes", "two tapes at once", 0.25, two_tapes, TRACE),
    ("block", "an error inside the block", 0.25, block, "raise an error inside the block."),
):
    tape.probe(
        topic,
        points=points,
        inputs=inputs,
        name=name,
        kind="side" if run in (once, no_trace, block) else "values",
        tolerance=FORMULA,
        experiment=experiment,
        uses=("Tensor",),
    )(run)
