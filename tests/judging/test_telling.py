"""In which order probes are asked while misconceptions are dropped."""

from __future__ import annotations

from dataclasses import replace

from autograder.harness.probe import Probe
from autograder.judging.telling import Telling

ONE = Probe("one", "", 1.0, lambda rng: {}, lambda impl, inputs: None)
OTHER = replace(ONE, name="other")


def first(telling: Telling) -> str:
    return telling.sorted([ONE, OTHER])[0].name


def test_what_the_learner_fails_is_asked_first_and_what_is_quick() -> None:
    assert first(Telling([ONE, OTHER], failed=["other"])) == "other"
    assert first(Telling([ONE, OTHER], lambda p: 1.0 if p is ONE else 0.5)) == "other"
    slow = Telling([ONE, OTHER], lambda p: 1.0 if p is ONE else 0.01, failed=["one"])
    assert first(slow) == "other"


def test_what_tells_nothing_comes_later() -> None:
    telling = Telling([ONE, OTHER])
    assert first(telling) == "one"
    for _ in range(5):
        assert not telling.asked(ONE, told=False)
    assert first(telling) == "other"
    for _ in range(5):
        telling.asked(OTHER, told=False)
    assert telling.asked(ONE, told=True)
    assert first(telling) == "one"
