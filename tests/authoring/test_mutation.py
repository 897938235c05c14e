"""Mutants on trial: the tiny lesson, changed; what survives, what is explained, what is stale."""

import shutil
from pathlib import Path

import pytest

import autograder.hidden
from autograder.authoring.mutation import mutate_lesson, report_lines
from autograder.authoring.mutation.errors import SurvivorsError, UnstableReference
from autograder.authoring.mutation.survivors import parse_survivors
from autograder.authoring.mutation.trial import Trials
from autograder.course.lesson import Lesson

FIXTURES = Path(__file__).parents[1] / "fixtures"
COPIED = """
[[double]]
kind = "equivalent"
was = "x = np.array(x)"
becomes = ["pass", "x = x"]
why = "The product is a new array, copied or not."
"""


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """The tiny lesson, whose `double` copies its input for nothing."""
    shutil.copytree(FIXTURES / "tiny_course", tmp_path / "course")
    shutil.copytree(FIXTURES / "tiny_hidden", tmp_path / "hidden")
    hidden = [*autograder.hidden.__path__, str(tmp_path / "hidden")]
    monkeypatch.setattr(autograder.hidden, "__path__", hidden)
    path = tmp_path / "course" / "solutions" / "90_tiny" / "tiny.py"
    source = path.read_text()
    path.write_text(source.replace("    return SCALE", "    x = np.array(x)\n    return SCALE"))
    return Lesson.read(path)


@pytest.fixture
def declare(tmp_path):
    def declare(text):
        (tmp_path / "hidden" / "tiny" / "survivors.toml").write_text(text)

    return declare


@pytest.fixture
def trials(lesson):
    return Trials(lesson, seeds=(1,))


COUNTER = """
class Counter:
    def __init__(self, start=0):
        self.count = start

    def add(self, steps):
        {}
        self.count += steps
        return self.count
"""


def test_what_no_probe_sees_is_listed_with_its_line(lesson):
    report = mutate_lesson(lesson, ["double"], workers=1)
    assert [m.becomes for m in report.unexplained] == ["pass", "x = x"]
    number = lesson.source.splitlines().index("    x = np.array(x)") + 1
    said = list(report_lines(report))
    assert said[3:6] == [
        f"survivor: tiny.py:{number}: double, copy left out",
        "  - x = np.array(x)",
        "  + x = x",
    ]
    assert "2 unexplained, 0 stale" in said[-1]
    assert not report.fine


def test_what_is_explained_is_only_counted(lesson, declare):
    declare(COPIED)
    report = mutate_lesson(lesson, ["double"], workers=1)
    assert report.fine
    (said,) = report_lines(report)
    assert "2 equivalent, 0 ungraded, 0 unexplained" in said


def test_an_explanation_without_a_survivor_is_stale(lesson, declare):
    gone = '[[double]]\nkind = "ungraded"\nwas = "x = 1"\nbecomes = "x = 2"\nwhy = "No."\n'
    caught = gone.replace("x = 1", "return SCALE * x").replace("x = 2", "return SCALE / x")
    declare(COPIED + gone + caught)
    report = mutate_lesson(lesson, ["double"], workers=1)
    assert [why for _, why in report.stale] == ["is no mutant of the reference", "is caught"]
    assert not report.unexplained
    assert not report.fine


def test_an_explanation_may_be_of_one_function_only(lesson, declare):
    declare(COPIED + 'within = "triple"\n')
    report = mutate_lesson(lesson, ["double"], workers=1)
    assert len(report.unexplained) == len(report.stale) == 2


def test_the_reference_survives_and_a_change_is_caught_by_name(trials):
    assert not trials.attempt("Counter", COUNTER.format("pass")).caught_by
    caught = trials.attempt("Counter", COUNTER.format("steps = steps + 1"))
    assert caught.caught_by in ("counted", "counted_from_nothing")
    assert not caught.lost


@pytest.mark.parametrize(
    ("harm", "lost"),
    [
        ("while True: pass", True),
        ("sum(range(10**15))", True),
        ("import os; os._exit(0)", True),
        ("import os; os.kill(os.getpid(), 11)", True),
        ("hoard = bytearray(4 << 30)", False),
        ("self.add(steps)", False),
    ],
    ids=["loop", "loop in C", "exit", "crash", "memory", "recursion"],
)
def test_a_mutant_that_never_comes_back_is_caught(trials, harm, lost):
    outcome = trials.attempt("Counter", COUNTER.format(harm))
    assert outcome.caught_by in ("counted", "counted_from_nothing")
    assert outcome.lost is lost
    assert not trials.attempt("Counter", COUNTER.format("pass")).caught_by


def test_what_cannot_be_defined_is_caught(trials):
    assert trials.attempt("Counter", "raise ValueError").caught_by == "the cell"


def test_what_a_mutant_writes_is_gone_with_it(trials, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert not trials.attempt("Counter", COUNTER.format("open('kept', 'w').close()")).caught_by
    assert sorted(tmp_path.rglob("*")) == before


def test_a_reference_that_differs_from_itself_is_an_error(lesson):
    path = lesson.source_path
    path.write_text(
        lesson.source.replace("return SCALE * x", "return np.random.default_rng().random() * x")
    )
    with pytest.raises(UnstableReference, match="double: the reference differs from itself"):
        mutate_lesson(Lesson.read(path), ["double"], workers=1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[double", "survivors.toml: "),
        ("[[triple]]", "no exercise 'triple'; there are: double"),
        ("[double]", r"starts with \[\[double\]\]"),
        ("[[double]]\nwas = 'x'", "entry 1 of double has no becomes, kind, why"),
        (COPIED + "reason = 'x'", "entry 1 of double has unknown fields: reason"),
        (COPIED.replace("equivalent", "fine"), "its kind is 'fine', not equivalent, ungraded"),
        (COPIED.replace('"pass"', "3"), "every field is a text"),
        (COPIED.replace('["pass", "x = x"]', "[]"), "every field is a text"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_line(text, said):
    with pytest.raises(SurvivorsError, match=said) as raised:
        parse_survivors(text, ["double"])
    assert "\n" not in str(raised.value)
