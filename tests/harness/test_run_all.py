"""The probes of an exercise travel in one request, and meet what they would meet one by one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.harness.kernel import DIED, NO_RESULT, KernelRunner
from autograder.harness.local import LocalRunner
from autograder.harness.observation import Lost, Number
from autograder.harness.probe import Probe
from autograder.sandbox import Limits, Policy, SealedKernel

pytestmark = pytest.mark.sealed


PROBES = [
    Probe(f"probe{i}", "a topic", 1.0, lambda rng: {}, lambda impl, inputs: impl.f(inputs["x"]))
    for i in range(4)
]
ASKED = [(probe, {"x": x}) for x, probe in enumerate(PROBES)]
MIME = "application/x-observation+json"


@pytest.fixture
def runner() -> Iterator[KernelRunner]:
    limits = Limits(probe_wall_seconds=2.0)
    with SealedKernel(Policy(data=None, torch=False)) as kernel:
        yield KernelRunner(kernel, limits)


def came(runner, body):
    """What comes of `f(0)`, `f(1)`, `f(2)` and `f(3)`."""
    source = "import os, sys, time\ndef f(x):\n" + "\n".join(f"    {line}" for line in body)
    assert not runner.run_cell(source).failed
    return runner.run_all(ASKED, ("f",))


def numbers(*values):
    return [Number(value, "int64") for value in values]


def test_each_answers_for_itself(runner):
    assert came(runner, ["return 10 * x"]) == numbers(0, 10, 20, 30)
    assert runner.run_all([], ("f",)) == []
    assert runner.run(*ASKED[2][:1], ("f",), ASKED[2][1]) == Number(20, "int64")


def test_one_exception_is_of_one_probe(runner):
    seen = came(runner, ["return x if x != 1 else 1 / 0"])
    assert seen[1].name == "ZeroDivisionError"
    assert [seen[0], *seen[2:]] == numbers(0, 2, 3)


@pytest.mark.parametrize("error", ["KeyboardInterrupt", "GeneratorExit"])
def test_what_would_end_the_request_ends_one_probe(runner, error):
    seen = came(runner, ["if x == 1:", f"    raise {error}", "return x"])
    assert seen == [Number(0, "int64"), NO_RESULT, *numbers(2, 3)]


def test_the_clock_begins_anew_with_each(runner):
    assert came(runner, ["time.sleep(1.2)", "return x"]) == numbers(0, 1, 2, 3)


@pytest.mark.parametrize("at", range(4))
def test_what_came_before_one_that_never_ends_stays(runner, at):
    seen = came(runner, [f"while x == {at}: time.sleep(0.01)", "return x"])
    assert seen[:at] == numbers(*range(at))
    assert all(isinstance(one, Lost) and one.timeout for one in seen[at:])
    assert runner.run_all(ASKED, ("f",)) == [runner.dead] * 4


def test_what_came_before_the_end_of_the_kernel_stays_if_they_are_apart(runner):
    runner.apart = True
    seen = came(runner, ["import ctypes", "if x == 2: ctypes.string_at(0)", "return x"])
    assert seen == [*numbers(0, 1), DIED, DIED]


@pytest.mark.parametrize("number", [0, 1, 2, 3, "1", None, [1]])
def test_a_made_up_result_stands_for_its_own_probe_at_most(runner, number):
    body = [
        "if x == 1:",
        "    from IPython.display import display",
        f'    display({{{MIME!r}: \'{{"int": ["7", "int64"]}}\'}}, raw=True,',
        f"            metadata={{'probe': {number!r}}})",
        "return x",
    ]
    expected = numbers(0, 7 if number == 1 else 1, 2, 3)
    assert came(runner, body) == expected


def test_streams_and_figures_are_as_between_two_requests(runner):
    body = ["seen = sys.stdout is f.first", "sys.stdout = open(os.devnull, 'w')", "return seen"]
    source = "import os, sys\nf = None\ndef f(x):\n" + "\n".join(f"    {line}" for line in body)
    assert not runner.run_cell(f"{source}\nf.first = sys.stdout").failed
    together = runner.run_all(ASKED, ("f",))
    runner.run_cell("sys.stdout = f.first")
    assert together == [runner.run(probe, ("f",), inputs) for probe, inputs in ASKED]


def test_the_local_runner_does_the_same():
    runner = LocalRunner({"f": lambda x: 10 * x})
    assert runner.run_all(ASKED, ("f",)) == numbers(0, 10, 20, 30)
