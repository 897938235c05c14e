"""From probes to verdicts, on the tiny lesson: statuses, points, and what is said."""

import random
import re
from pathlib import Path

import numpy as np
import pytest

import autograder.hidden
from autograder.authoring.audit import audit_lesson
from autograder.course.lesson import Lesson, LessonError
from autograder.course.reference import load_reference
from autograder.feedback.card import word_of
from autograder.feedback.text import explain
from autograder.harness.local import LocalRunner
from autograder.harness.observation import Number
from autograder.judging.judge import Judge

FIXTURES = Path(__file__).parents[1] / "fixtures"
TINY = FIXTURES / "tiny_course" / "solutions" / "90_tiny" / "tiny.py"


@pytest.fixture
def judge(monkeypatch):
    hidden = [*autograder.hidden.__path__, str(FIXTURES / "tiny_hidden")]
    monkeypatch.setattr(autograder.hidden, "__path__", hidden)
    return Judge(Lesson.read(TINY), 7)


@pytest.fixture
def judged(judge):
    def judged(key, **names):
        return judge.verdict(judge.examine(key, LocalRunner(names)))

    return judged


def unwritten(*args):
    raise NotImplementedError("double is not written yet")


def test_a_right_answer_gets_everything(judged):
    verdict = judged("double", double=lambda x: x + x)
    assert (verdict.status, verdict.score) == ("passed", 2.0)
    assert explain(verdict) == "double: 2 of 2"


def test_the_points_are_plain_floats(judged):
    assert type(judged("double", double=lambda x: x + x).score) is float


def test_a_known_mistake_is_named(judged):
    verdict = judged("double", double=lambda x: x**2)
    assert (verdict.status, verdict.score) == ("failed", 0.0)
    assert verdict.diagnosis.misconception == "squared"
    assert "The number is squared" in explain(verdict)


def test_an_unknown_mistake_is_described_and_not_guessed_at(judged):
    verdict = judged("double", double=lambda x: 3 * x)
    assert verdict.diagnosis is None
    assert "expected" in verdict.probes[0].message


def test_one_expected_element_is_shown_and_no_more(judged):
    (failed,) = judged("double", double=lambda x: 3 * x).probes
    assert re.fullmatch(r"double\(np\.array\(\[.*\]\)\)\[0\]", failed.call)
    assert re.fullmatch(r"expected \S+, got \S+", failed.message)


@pytest.mark.parametrize(
    ("double", "status", "said"),
    [
        (unwritten, "not_attempted", "not written"),
        (lambda x: 1 / 0, "error", "ZeroDivisionError"),
        (lambda x: exit(), "error", "SystemExit"),
        (lambda x: None, "failed", "expected an array of shape (3,), got None"),
        (lambda x: list(x + x), "failed", "got a list of 3"),
        (lambda x: (x + x).astype("float32"), "failed", "expected float64, got float32"),
        (lambda x: (x + x)[:, None], "failed", "expected (3,), got (3, 1)"),
        (lambda x: x * float("nan"), "failed", "got nan"),
    ],
)
def test_each_way_to_fail_has_its_status_and_its_words(judged, double, status, said):
    verdict = judged("double", double=double)
    assert (verdict.status, verdict.score) == (status, 0.0)
    assert said in verdict.probes[0].message


def test_a_missing_name_is_said(judged):
    assert judged("double").probes[0].message == "`double` is not defined"


def test_points_are_given_for_each_probe(judged):
    class Counter:
        def __init__(self, start=1):
            self.count = start

        def add(self, steps):
            self.count += steps
            return self.count

    verdict = judged("Counter", Counter=Counter)
    assert [p.status for p in verdict.probes] == ["passed", "failed"]
    assert (verdict.status, verdict.score) == ("failed", 2.0)
    assert "Right: from a start." in explain(verdict)


def in_stages(default):
    """A Counter that counts once, from a start that is not given."""

    class Counter:
        def __init__(self, start=default):
            self.count, self.unused = start, True

        def add(self, steps):
            if not self.unused:
                raise NotImplementedError("Counter.add is not written yet")
            self.unused = False
            return self.count + steps

    return Counter


def test_stages_that_are_written_are_said_first(judged):
    said = explain(judged("Counter", Counter=in_stages(5))).split("\n")
    assert said[1].startswith("Different: from nothing. ")
    assert said[2] == "Not written yet: `Counter.add`; one part waits for that."


def test_stages_that_are_right_so_far_are_called_so(judged):
    verdict = judged("Counter", Counter=in_stages(0))
    assert word_of(verdict) == "right so far"
    assert explain(verdict).split("\n")[1:] == [
        "Right: from nothing.",
        "Not written yet: `Counter.add`; one part waits for that.",
    ]


def test_nothing_is_named_where_something_it_calls_failed(judge):
    findings = judge.examine("double", LocalRunner({"double": lambda x: x**2}))
    verdict = judge.verdict(findings, blame=lambda: ("half",))
    assert verdict.diagnosis is None
    assert "half" in verdict.note


@pytest.mark.parametrize("letter", ["c", "C", " c ", "(c)", "c.", "a", "(B)"])
def test_a_prediction_is_a_letter_however_it_is_typed(judged, letter):
    verdict = judged("prediction_count", prediction_count=letter)
    assert verdict.status == "passed"
    assert "The run shows (c)" in explain(verdict)


@pytest.mark.parametrize("letter", ["d", "", 3, ["c"], "abc"])
def test_what_is_no_letter_on_offer_earns_nothing_and_is_not_told_the_run(judged, letter):
    verdict = judged("prediction_count", prediction_count=letter)
    assert (verdict.status, verdict.score) == ("failed", 0.0)
    said = explain(verdict)
    assert 'write one of the letters, "a", "b" or "c", in quotes' in said.replace("W", "w")
    assert "run shows" not in said


def test_an_open_prediction_is_not_attempted(judged):
    assert judged("prediction_count", prediction_count=None).status == "not_attempted"


def test_the_global_generators_of_the_learners_process_are_left_as_they_were(judged):
    random.seed(3)
    before = random.getstate()

    def double(x):
        random.seed(0)
        return x + x

    assert judged("double", double=double).status == "passed"
    assert random.getstate() == before


def test_what_a_learner_set_for_everyone_does_not_reach_a_probe(judged):
    with np.errstate(all="raise"):
        verdict = judged("double", double=lambda x: x + x + 0 * (np.ones(3) / np.zeros(3) > 0))
    assert verdict.status == "passed"


def summed(raw, inputs, secrets):
    return {"sum": Number(float(raw.sum()), "float64")}


def test_an_observer_that_cannot_read_what_came_compares_it_as_it_is(monkeypatch, judge):
    monkeypatch.setitem(judge.bank._observers, ("double", "doubled"), summed)
    names = {"double": lambda x: "twice"}
    verdict = judge.verdict(judge.examine("double", LocalRunner(names)))
    assert verdict.status == "failed"


def test_an_observer_that_cannot_read_the_reference_is_an_error_of_the_lesson(monkeypatch, judge):
    monkeypatch.setitem(judge.bank._observers, ("double", "doubled"), lambda *seen: seen[0].total())
    findings = judge.examine("double", LocalRunner({"double": lambda x: x + x}))
    with pytest.raises(LessonError, match="observer of double, doubled, fails on the reference"):
        judge.verdict(findings)
    said = audit_lesson(judge.lesson, seeds=(1,), judge_with=lambda lesson, seed: judge).problems
    assert any("fails on the reference" in problem for problem in said)


def test_nobody_is_right_by_failing_as_the_reference_does(monkeypatch, judge, judged):
    reference = load_reference(judge.lesson)

    def breathless(*args):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as machine:
        machine.setattr(reference, "double", breathless)
        with pytest.raises(LessonError, match=r"double can't be judged.*can't start new thread"):
            judged("double", double=breathless)
    assert judged("double", double=reference.double).status == "passed"
