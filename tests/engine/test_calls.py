"""Forbidden calls are read from the syntax tree of what an exercise's names reach."""

from types import SimpleNamespace

import pytest

from autograder.calls import Program
from autograder.forbidden import forbidden_uses, opaque_uses
from autograder.lesson import Exercise

NUMPY = SimpleNamespace(id="05_optimizers", is_numpy=True)
TORCH = SimpleNamespace(id="09_torch", is_numpy=False)
STEP = Exercise("step", ("step",), 1.0, ("step",))


def uses(*cells, lesson=NUMPY, exercise=STEP):
    return forbidden_uses(lesson, exercise, Program(cells))


@pytest.mark.parametrize(
    "cells",
    [
        ["import torch\ndef step(x):\n    return torch.sin(x)"],
        ["def step(x):\n    import torch as t\n    return t.sin(x)"],
        ["from torch.nn import functional as F", "def step(x):\n    return F.relu(x)"],
        ["from torch import sin", "def step(x):\n    return sin(x)"],
        ["import torch", "wave = torch.sin", "def step(x):\n    return wave(x)"],
        ["import torch", "T = torch", "def step(x):\n    return T.sin(x)"],
        [
            "import torch",
            "def helper(x):\n    return torch.sin(x)",
            "def step(x):\n    return helper(x)",
        ],
        ["import torch", "step = torch.sin"],
        ["import torch", "class step:\n    def run(self, x):\n        return torch.sin(x)"],
        ["%matplotlib inline\nimport torch", "!ls\ndef step(x):\n    return torch.sin(x)"],
        ["import jax.numpy as jnp", "def step(x):\n    return jnp.sin(x)"],
    ],
)
def test_a_call_is_found_however_it_is_named(cells):
    assert uses(*cells)


@pytest.mark.parametrize(
    "cells",
    [
        ["import torch\ndef step(x):\n    return -x"],
        ["import torch", "def step(x):\n    return -x", "print(step(1), torch.sin(torch.ones(1)))"],
        ["def step(torch):\n    return torch.sum()"],
        ["import numpy as np", "def step(x):\n    return np.sin(x)"],
        ["def step(x): return", "this does not parse ("],
    ],
    ids=["import alone", "comparison cell", "a parameter's name", "numpy", "broken cell"],
)
def test_what_the_exercise_does_not_reach_costs_nothing(cells):
    assert uses(*cells) == []


def test_a_table_says_what_is_the_exercise_in_torch_lessons():
    linear = Exercise("Linear", ("Linear",), 2.0, ("Linear",))
    head = "from torch import nn\nclass Linear(nn.Module):\n    def __init__(self):\n"
    source = head + "        self.inner = {}"
    assert uses(source.format("nn.Linear(1, 2)"), lesson=TORCH, exercise=linear)
    assert not uses(source.format("nn.Parameter()"), lesson=TORCH, exercise=linear)


def test_what_the_tree_cannot_see_through_is_listed():
    hidden = "importlib.import_module('to' + 'rch')"
    program = Program([f"import importlib\ndef step(x):\n    return {hidden}"])
    assert opaque_uses(STEP, program) == ["importlib"]
    assert opaque_uses(STEP, Program(["def step(x):\n    return x"])) == []
