"""Probes of Tape.

A tape is tried on the Tensor of its own notebook. Where that is missing or wrong, it is tried on
one of the judge's: a tape needs no more of a Tensor than the contract says, and any right one
serves.
"""

from typing import Any

import numpy as np

from autograder.api import FORMULA, Inputs, Probes, label, outcome, snapshot
from autograder.hidden.autograd.probes.given import GivenTensor

probes = Probes()
tape = probes.exercise("Tape", tolerance=FORMULA)

NAMES = ("a", "b", "c", "row", "column", "h", "k", "loss")


def arrays(rng: np.random.Generator) -> Inputs:
    """Leaves; c is equal to a, and no loss depends on it or on the table."""
    shapes = {"a": (3, 3), "b": (3, 3), "row": (3,), "column": (3, 1)}
    drawn = {name: rng.uniform(0.5, 1.5, size=shape) for name, shape in shapes.items()}
    return {**drawn, "c": drawn["a"].copy(), "table": rng.normal(size=(3, 2))}


def made(kind: Any, given: Inputs) -> Inputs:
    return {name: kind(value) for name, value in given.items()}


def computed(t: Inputs) -> Inputs:
    """What happens inside the block."""
    h = t["a"] * t["b"] + t["row"]
    k = (h @ t["a"]).tanh()
    return {**t, "h": h, "k": k, "loss": (k * h - 2 * t["b"] + h * t["column"]).sum()}


def trusted(impl: Any, given: Inputs) -> Any:
    """The notebook's Tensor, if it does on this graph what a right one does."""
    own: Any = getattr(impl, "Tensor", None)
    used = [name for name in NAMES if name != "c"]
    try:
        ours, theirs = (computed(made(kind, given)) for kind in (own, GivenTensor))
        for t in (ours, theirs):
            t["loss"].backward()
        same = all(
            np.allclose(getattr(ours[name], what), getattr(theirs[name], what), rtol=1e-9)
            for name in used
            for what in ("data", "grad")
        )
        met = [ours["loss"]]
        for node in met:  # grows while it is walked
            met += [p for p in node.parents if all(p is not other for other in met)]
        whole = all(any(ours[name] is node for node in met) for name in used)
        return own if same and whole and ours["c"].grad is None else GivenTensor
    except Exception:  # noqa: BLE001 (a Tensor that does not work, for whatever reason)
        return GivenTensor


def plain(answer: Any) -> Any:
    """A list of gradients as arrays, also where they come as Inputs."""
    if isinstance(answer, list | tuple):
        return [plain(item) for item in answer]
    data = getattr(answer, "data", None)
    return snapshot(data if isinstance(data, np.ndarray) else answer)


def asked(tape: Any, t: Inputs, names: str) -> Inputs:
    """The gradients of the loss with respect to some of the tensors, two at least."""
    several = names.split()
    answer = plain(tape.gradient(t["loss"], [t[name] for name in several]))
    return label(answer, tuple(f"the gradient of {name}" for name in several))


def leaves(impl: Any, given: Inputs) -> Inputs:
    """Fresh leaves, after a tape of other tensors was asked: each tape counts for itself."""
    kind = trusted(impl, given)
    with impl.Tape() as other:
        t = computed(made(kind, given))
    outcome(asked, other, t, "a b")
    return made(kind, given)


def taped(impl: Any, given: Inputs, used: bool = False, **options: Any) -> tuple[Any, Inputs]:
    """A tape after its block, and the tensors; if they were `used`, two walks back have left
    gradients on them."""
    t = leaves(impl, given)
    if used:
        (t["a"] * t["c"].sum()).sum().backward()
    with impl.Tape(**options) as tape:
        t = computed(t)
    if used:
        t["loss"].backward()
    return tape, t


def held(t: Inputs) -> Inputs:
    return {f"{name}.grad": snapshot(t[name].grad) for name in NAMES}


def questions(*several: str, used: bool = False) -> Any:
    """A run that asks a new tape each of these questions."""

    def run(impl: Any, given: Inputs) -> Any:
        return {
            f"for [{names.replace(' ', ', ')}]": asked(*taped(impl, given, used), names)
            for names in several
        }

    return run


def no_trace(impl: Any, given: Inputs) -> Any:
    tape, t = taped(impl, given)
    asked(tape, t, "a h c")
    tape, u = taped(impl, given, used=True)
    before = held(u)
    asked(tape, u, "a h b")
    changes = {f"the change of {name}": change(before[name], now) for name, now in held(u).items()}
    return {"on fresh tensors": held(t), "after earlier walks back": changes}


def change(before: Any, after: Any) -> Any:
    return after if before is None or after is None else np.subtract(after, before)


def persistent(impl: Any, given: Inputs) -> Any:
    tape, t = taped(impl, given, persistent=True)
    turns = {"first": "a b", "second": "a b", "third": "h c"}
    return {f"at the {turn} question": outcome(asked, tape, t, of) for turn, of in turns.items()}


def once(impl: Any, given: Inputs) -> Any:
    tapes = {"first": taped(impl, given), "second": taped(impl, given, persistent=False)}
    return {
        f"at question {turn} to the {which} tape": {"the result": outcome(asked, *both, "a b")}
        for turn in (1, 2)
        for which, both in tapes.items()
    }


def two_tapes(impl: Any, given: Inputs) -> Any:
    t = leaves(impl, given)
    with impl.Tape() as first:
        u = computed(t)
    with impl.Tape() as second:
        v = {**t, "loss": (t["c"] * t["c"]).sum() + t["b"].sum()}
    return {
        "of the second tape": asked(second, v, "b c a"),
        "of the first tape": asked(first, u, "b c a"),
    }


def block(impl: Any, given: Inputs) -> Any:
    def stumble() -> None:
        with impl.Tape():
            raise KeyError("inside the block")

    return {"for an error in the block": {"the result": outcome(stumble)}}


TRACE = "print the .grad of every tensor before and after you ask."
FRESH = "compare each with what loss.backward() writes on tensors that were made anew."
TWICE = "ask twice, once of Tape() and once of Tape(persistent=True)."
IN_ORDER = questions("a b", "b a", "row column b")
for name, topic, points, run, experiment in (
    ("leaves", "gradients of leaves, in the order of the sources", 0.75, IN_ORDER, FRESH),
    ("between", "sources that are no leaves", 0.5, questions("h a k"), FRESH),
    ("unconnected", "sources without influence", 0.5, questions("c a table c"), FRESH),
    ("once", "a second question to a tape that is not persistent", 0.4, once, TWICE),
    ("persistent", "several questions to a persistent tape", 0.5, persistent, TWICE),
    ("after_backward", "answers after other walks", 0.35, questions("a h b c", used=True), TRACE),
    ("no_trace", "what .grad holds afterwards", 0.5, no_trace, TRACE),
    ("two_tapes", "two tapes at once", 0.25, two_tapes, TRACE),
    ("block", "an error inside the block", 0.25, block, "raise an error inside the block."),
):
    tape.probe(
        topic,
        points=points,
        inputs=arrays,
        name=name,
        kind="side" if run in (once, no_trace, block) else "values",
        experiment=experiment,
        uses=("Tensor",),
    )(run)
