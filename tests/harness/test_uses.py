"""A probe may look at names that its exercise does not ask for, in whichever runner."""

import pytest

from autograder.harness.kernel import KernelRunner
from autograder.harness.local import LocalRunner
from autograder.harness.probe import Probe
from autograder.sandbox import Limits, Policy, SealedKernel

WITHOUT = Probe("alone", "one name", 1.0, lambda rng: {}, lambda impl, inputs: sorted(vars(impl)))
WITH = Probe("both", "both names", 1.0, WITHOUT.inputs, WITHOUT.run, uses=("helper", "missing"))


def seen(runner, probe):
    return runner.run(probe, ("f",), {})


def test_further_names_are_there_where_the_notebook_defines_them():
    runner = LocalRunner({"f": 1, "helper": 2, "other": 3})
    assert seen(runner, WITHOUT) == ["f"]
    assert seen(runner, WITH) == ["f", "helper"]


def test_a_further_name_that_is_missing_fails_nothing():
    assert seen(LocalRunner({"f": 1}), WITH) == ["f"]


@pytest.mark.sealed
def test_a_sealed_kernel_hands_over_the_same_names():
    limits = Limits()
    with SealedKernel(Policy(data=None, torch=False)) as kernel:
        runner = KernelRunner(kernel, limits)
        runner.run_cell("f = 1\nhelper = 2\nother = 3")
        assert seen(runner, WITHOUT) == ["f"]
        assert seen(runner, WITH) == ["f", "helper"]
