"""Probes of Tape: what is recorded, what may be asked again, and what is left behind."""

from typing import Any

import numpy as np

from autograder.api import FORMULA, Inputs, Probes, label, outcome, snapshot
from autograder.hidden.autograd.probes.tapes import (
    NAMES,
    OnATensor,
    arrays,
    asked,
    computed,
    hidden,
    lost,
    made,
    plain,
    questions,
    taped,
)

probes = Probes()
tape = probes.exercise("Tape", tolerance=FORMULA)


def held(t: Inputs) -> Inputs:
    return {f"{name}.grad": snapshot(t[name].grad) for name in NAMES}


def change(before: Any, after: Any) -> Any:
    return after if before is None or after is None else np.subtract(after, before)


def outside(Tape: Any, kind: Any, given: Inputs) -> Any:
    """Before, inside and behind the block: only what was made inside counts."""
    t = hidden(made(kind, given))
    early = lost(t)
    tape = Tape()  # it records from the block on, not from here
    halfway = hidden(made(kind, given))
    with tape as named:
        halfway = lost(halfway)
    late = lost(t)
    seen: Inputs = {
        "of a loss made of an h from before the block": asked(named, halfway, "h a b column")
    }
    for where, other in (("before", early), ("behind", late)):
        with Tape() as of_another:
            computed(made(kind, given))
        seen[f"of a loss made {where} the block"] = asked(of_another, other, "a h s b")
    with Tape() as named:
        pass
    return seen | {"of a loss made behind an empty block": asked(named, lost(t), "h b")}


def itself(Tape: Any, kind: Any, given: Inputs) -> Any:
    """The loss among the sources, and results that are no part of it."""
    t = made(kind, given)
    with Tape() as tape:
        t = computed(t)
        unused = (t["a"] * t["loss"]).sum() + t["b"].sum()
    t |= {"what the loss went into": unused}
    names = ("loss", "a", "what the loss went into", "b")
    answer = plain(tape.gradient(t["loss"], [t[name] for name in names]))
    return label(answer, tuple(f"the gradient of {name}" for name in names))


def no_trace(Tape: Any, kind: Any, given: Inputs) -> Any:
    tape, t = taped(Tape(), kind, given)
    asked(tape, t, "a h c")
    tape, u = taped(Tape(), kind, given, used=True)
    before = held(u)
    asked(tape, u, "a h b")
    changes = {f"the change of {name}": change(before[name], now) for name, now in held(u).items()}
    return {"on fresh tensors": held(t), "after earlier walks back": changes}


def persistent(Tape: Any, kind: Any, given: Inputs) -> Any:
    tape, t = taped(Tape(persistent=True), kind, given)
    turns = {"first": "a b", "second": "a b", "third": "h c"}
    return {f"at the {turn} question": outcome(asked, tape, t, of) for turn, of in turns.items()}


def once(Tape: Any, kind: Any, given: Inputs) -> Any:
    tapes = {"first": taped(Tape(), kind, given), "second": taped(Tape(False), kind, given)}
    return {
        f"at question {turn} to the {which} tape": {"the result": outcome(asked, *both, "a b")}
        for turn in (1, 2)
        for which, both in tapes.items()
    }


def several(Tape: Any, kind: Any, given: Inputs) -> Any:
    """One tape after another, and one inside another."""
    t = made(kind, given)
    with Tape() as first:
        u = computed(t)
    with Tape() as second:
        v = {**t, "loss": (t["c"] * t["c"]).sum() + t["b"].sum()}
    with Tape() as outer:
        w = hidden(t)
        with Tape() as inner:
            w = lost(w)
        within = asked(inner, w, "h a b")
        w["loss"] = (w["loss"] * w["a"]).sum()
    return {
        "of the second tape": asked(second, v, "b c a"),
        "of the first tape": asked(first, u, "b c a"),
        "of the inner tape": within,
        "of the outer tape": asked(outer, w, "h a b"),
    }


def block(Tape: Any, kind: Any, given: Inputs) -> Any:
    """An error inside the block, and what is recorded after it."""
    t, tapes = made(kind, given), []

    def stumble() -> None:
        with Tape() as tape:
            tapes.append(tape)
            raise KeyError("inside the block")

    seen: Inputs = {"for an error in the block": {"the result": outcome(stumble)}}
    with Tape() as around:
        t = computed(t)
    return {
        **seen,
        "for a loss made after that": outcome(asked, tapes[0], t, "a h"),
        "for the next tape": outcome(asked, around, t, "a h"),
    }


def left_in(Tape: Any, kind: Any, given: Inputs) -> Any:
    """How many watchers there are before and after a block, with an error and without."""
    listed: Any = getattr(kind, "listed", None) or kind
    told: list[Any] = []
    listed.watchers.append(lambda *made: told.append(made))
    count = len(listed.watchers)
    tape, t = taped(Tape(), kind, given)
    behind = len(listed.watchers) - count
    asked(tape, t, "a b")
    later = len(listed.watchers) - count
    try:
        with Tape():
            raise KeyError("inside the block")
    except KeyError:
        after_an_error = len(listed.watchers) - count - later
    seen = len(told)
    computed(made(kind, given))
    return {
        "watchers after a block, more than before": behind,
        "watchers after a block and a question, more than before": later,
        "watchers after an error in a block, more than before": after_an_error,
        "another watcher is still told": len(told) > seen,
    }


TRACE = "print the .grad of every tensor before and after you ask."
FRESH = "compare each with what loss.backward() writes on tensors that were made anew."
TWICE = "ask twice, once of Tape() and once of Tape(persistent=True)."
RECORD = "print len(Tensor.watchers) before, inside and after the block, and what was recorded."
IN_ORDER = questions("a b", "b a", "row column b")
for name, topic, points, look, experiment in (
    ("leaves", "gradients of leaves, in the order of the sources", 0.5, IN_ORDER, FRESH),
    ("between", "sources that are no leaves", 0.5, questions("h a k s"), FRESH),
    ("unconnected", "sources without influence", 0.25, questions("c a table c"), FRESH),
    ("outside", "what was made outside the block", 0.75, outside, RECORD),
    ("itself", "the loss as a source", 0.25, itself, FRESH),
    ("once", "a second question to a tape that is not persistent", 0.25, once, TWICE),
    ("persistent", "several questions to a persistent tape", 0.4, persistent, TWICE),
    ("after_backward", "answers after other walks", 0.25, questions("a h b c", used=True), TRACE),
    ("no_trace", "what .grad holds afterwards", 0.25, no_trace, TRACE),
    ("several", "several tapes, also one inside another", 0.2, several, RECORD),
    ("block", "an error inside the block", 0.2, block, "raise an error inside the block."),
    ("left_in", "what is left in Tensor.watchers", 0.2, left_in, RECORD),
):
    tape.probe(
        topic,
        points=points,
        inputs=arrays,
        name=name,
        kind="side" if look in (once, no_trace, block, left_in) else "values",
        experiment=experiment,
        uses=("Tensor",),
    )(OnATensor(look))
