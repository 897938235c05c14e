"""Messages: how a difference and a verdict read."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from autograder.course.course import Course
from autograder.feedback.card import Card, Dress, card_html, with_code
from autograder.feedback.text import explain
from autograder.harness.local import LocalRunner
from autograder.harness.looking import AFTERWARDS, OVERWRITTEN
from autograder.harness.observation import Number, Raised
from autograder.harness.probe import EXACT, FLOAT64
from autograder.judging.compare import first_difference
from autograder.judging.describe import describe_difference
from autograder.judging.judge import Judge
from autograder.judging.missing import missing_name
from autograder.judging.places import place_of
from autograder.judging.verdict import Diagnosis, ProbeVerdict, Verdict

RIGHT = {"one": Number(1.0, "float64"), "two": np.zeros((2, 2))}


def said(expected, got):
    return describe_difference(first_difference(expected, got, FLOAT64))


def number(value, dtype="float64"):
    return Number(value, dtype)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ((), "the result"),
        (((0, 1),), "`result[0, 1]`"),
        ((1, (0,)), "`result[1][0]`"),
        (("after step 2", "param", (1, 0)), "`param[1, 0]` after step 2"),
        (("the answer to t = 3", 0, (0,)), "the answer to t = 3, item [0], element [0]"),
        (("for a batch", "the loss"), "the loss for a batch"),
        (("a number", "x_new"), "`x_new` for a number"),
        (("for three classes",), "the result for three classes"),
        (("with relu", (0,)), "`result[0]` with relu"),
        (("grads", "W1", (0, 0)), "`W1[0, 0]` of `grads`"),
        (("for a dict", "best_params", 2, "W"), "`W` of `best_params[2]` for a dict"),
        (("in the history", 3, "lr"), "`lr` in the history, element [3]"),
    ],
)
def test_a_path_is_said_as_a_phrase(path, words):
    assert str(place_of(path)) == words


@pytest.mark.parametrize(
    ("expected", "got", "message"),
    [
        (
            {"after step 2": {"param": np.array([0.4817])}},
            {"after step 2": {"param": np.array([0.4721])}},
            "`param[0]` after step 2: expected 0.4817, got 0.4721",
        ),
        (
            {"for images": {"batch sizes": [number(4, "int64")] * 2}},
            {"for images": {"batch sizes": [number(4, "int64")]}},
            "batch sizes for images: expected 2 of them, got 1",
        ),
        ({"files": []}, {"files": ["a"]}, "the length of `files`: expected 0, got 1"),
        (
            {"for NaN at first": {"answer": [False, True]}},
            {"for NaN at first": {"answer": [False, False]}},
            "`answer[1]` for NaN at first: expected True, got False",
        ),
        (
            {"for a batch": {"does it use a row twice?": False}},
            {"for a batch": {"does it use a row twice?": True}},
            "does it use a row twice for a batch? Expected no, got yes",
        ),
        (
            {"at least half are right": True},
            {"at least half are right": False},
            "at least half are right: expected yes, got no",
        ),
        (
            {"the answer to t = 0": "ValueError"},
            {"the answer to t = 0": "no error"},
            "the answer to t = 0: expected ValueError, got no error",
        ),
        ({"events": ["train"]}, {"events": ["step"]}, "`events[0]`: expected 'train', got 'step'"),
        (
            {"grads": {"W": None, "b": None}},
            {"grads": {"dW": None, "b": None}},
            "`grads`: the key `W` is missing, and the key `dW` was not asked for",
        ),
        (
            {"for two layers": {"the gradient of W": None, "loss": None}},
            {"for two layers": {"loss": None}},
            "for two layers: the gradient of W is missing",
        ),
        (
            {"the same seed gives the same start": True},
            {"first": None},
            "the result is not of the form that was asked for",
        ),
        (np.zeros(3), np.zeros((3, 1)), "the shape of the result: expected (3,), got (3, 1)"),
        (np.zeros(3), np.zeros(3, "f"), "the dtype of the result: expected float64, got float32"),
        (number(3, "int64"), number(3.0), "the result: expected an int, got a float"),
        (number(0.5), number(0, "int64"), "the result: expected 0.5, got 0"),
        (
            {AFTERWARDS: {"x": np.zeros(2)}},
            {AFTERWARDS: {"x": np.ones(2)}},
            "`x` was changed in place: leave the inputs as they were",
        ),
        (
            {"for one row": {AFTERWARDS: {"params": {}}}},
            {"for one row": {AFTERWARDS: {"params": {"grads": None}}}},
            "`params` for one row was changed in place: leave the inputs as they were",
        ),
        (
            {OVERWRITTEN: {"out": np.zeros(2)}},
            {OVERWRITTEN: {"out": np.ones(2)}},
            "`out` shares memory with an input: return a new array",
        ),
    ],
)
def test_a_difference_is_a_sentence(expected, got, message):
    assert said(expected, got) == message


@pytest.mark.parametrize(
    ("raised", "message"),
    [
        (
            Raised(("ValueError",), "shapes (4,) (3,) \n", "x @ w"),
            "it raised ValueError at `x @ w`: shapes (4,) (3,)",
        ),
        (Raised(("AssertionError",)), "it raised AssertionError"),
        (Raised(("KeyError",), "It has a stop."), "it raised KeyError: It has a stop"),
        (Raised(("Undefined",), "double is not defined"), "`double` is not defined"),
        (
            Raised(("TypeError",), "(loss, accuracy) should come back, got dict"),
            "(loss, accuracy) should come back, got dict",
        ),
    ],
)
def test_an_exception_is_said_in_one_line(raised, message):
    assert said(number(1.0), raised) == message


def test_an_exception_that_was_asked_for_is_said_by_its_class():
    wanted = Raised(("ValueError", "Exception"))
    assert said(wanted, np.zeros(3)) == (
        "no ValueError was raised: an array of shape (3,) came back"
    )
    assert said(wanted, Raised(("TypeError",), "no")) == (
        "it raised TypeError, not the ValueError that was asked for: no"
    )


def probe(name, status, kind="values", message="", **more):
    return ProbeVerdict(name, f"topic {name}", status, 1.0, 0.0, message, kind=kind, **more)


def test_values_are_told_before_what_a_function_does_besides():
    probes = (
        probe("a", "failed", "side", "`x` was changed in place", certain=True),
        probe("b", "passed"),
        probe("c", "failed", message="the loss: expected 1, got 2", certain=True),
        probe("d", "error", message="it raised TypeError"),
        probe("e", "not_attempted"),
    )
    verdict = Verdict("double", "failed", 1.0, 5.0, probes)
    assert explain(verdict).splitlines() == [
        "double: 1 of 5 points.",
        "Right: topic b.",
        "Different: topic c. The loss: expected 1, got 2.",
        "Also different: topic a.",
        "Also checked: topic d.",
        "Not written yet: topic e.",
    ]
    assert "<strong>Also checked:</strong> topic d" in Card(verdict)._repr_html_()


def test_wrong_values_are_no_complaint_about_what_a_function_does_besides():
    first = probe("a", "failed", message="the loss: expected 1, got 2", certain=True)
    pure = probe("b", "failed", "side", "`x`: expected 1, got 2")
    verdict = Verdict("double", "failed", 0.0, 2.0, (pure, first))
    assert "Also checked: topic b." in explain(verdict)
    assert "ifferent: topic b" not in explain(verdict)
    assert "Different: topic b." in explain(replace(verdict, probes=(pure,)))


def test_a_short_call_stands_in_the_sentence_and_a_long_one_on_lines_of_its_own():
    failed = probe("a", "failed", message="expected 0.102, got 1.38", call="f(0.1, 2)")
    verdict = Verdict("f", "failed", 0.0, 1.0, (probe("b", "failed", message="no"), failed))
    assert "Different: topic a. With f(0.1, 2): expected 0.102, got 1.38.\n" in explain(verdict)
    two_lines = replace(failed, call="a = f(0.1, 2)\ng(a)")
    assert explain(replace(verdict, probes=(two_lines,))).splitlines()[1:] == [
        "Different: topic a. With",
        "",
        "    a = f(0.1, 2)",
        "    g(a)",
        "",
        "Expected 0.102, got 1.38.",
    ]


def test_a_card_shows_a_call_as_a_block_of_code():
    failed = probe("a", "failed", message="expected 1, got 2", call="f('<b>', 1 < 2)")
    card = Card(Verdict("f", "failed", 0.0, 1.0, (failed,)))._repr_html_()
    assert "<code>f(&#x27;&lt;b&gt;&#x27;, 1 &lt; 2)</code></pre>" in card
    assert "Expected <code>1</code>, got <code>2</code>." in card


def test_a_call_survives_being_kept():
    failed = probe("a", "failed", message="expected 1, got 2", call="a = f(1)\na[0]")
    kept = failed.as_json()
    assert kept["message"] == "with a = f(1); a[0]: expected 1, got 2"
    assert ProbeVerdict.from_json(kept).as_json() == kept
    del kept["call"]
    assert ProbeVerdict.from_json(kept).message == kept["message"]


def test_a_verdict_is_kept_whole():
    failed = replace(probe("a", "failed", message="no"), kind="side", certain=True, experiment="e")
    beside = Diagnosis("m", "It does.", second="n", beside=(("topic b", "no"),))
    verdict = Verdict("f", "failed", 0.0, 1.0, (failed,), beside, "A note.", visible="It fails.")
    kept = json.loads(json.dumps(verdict.as_json(whole=True)))
    assert Verdict.from_json("f", kept) == verdict
    for lacks in ("topic", "kind", "certain", "experiment"):
        del kept["probes"][0][lacks]
    del kept["visible"], kept["diagnosis"]["beside"]
    assert Verdict.from_json("f", kept).probes[0].message == "no"


def test_a_card_of_a_page_has_the_words_of_a_notebooks_and_no_style():
    verdict = Verdict("f", "failed", 0.0, 1.0, (probe("a", "failed", message="no"),), run="In [1]")
    plain = card_html(verdict, Dress("h3", lambda part, status: f"class='{part} {status}'"))
    assert "style=" not in plain
    assert "<h3>" in plain

    def words(card):
        return re.sub(r"<[^>]*>", "", card)

    assert words(plain) == words(Card(verdict)._repr_html_())


def test_a_message_that_begins_with_code_keeps_its_case():
    verdict = Verdict("double", "failed", 0.0, 1.0, (probe("a", "failed", message="`x`: no"),))
    assert "Different: topic a. `x`: no." in explain(verdict)
    assert "topic a. <code>x</code>: no." in Card(verdict)._repr_html_()


def test_what_would_show_it_is_said_where_no_thought_is_known():
    failed = probe("a", "failed", message="the loss: expected 1, got 2", experiment="Try one row.")
    assert explain(Verdict("f", "failed", 0.0, 1.0, (failed,))).endswith("To see why: Try one row.")


@pytest.mark.parametrize(
    ("message", "marked"),
    [
        ("expected (3,), got (3, 1).", ["(3,)", "(3, 1)"]),
        ("expected yes, got no.", []),
        ("Expected no, got yes.", []),
        ("expected ValueError, got no error.", ["ValueError"]),
        ("expected 2 of them, got none.", ["2"]),
        ("expected True, got False.", ["True", "False"]),
        ("expected float64, got bool.", ["float64", "bool"]),
        ("expected -0.5, got nan.", ["-0.5", "nan"]),
        ("expected an array of shape (3,), got a list of 3.", []),
        ("`param[0, 1]` after step 2: expected 1, got 2.", ["param[0, 1]", "1", "2"]),
    ],
)
def test_values_are_marked_as_code_and_words_are_not(message, marked):
    assert re.findall(r"<code>(.*?)</code>", with_code(message)) == marked


@pytest.fixture(scope="module")
def losses():
    return Course.find().lesson("01_losses")


@pytest.mark.parametrize(
    ("raised", "message"),
    [
        (
            Raised(("NameError",), "name 'log_softmax' is not defined", "lp = log_softmax(z)"),
            "`log_softmax` is not defined, and `cross_entropy` uses it: "
            "it is an exercise of its own; write that first",
        ),
        (
            Raised(("NotImplementedError",), "log_softmax is not written yet"),
            "`log_softmax` is not written yet, and `cross_entropy` uses it: "
            "write `log_softmax` first",
        ),
        (
            Raised(("NameError",), "name 'np' is not defined"),
            "`np` is not defined, and `cross_entropy` uses it: "
            "one of the cells that came with the lesson defines it; put that cell back and run it",
        ),
        (Raised(("NameError",), "name 'log_sotfmax' is not defined"), ""),
        (Raised(("NotImplementedError",), "cross_entropy is not written yet"), ""),
        (Raised(("ValueError",), "name 'np' is not defined"), ""),
        (number(1.0), ""),
    ],
)
def test_a_name_of_the_lesson_that_is_missing_is_said_with_who_calls_it(losses, raised, message):
    assert missing_name(raised, losses.exercises["cross_entropy"], losses) == message


def test_an_exercise_that_calls_one_that_is_not_written_was_attempted(losses):
    def log_softmax(logits):
        raise NotImplementedError("log_softmax is not written yet")

    def cross_entropy(logits, targets, reduction="mean"):
        return -log_softmax(logits)[targets]

    judge = Judge(losses, 1)
    findings = judge.examine("cross_entropy", LocalRunner({"cross_entropy": cross_entropy}))
    verdict = judge.verdict(findings)
    assert verdict.status == "error"
    assert "write `log_softmax` first" in explain(verdict)


def test_which_letter_is_right_is_never_part_of_a_sentence():
    failed = replace(probe("letter", "failed", message="this is not the letter"), topic="guess")
    verdict = Verdict("prediction_one", "failed", 0.0, 1.0, (failed,))
    assert explain(verdict) == "prediction_one: 0 of 1 points.\nThis is not the letter."


def test_two_numbers_are_told_apart_by_their_digits():
    found = first_difference(number(0.12345678), number(0.12345679), EXACT)
    assert describe_difference(found) == "the result: expected 0.12345678, got 0.12345679"
