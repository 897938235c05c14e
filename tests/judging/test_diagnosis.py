"""When a diagnosis may speak."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autograder.course.lesson import Lesson
from autograder.harness.local import LocalRunner
from autograder.harness.observation import Number, Raised
from autograder.harness.probe import FLOAT64, Probe, Probes
from autograder.judging.bank import Bank
from autograder.judging.diagnosis import Case, diagnose
from autograder.judging.misconception import Misconception, names_of, pairs

TINY = Path(__file__).parents[1] / "fixtures/tiny_course/solutions/90_tiny/tiny.py"
LESSON = Lesson.read(TINY)
PROBES = [Probe(name, name, 1.0, lambda rng: {}, lambda impl, inputs: None) for name in "ab"]
RIGHT = {"a": np.array([1.0, 2.0]), "b": np.array([3.0])}


def misconception(name, text=None, about="values"):
    return Misconception(name, "double", text or name, "", about)


def said(got, *behaviours, about="values", texts=None):
    """What is diagnosed when misconceptions with these observations are in the bank."""
    bank = [misconception(str(i), (texts or {}).get(i), about) for i, _ in enumerate(behaviours)]
    case = Case(LESSON, PROBES, RIGHT, got, bank)
    found = diagnose(case, lambda held, p: behaviours[int(held[0].name)][p.name])
    return found and found.misconception


WRONG = {"a": np.array([1.0, 2.5]), "b": np.array([3.25])}


def test_a_misconception_that_did_exactly_this_is_named():
    assert said(WRONG, {"a": RIGHT["a"], "b": WRONG["b"]}, WRONG) == "1"


def test_it_has_to_fit_the_probes_that_it_passes_too():
    only_b_differs = {"a": RIGHT["a"], "b": WRONG["b"]}
    assert said(only_b_differs, WRONG) is None
    assert said(only_b_differs, only_b_differs) == "0"


def test_two_that_fit_and_say_different_things_say_nothing():
    assert said(WRONG, WRONG, WRONG) is None
    assert said(WRONG, WRONG, WRONG, texts={0: "same", 1: "same"}) == "0"


@pytest.mark.parametrize(
    "got",
    [
        {"a": np.array([np.nan, np.nan]), "b": np.array([np.nan])},
        {"a": Raised(("TypeError",)), "b": Raised(("TypeError",))},
        {"a": None, "b": None},
        {"a": True, "b": False},
        {"a": np.zeros(2), "b": np.zeros(1)},
        {"a": Number(1.0, "float64"), "b": Number(1.0, "float64")},
    ],
    ids=["nan", "exception", "none", "bool", "zero everywhere", "one constant"],
)
def test_what_could_come_from_anywhere_identifies_nothing(got):
    assert said(got, got) is None
    ends = any(isinstance(one, Raised) for one in got.values())
    assert said(got, got, about="anything") == (None if ends else "0")


def ended(where="a call", **others):
    return {"a": Raised(("ValueError",), where=where), "b": RIGHT["b"], **others}


def test_exceptions_alone_name_only_what_was_declared_to_be_about_them():
    assert said(ended(), ended(), about="anything") is None
    assert said(ended(), ended(), about="exceptions") == "0"


def test_an_exception_from_another_operation_is_another_mistake():
    assert said(ended("@"), ended("an index"), about="exceptions") is None
    assert said(ended("@"), ended("@"), about="exceptions") == "0"


def test_a_number_beside_an_exception_speaks_for_a_misconception():
    got = ended("@", b=WRONG["b"])
    assert said(got, ended("an index", b=WRONG["b"]), about="anything") == "0"
    assert said(got, ended("@", b=RIGHT["b"]), about="exceptions") is None


def test_an_exception_in_one_of_several_places_is_an_exception_still():
    got = {"a": {"one": 1.5, "other": Raised(("ValueError",))}, "b": RIGHT["b"]}
    right = {**RIGHT, "a": {"one": 1.5, "other": 2.5}}
    case = Case(LESSON, PROBES, right, got, [misconception("0", about="anything")])
    assert diagnose(case, lambda held, p: got[p.name]) is None


def test_numbers_in_another_shape_are_numbers_still():
    transposed = {"a": np.array([[1.0, 2.5]]), "b": RIGHT["b"]}
    assert said(transposed, transposed) == "0"


def test_the_tolerance_of_the_verdict_holds():
    near = {k: v * (1 + FLOAT64.rtol / 10) for k, v in WRONG.items()}
    far = {k: v * (1 + FLOAT64.rtol * 100) for k, v in WRONG.items()}
    assert said(near, WRONG) == "0"
    assert said(far, WRONG) is None


# Side conditions, and two thoughts at once: a rule with three lines, each of which can be wrong

RULE = """if x.size == 0:
        raise ValueError("empty")
    halved = x / 2
    shifted = halved + 1
    return shifted"""
SPEC = replace(LESSON, source=LESSON.source.replace("return SCALE * x", RULE))
probes = Probes()
rule = probes.exercise("double")


@rule.probe("some numbers", points=1.0, inputs=lambda rng: {"x": np.array([0.3, 1.7])})
def numbers(impl, inputs):
    return impl.double(inputs["x"])


@rule.probe("large numbers", points=1.0, inputs=lambda rng: {"x": np.array([20.3, 31.7])})
def large(impl, inputs):
    return impl.double(inputs["x"])


@rule.probe("no numbers", points=1.0, inputs=lambda rng: {"x": np.zeros(0)}, kind="side")
def none(impl, inputs):
    return impl.double(inputs["x"])


bank = Bank()
mistakes = bank.exercise("double")
mistakes.edit("not_halved", "It is not halved.", ("x / 2", "x / 1"))
mistakes.edit("shifted_by_two", "It is shifted by two.", ("halved + 1", "halved + 2"))
mistakes.edit("clipped", "It is clipped.", ("return shifted", "return np.minimum(shifted, 9)"))
mistakes.edit("unchecked", "It refuses nothing.", ("x.size == 0", "x.size < 0"), about="anything")


def named(source, most_pairs=200, ran=None):
    """What is said of a rule with these lines; what was run for it goes into `ran`."""
    right = names_of(SPEC, Misconception("right", "double", "", edits=((RULE, RULE),)))
    learners = {"np": np}
    exec(f"def double(x):\n    {source}", learners)
    asked = probes.by_exercise["double"]

    def seen(names, probe):
        return LocalRunner(names).run(probe, ("double",), probe.given(1, "double").inputs)

    case = Case(
        SPEC,
        asked,
        {p.name: seen(right, p) for p in asked},
        {p.name: seen(learners, p) for p in asked},
        bank.misconceptions,
        most_pairs,
    )

    def observe(held, probe):
        if ran is not None:
            ran.append(tuple(m.name for m in held))
        return seen(names_of(SPEC, *held), probe)

    found = diagnose(case, observe)
    return found and (found.misconception, found.second, tuple(topic for topic, _ in found.beside))


def test_a_thought_is_named_where_a_side_condition_differs_too():
    assert named("return x + 1") == ("not_halved", None, ("no numbers",))
    assert named("if not x.size: raise ValueError\n    return x + 1") == ("not_halved", None, ())


def test_a_side_condition_alone_is_named_where_every_value_is_right():
    assert named("return x / 2 + 1") == ("unchecked", None, ())


def test_another_fault_beside_right_values_is_not_taken_for_it():
    assert named("if not x.size: raise TypeError\n    return x / 2 + 1") is None


def test_two_thoughts_at_once_are_named_as_two():
    assert named("return x + 2") == ("not_halved", "shifted_by_two", ("no numbers",))
    assert named("return np.minimum(x / 2 + 2, 9)") == (
        "shifted_by_two",
        "clipped",
        ("no numbers",),
    )


def test_of_two_thoughts_each_is_first_looked_for_where_the_other_shows_nothing():
    """What one of them alone does there is known already, and most pairs need not be run."""
    ran = []
    assert named("return np.minimum(x / 2 + 2, 9)", ran=ran)[:2] == ("shifted_by_two", "clipped")
    assert ("shifted_by_two", "clipped") in ran
    assert ("not_halved", "clipped") not in ran


def test_a_search_for_two_that_cannot_be_finished_names_nothing():
    assert named("return x + 2", most_pairs=0) is None


def test_of_two_thoughts_each_shows_more_than_an_exception():
    """What raises hides what another mistake in the same place would have raised."""
    bank = [misconception(name, about="anything") for name in ("ends", "wrong")]
    bank[1] = replace(bank[1], edits=(("x", "y"),))
    shows = {"ends": ended(), "wrong": {**RIGHT, "b": WRONG["b"]}}
    got = {**ended(), "b": WRONG["b"]}

    def observe(held, p):
        return got[p.name] if len(held) > 1 else shows[held[0].name][p.name]

    assert diagnose(Case(LESSON, PROBES, RIGHT, got, bank), observe) is None
    bank[0] = replace(bank[0], about="exceptions")
    found = diagnose(Case(LESSON, PROBES, RIGHT, got, bank), observe)
    assert (found.misconception, found.second) == ("ends", "wrong")


def test_three_thoughts_at_once_are_not_guessed_at():
    assert named("return np.minimum(x + 2, 9)") is None


def test_pairs_that_touch_are_none():
    touching = Bank()
    both = touching.exercise("double")
    both.edit("one", "", ("halved + 1", "halved"))
    both.edit("other", "", ("= halved", "= x"))
    both.edit("apart", "", ("x / 2", "x"))
    found = [(a.name, b.name) for a, b in pairs(SPEC, touching.misconceptions)]
    assert found == [("one", "apart"), ("other", "apart")]


def test_two_stand_ins_go_together_where_they_stand_in_for_different_names():
    source = "def ahead(x):\n    return x\n\n\ndef back(x):\n    return x"
    lesson = replace(
        LESSON, source=LESSON.source.replace("def double(x):\n", f"{source}\n\n\ndef double(x):\n")
    )
    several = Bank()
    double = several.exercise("double")
    for name in ("ahead", "back", "back"):
        double.wrong("", replaces=name)(print)
    found = [(*a.stand_ins, *b.stand_ins) for a, b in pairs(lesson, several.misconceptions)]
    assert found == [("ahead", "back"), ("ahead", "back")]


def test_a_pair_whose_edits_break_the_code_together_does_not_fit(monkeypatch):
    def broken(lesson, *several):
        if len(several) > 1:
            raise SyntaxError("expected an indented block")
        return alone(lesson, *several)

    alone = names_of
    monkeypatch.setitem(globals(), "names_of", broken)
    assert named("return x + 2") is None
