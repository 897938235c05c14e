"""How raw values are read, whatever form they came in, and what all draws have in common.

Every feature that could differ by chance does so less than once in 1e9 draws.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, AGAIN, EXACT, OVERWRITTEN, Number, Raised, describe, equal

KIND = "the kind of thing that comes back"
Observer = Callable[[Any, Any, Any], Any]


def features(*names: str) -> Callable[[Any], Any]:
    """Make `find(raw, ...) -> answers` return them by name; of raw values that it cannot read, it
    says what they are, and no more."""

    def decorate(find: Any) -> Any:
        def found(raw: Any, *args: Any) -> dict[str, Any]:
            what, answers = "what was asked for", (None,) * len(names)
            try:
                answers = find(raw, *args)
            except Exception:  # noqa: BLE001 (raw may be anything)
                what = describe(raw)
                if isinstance(raw, list | tuple) and raw:
                    what += f", the first of them {describe(raw[0])}"
            return {KIND: what, **dict(zip(names, answers, strict=True))}

        return found

    return decorate


def count(number: Any) -> Number:
    """A whole number as an observation."""
    return Number(int(number), "int64")


def real(number: Any) -> Number:
    """A float as an observation."""
    return Number(float(number), "float64")


def rows_of(part: Any) -> list[int]:
    """The row numbers in a part, whatever holds them."""
    flat = part.ravel().tolist() if isinstance(part, np.ndarray) else [x.value for x in part]
    return [int(x) for x in flat]


def are_index_arrays(parts: Any) -> bool:
    """Whether each holds integers along one axis, in pairs too; without rows, numbers of any
    kind."""
    if isinstance(parts, list | tuple):
        return all(map(are_index_arrays, parts))
    is_row = isinstance(parts, np.ndarray) and parts.ndim == 1
    return is_row and (parts.dtype.kind in "iu" or not len(parts))


def neighbours(rows: list[int]) -> int:
    """How many rows stand beside the one that they stood beside before."""
    return int(np.sum(np.abs(np.diff(rows)) == 1))


def is_run(rows: list[int]) -> bool:
    """Rows that were one stretch of the file."""
    return max(rows) - min(rows) + 1 == len(set(rows))


def by_case(*finds: Any) -> Observer:
    """The observer of a probe with `inputs["cases"]`: what some features say of each case."""

    def observe(raw: Any, inputs: Any, secrets: Any) -> Any:
        found: dict[str, Any] = {}
        for where, one in raw.items():
            found[where] = {}
            for find in finds:
                found[where] |= find(one, *inputs["cases"][where])
        return found

    return observe


def drawn(find: Any) -> Observer:
    """The observer of `Draws`: what features say of the first draw and of one with another seed,
    and on what the draws depend."""

    def observe(raw: Any, inputs: Any, secrets: Any) -> Any:
        return {**find([raw["first"], raw["other"]]), **draws(raw)}

    return observe


def draws(raw: Any) -> dict[str, bool]:
    """On what the draws depend (see `Draws`)."""
    first, (before, after) = raw["first"], raw["global state"]
    return {
        "having the same result with the same seed": equal(first, raw["again"], EXACT),
        "having another result with another seed": not equal(first, raw["other"], EXACT),
        "having another result at the next call with one rng": not equal(
            first, raw["second"], EXACT
        ),
        "leaving the global random state alone": equal(before, after, EXACT),
    }


def as_floats(value: Any) -> Any:
    """An array of bools or ints as one of floats, where another probe asks for the dtype."""
    is_whole = isinstance(value, np.ndarray) and value.dtype.kind in "biu"
    return value.astype(float) if is_whole else value


def index_arrays(parts: Any, *case: Any) -> dict[str, Any]:
    """Whether rows can be picked with each."""
    return {"consisting of 1-D integer arrays": are_index_arrays(parts)}


def kept(*finds: Any) -> Observer:
    """The observer of `Kept`: what features say of the results, and whether two calls with one
    seed left the arguments alone and agree."""

    def observe(raw: Any, inputs: Any, secrets: Any) -> Any:
        results, found = raw["results"], dict[str, Any]()
        for find in finds:
            found |= find(results, *inputs["arguments"].values())
        return {
            **found,
            AFTERWARDS: raw[AFTERWARDS],
            AGAIN: {"the result": equal(results, raw[AGAIN], EXACT)},
            OVERWRITTEN: {"the result": equal(results, raw[OVERWRITTEN], EXACT)},
        }

    return observe


def refusals(find: Any) -> Observer:
    """The observer of `Refusals`, where what comes back is drawn: what features say of the right
    call; of the others, that they were accepted, or the kind of their error."""

    def observe(raw: Any, inputs: Any, secrets: Any) -> Any:
        (first, right), *others = raw.items()
        seen = {first: find(right, *inputs["right"].values())}
        for where, came in others:
            error, said = came["the result"], "accepted"
            if isinstance(error, Raised):
                said = "ValueError" if "ValueError" in error.classes else error.name
            seen[where] = {"the answer": said}
        return seen

    return observe


def declare_strangers(mistake: Any, always: str, first: str) -> None:
    """Three mistakes of everything that takes an rng, where the reference begins with `first`: it
    draws from another one, `always` the same or from NumPy's."""
    drawn_globally = f"rng = np.random.default_rng(np.random.randint(2**31))\n    {first}"
    mistake(
        always,
        "The numbers come from a generator with a fixed seed, made inside, so every rng gives the "
        "same result, and so does every call. Draw from the rng that was handed in.",
        (first, f"rng = np.random.default_rng(0)\n    {first}"),
    )
    mistake(
        "global_random_state",
        "The numbers come from NumPy's global state, and the rng that was handed in is not used: "
        "one seed gives another result each time. Call a method of rng.",
        (first, drawn_globally),
    )
    mistake(
        "global_state_seeded",
        "NumPy's global state is seeded inside, so every call gives the same result, and everyone "
        "else's random numbers start over as well. Call a method of rng.",
        (first, f"np.random.seed(0)\n    {drawn_globally}"),
    )
