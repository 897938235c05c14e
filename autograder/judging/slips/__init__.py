"""Slips that everyone makes, named in every exercise without an entry in its bank.

No thought is read into anything here: each slip is a fact of the code, or of what came out of it,
and the cause by itself. What cannot be told for certain is not told.
"""

from __future__ import annotations

from collections.abc import Callable

from autograder.harness.observation import Lost
from autograder.judging.slips.evidence import Evidence
from autograder.judging.slips.forms import not_called, other_form, trailing_comma
from autograder.judging.slips.iterators import used_up, yields
from autograder.judging.slips.returns import nothing_comes_back, returned_too_early
from autograder.judging.slips.shadowing import overwritten
from autograder.judging.slips.signatures import arguments_do_not_fit, calls_swapped, self_missing
from autograder.judging.slips.spelling import misnamed, misspelt
from autograder.judging.slips.stub import stub_left
from autograder.judging.slips.swaps import declared, swaps
from autograder.judging.verdict import Diagnosis

__all__ = ["Evidence", "declared", "literal_cause", "misnamed", "other_cause", "stub_left", "swaps"]

Recogniser = Callable[[Evidence], Diagnosis | None]
# These are why an answer ends in an exception or in None, whatever else it would have computed.
LITERAL: tuple[Recogniser, ...] = (
    self_missing,
    misspelt,
    overwritten,
    arguments_do_not_fit,
    yields,
    nothing_comes_back,
    not_called,
)
# In these a bank may see a thought, which then says more.
OTHER: tuple[Recogniser, ...] = (
    other_form,
    trailing_comma,
    returned_too_early,
    calls_swapped,
    used_up,
)
# What ends an answer before any of those could matter.
STOPS = frozenset({"ImportError", "ModuleNotFoundError", "NameError", "UnboundLocalError"})


def literal_cause(evidence: Evidence) -> Diagnosis | None:
    """The slip without which the exercise would have had a result to look at.

    Where everything ended, or overran, that is the reason: nothing shows what else is amiss.
    """
    lost = all(isinstance(seen, Lost) for seen in evidence.got.values())
    return None if lost else _first(LITERAL, evidence)


def other_cause(evidence: Evidence) -> Diagnosis | None:
    """A slip that shows in the code or in the form of the result, where no misconception fits."""
    stopped = any(one.name in STOPS for one in evidence.raised)
    return None if stopped else _first(OTHER, evidence)


def _first(recognisers: tuple[Recogniser, ...], evidence: Evidence) -> Diagnosis | None:
    try:
        return next((found for each in recognisers if (found := each(evidence))), None)
    except RecursionError:  # code that is nested too deeply to be followed
        return None
