"""What the hidden tests of a lesson import: all of it, from here.

A whole exercise, `double(x) -> 2 x`: `autograder/hidden/<lesson>/probes.py`, which enters kernels,

    from autograder.api import Calls, Probes

    probes = Probes()
    double = probes.exercise("double")

    def numbers(rng):
        return {"for one number": {"x": rng.normal()}, "for none": {"x": rng.normal(size=0)}}

    double.probe("numbers", points=1.0, inputs=numbers, name="numbers")(Calls("double", "doubled"))
    double.pure("doubled", points=0.5, inputs=lambda rng: {"x": rng.normal(size=3)})

    @double.probe("a thousand calls", points=0.5, inputs=lambda rng: {"xs": rng.normal(size=1000)})
    def many(impl, inputs):
        return [impl.double(x) for x in inputs["xs"]]

and `autograder/hidden/<lesson>/bank.py`, which never does:

    from autograder.api import Bank

    bank = Bank()
    double = bank.exercise("double")

    @double.observe("many")
    def their_sum(raw, inputs, secrets):
        return {"sum of all": sum(number.value for number in raw)}

    double.edit("squared", "The number is squared, which doubles 0 and 2 alone.", ("2 * x", "x**2"))

    @double.wrong("What comes back is half of x, not its double.")
    def halved(x):
        return x / 2

With several parameters, `Calls("mse", "loss", order="pred, target")` makes every second call by
place.
Both may be packages: every module in them that has a `probes`, or a `bank`, is found.
"""

from __future__ import annotations

from autograder.course.course import data_file
from autograder.harness.looking import (
    AFTERWARDS,
    AGAIN,
    OVERWRITTEN,
    label,
    outcome,
    overwrite,
    results,
    scramble,
    snapshot,
)
from autograder.harness.observation import Number, Other, Raised
from autograder.harness.patterns import Calls, Counted, Draws, Pair, Purity, Refusals, Resumed
from autograder.harness.probe import (
    EXACT,
    FLOAT32,
    FLOAT64,
    FORMULA,
    Given,
    Inputs,
    Probes,
    Tolerance,
)
from autograder.judging.bank import Bank
from autograder.judging.compare import describe, equal
from autograder.judging.misconception import About
from autograder.notebook.grade_cell import grader

__all__ = [
    "AFTERWARDS",
    "AGAIN",
    "EXACT",
    "FLOAT32",
    "FLOAT64",
    "FORMULA",
    "OVERWRITTEN",
    "About",
    "Bank",
    "Calls",
    "Counted",
    "Draws",
    "Given",
    "Inputs",
    "Number",
    "Other",
    "Pair",
    "Probes",
    "Purity",
    "Raised",
    "Refusals",
    "Resumed",
    "Tolerance",
    "data_file",
    "describe",
    "equal",
    "grader",
    "label",
    "outcome",
    "overwrite",
    "results",
    "scramble",
    "snapshot",
]
