"""What a verdict says of a name that is missing."""

from __future__ import annotations

from autograder.grading.losses import Stopped
from autograder.grading.stops import explain_stops
from autograder.harness.kernel import Stop
from autograder.harness.observation import Raised
from autograder.judging.judge import Findings

PANDAS = "ModuleNotFoundError: No module named 'pandas'"
STOPS = {3: Stopped(Stop("import pandas as pd", PANDAS), frozenset({"pd", "f"}))}
LACKING = "pandas is not installed where this is graded, so the answer has to work without it."


def explained(raised: Raised, stops: dict[int, Stopped] = STOPS) -> tuple[str, str]:
    """The message of the only observation, and the note."""
    findings, note = explain_stops(Findings("f", {"probe": raised}), stops)
    return findings.observations["probe"].message, note


def test_a_name_that_is_asked_for_says_where_its_cell_stopped() -> None:
    message, note = explained(Raised(("Undefined",), "f is not defined"))
    assert message == f"f is not defined: its cell stopped at `import pandas as pd` ({PANDAS})"
    assert note == LACKING


def test_a_name_that_an_answer_needs_says_so_in_the_note() -> None:
    message, note = explained(Raised(("NameError", "Exception"), "name 'pd' is not defined"))
    assert message == "name 'pd' is not defined"
    stopped = f"`pd` is not defined: its cell stopped at `import pandas as pd` ({PANDAS})."
    assert note == f"{stopped} {LACKING}"


def test_a_package_that_is_missing_in_a_function_has_its_sentence() -> None:
    raised = Raised(("ModuleNotFoundError", "ImportError"), "No module named 'sklearn.svm'")
    assert explained(raised, {})[1].startswith("scikit-learn (sklearn) is not installed where")


def test_a_name_that_no_stopped_cell_would_have_bound_is_left_alone() -> None:
    assert explained(Raised(("Undefined",), "g is not defined")) == ("g is not defined", "")
    assert explained(Raised(("ValueError",), "pd is not defined here"))[1] == ""


def test_a_module_of_no_known_package_has_no_sentence() -> None:
    raised = Raised(("ModuleNotFoundError",), "No module named 'nunpy'")
    assert explained(raised, {})[1] == ""


def test_a_stub_whose_second_attempt_is_no_python_says_so() -> None:
    stub = Raised(("NotImplementedError",), "f is not written yet")
    assert explained(stub)[0] == "f is not written yet"
    stops = {3: Stopped(Stop("def f(:", "SyntaxError: invalid syntax"), frozenset({"f"}))}
    message = "f is not written yet: its cell stopped at `def f(:` (SyntaxError: invalid syntax)"
    assert explained(stub, stops) == (message, "")
