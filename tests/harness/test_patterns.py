"""Patterns see what they are for: state that survives a call, shared memory, what is refused."""

import types

import numpy as np
import pytest

from autograder.harness.local import LocalRunner
from autograder.harness.looking import scramble
from autograder.harness.observation import Raised
from autograder.harness.patterns import Calls, Pair, Purity, Refusals, Resumed
from autograder.harness.probe import FLOAT64, Probe
from autograder.judging.compare import first_difference


def seen(run, inputs, **names):
    probe = Probe("probe", "", 1.0, lambda rng: inputs, run)
    return LocalRunner(names).run(probe, tuple(names), inputs)


def doubled(x):
    return 2 * x


def remembering(x, before=[]):  # noqa: B006 (it is the mistake)
    before.append(1)
    return 2 * x if len(before) == 1 else 3 * x


def changing(x):
    x *= 2
    return x.copy()


def sharing(x):
    return x


@pytest.mark.parametrize("wrong", [remembering, changing, sharing])
def test_purity_sees_what_a_call_leaves_behind(wrong):
    right = {"x": np.ones(3)}
    purity = Purity("f", "result")
    expected = seen(purity, right, f=doubled if wrong is not sharing else lambda x: x.copy())
    assert first_difference(expected, seen(purity, right, f=wrong), FLOAT64) is not None


def test_calls_are_by_keyword_or_by_place():
    run = Calls("f", "whole", "part")
    inputs = {"by name": {"x": 7, "y": 2}, "by place": (7, 2)}
    found = seen(run, inputs, f=lambda x, y: divmod(x, y))
    assert [found[where]["part"].value for where in inputs] == [1, 1]


def test_refusals_are_compared_by_class():
    class TooSmall(ValueError):
        pass

    def refuses(error):
        def root(x):
            if x < 0:
                raise error("x has to be >= 0")
            return x**0.5

        return root

    run = Refusals("root", "root")
    inputs = {"right": {"x": 4.0}, "refused": {"for -1": {"x": -1.0}}}
    expected = seen(run, inputs, root=refuses(ValueError))
    assert isinstance(expected["for -1"]["the result"], Raised)
    assert first_difference(expected, seen(run, inputs, root=refuses(TooSmall)), FLOAT64) is None
    other = first_difference(expected, seen(run, inputs, root=refuses(TypeError)), FLOAT64)
    assert other is not None
    assert first_difference(expected, seen(run, inputs, root=abs), FLOAT64) is not None


def test_a_pair_shows_the_outputs_that_are_asked_for():
    pair = Pair("go", "back", ("out", "cache", "count"), ("dx",))
    names = {
        "go": lambda x: (2 * x, None, len(x)),
        "back": lambda dout, cache: 2 * dout,
    }
    inputs = {"for two": {"x": np.ones(2), "dout": np.ones(2)}}
    assert set(seen(pair.both, inputs, **names)["for two"]) == {"out", "count", "dx"}
    assert set(seen(pair.showing("out").ahead, inputs, **names)["for two"]) == {"out"}


class Counter:
    """Keeps its state in a list, which it hands out or copies."""

    def __init__(self, copies):
        self.state, self.copies = [0], copies

    def save(self):
        return {"state": list(self.state) if self.copies else self.state}

    def load(self, saved):
        self.state = list(saved["state"]) if self.copies else saved["state"]


def advance(run, inputs, steps):
    for _ in range(*steps):
        run.state[0] += 1
    return run.state[0]


@pytest.mark.parametrize("copies", [True, False])
def test_a_resumed_run_is_the_uninterrupted_one_unless_memory_is_shared(copies):
    run = Resumed(lambda impl, inputs: Counter(copies), advance, Counter.save, Counter.load)
    found = run(types.SimpleNamespace(), {"saved_after": 2, "steps": 5})
    assert found["uninterrupted"] == 5
    assert (found["resumed"] == 5) is copies


def test_scrambling_reaches_every_number():
    value = {"a": np.zeros(2), "b": [1, (np.ones(1),)], "flag": True, "name": "x"}
    scramble(value)
    assert value["a"].tolist() == [17, 17]
    assert value["b"][0] == 18
    assert value["b"][1][0].tolist() == [18]
    assert (value["flag"], value["name"]) == (True, "x")
