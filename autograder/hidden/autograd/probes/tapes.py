"""Probes of Tape.

A tape is tried on the Tensor of its own notebook. Where that is missing or wrong, it is tried on
one of the judge's, which tells the same watchers: a tape needs no more of a Tensor than the
contract says, and any right one serves.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograder.api import FORMULA, Inputs, Probes, label, outcome, snapshot
from autograder.hidden.autograd.probes.given import GivenTensor
from autograder.hidden.autograd.probes.watching import Told, walked

probes = Probes()
tape = probes.exercise("Tape", tolerance=FORMULA)

NAMES = ("a", "b", "c", "row", "column", "h", "k", "s", "loss")
MISSING = "no attribute of this name"


def arrays(rng: np.random.Generator) -> Inputs:
    """Leaves; c is equal to a, and no loss depends on it or on the table."""
    shapes = {"a": (3, 3), "b": (3, 3), "row": (3,), "column": (3, 1)}
    drawn = {name: rng.uniform(0.5, 1.5, size=shape) for name, shape in shapes.items()}
    return {**drawn, "c": drawn["a"].copy(), "table": rng.normal(size=(3, 2))}


def made(kind: Any, given: Inputs) -> Inputs:
    return {name: kind(value) for name, value in given.items()}


def hidden(t: Inputs) -> Inputs:
    return {**t, "h": t["a"] * t["b"] + t["row"]}


def lost(t: Inputs) -> Inputs:
    """A loss made of h. What s is a sum of gets the same array from it, and more from elsewhere."""
    k = (t["h"] @ t["a"]).tanh()
    inner = k * k - 2 * t["b"] + t["h"] * t["column"]
    s = t["h"] + t["b"]
    return {**t, "k": k, "s": s, "loss": (inner * s).sum()}


def computed(t: Inputs) -> Inputs:
    """What most blocks hold."""
    return lost(hidden(t))


# The Tensor


def notebooks(impl: Any) -> Any:
    """The class that the tape knows as Tensor, or None."""
    own: Any = getattr(impl, "Tensor", None)
    for kind in getattr(impl.Tape, "__mro__", ()) if own is None else ():
        for method in vars(kind).values():
            own = own or getattr(method, "__globals__", {}).get("Tensor")
    return own


@contextlib.contextmanager
def watchers_of(own: Any) -> Iterator[None]:
    """An empty list of watchers on the notebook's Tensor, lent if it has none; at the end it is as
    it was."""
    before: Any = vars(own).get("watchers", MISSING) if hasattr(own, "__dict__") else MISSING
    held = list(before) if isinstance(before, list) else None
    with contextlib.suppress(Exception):  # there is no Tensor, or it takes no attributes
        if held is None:
            own.watchers = []
        else:
            before.clear()
    try:
        yield
    finally:
        with contextlib.suppress(Exception):
            if held is not None:
                before[:] = held
            if before is MISSING:
                del own.watchers
            else:
                own.watchers = before


def trusted(own: Any, given: Inputs) -> Any:
    """The notebook's Tensor, if it does on this graph what a right one does, and tells of it."""
    told: Told = []
    used = [name for name in NAMES if name != "c"]
    try:
        own.watchers.append(lambda *made: told.append(made))
        try:
            ours = computed(made(own, given))
        finally:
            own.watchers.pop()
        theirs = computed(made(GivenTensor, given))
        seen = walked(ours["loss"], told, np.ones(1))
        for t in (ours, theirs):
            t["loss"].backward()
        same = all(
            np.allclose(value, getattr(theirs[name], what), rtol=1e-9)
            for name in used
            for what, value in (
                ("data", ours[name].data),
                ("grad", ours[name].grad),
                ("grad", seen[id(ours[name])]),
            )
        )
        return own if same and ours["c"].grad is None else GivenTensor
    except Exception:  # noqa: BLE001 (a Tensor that does not work, for whatever reason)
        return GivenTensor


class OnATensor:
    """A run of a tape, `look(Tape, kind, given)`, on whichever Tensor serves."""

    def __init__(self, look: Callable[[Any, Any, Inputs], Any]) -> None:
        self.look = look

    def __call__(self, impl: Any, given: Inputs) -> Any:
        own = notebooks(impl)
        with watchers_of(own):
            GivenTensor.listed = own if hasattr(own, "watchers") else None
            try:
                kind = trusted(own, given)
                with impl.Tape() as other:  # each tape counts for itself: this one is asked first
                    t = computed(made(kind, given))
                outcome(asked, other, t, "a b")
                return self.look(impl.Tape, kind, given)
            finally:
                GivenTensor.listed = None


# Questions


def plain(answer: Any) -> Any:
    """A list of gradients as arrays, also where they come as Tensors."""
    if isinstance(answer, list | tuple):
        return [plain(item) for item in answer]
    data = getattr(answer, "data", None)
    return snapshot(data if isinstance(data, np.ndarray | np.floating) else answer)


def asked(tape: Any, t: Inputs, names: str) -> Inputs:
    """The gradients of the loss with respect to some of the tensors, two at least."""
    several = names.split()
    answer = plain(tape.gradient(t["loss"], [t[name] for name in several]))
    return label(answer, tuple(f"the gradient of {name}" for name in several))


def taped(tape: Any, kind: Any, given: Inputs, used: bool = False) -> tuple[Any, Inputs]:
    """A tape after its block, and the tensors; if they were `used`, two walks back have left
    gradients on them."""
    t = made(kind, given)
    if used:
        (t["a"] * t["c"].sum()).sum().backward()
    with tape as named:
        t = computed(t)
    if used:
        t["loss"].backward()
    return named, t


def questions(*several: str, used: bool = False) -> Any:
    """A look that asks a new tape each of these questions."""

    def look(kind_of_tape: Any, kind: Any, given: Inputs) -> Any:
        return {
            f"for [{names.replace(' ', ', ')}]": asked(
                *taped(kind_of_tape(), kind, given, used), names
            )
            for names in several
        }

    return look
