"""Forbidden calls are read from the syntax tree of what an exercise's names reach."""

from __future__ import annotations

import time

import pytest

from autograder.static_analysis.forbidden import AUTOGRAD_LIBRARIES, library_uses, opaque_uses
from autograder.static_analysis.program import Program

STEP, LINEAR = ("step",), ("Linear",)
LAYERS = ("torch.nn.Linear", "torch.nn.modules.linear")
HONEST = "def step(x):\n    return -x"
CALLS = "import torch\ndef step(x):\n    return torch.sin(x)"


def uses(*cells, paths=AUTOGRAD_LIBRARIES, names=STEP, ran=False):
    return library_uses(names, Program(cells, ran=ran), paths)


def for_a_person(*cells, names=STEP):
    return opaque_uses(names, Program(cells))


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
        ["import torch", HONEST, "print(step(1), torch.sin(torch.ones(1)))"],
        ["def step(torch):\n    return torch.sum()"],
        ["import numpy as np", "def step(x):\n    return np.sin(x)"],
        ["def step(x): return", "this does not parse ("],
    ],
    ids=["import alone", "comparison cell", "a parameter's name", "numpy", "broken cell"],
)
def test_what_the_exercise_does_not_reach_costs_nothing(cells):
    assert uses(*cells) == []


@pytest.mark.parametrize(
    "answer",
    [
        "def step(x, t, lr):\n    return x - lr * t",
        "def step(*t, **lr):\n    return t.sum() - lr.get(1)",
        "step = lambda t: t.sum() * 2",
        "def step(x):\n    t = x\n    return t.sum()",
        "def step(x):\n    return [t.y for t in x], {t: 1 for t in x}, (t for t in x)",
        "def step(x):\n    for t in x:\n        x = t.y\n    return x",
        "def step(x):\n    with x as t:\n        return t.y",
        "def step(x):\n    try:\n        x()\n    except ValueError as t:\n        return t.args",
        "def step(x):\n    match x:\n        case [t, *_]:\n            return t.y",
        "def step(x):\n    match x:\n        case {'a': 1, **t}:\n            return t.y",
        "def step(x):\n    if (t := x):\n        return t.y",
        "def step(x):\n    return [t for y in x if (t := y)], t.y",
        "def step(t):\n    def inner(x):\n        return t.sum() + x\n    return inner(1)",
        "def step(x):\n    t = 0\n    def f():\n        nonlocal t\n        t = x\n    return f()",
        "def step(x):\n    import numpy as t\n    return t.sin(x)",
        "class step:\n    def __init__(self, t):\n        self.t = t.y\n        self.t()",
        "class step:\n    t = 1\n    y = t.real",
        "def step(x):\n    return dict(t=x)['t'], x.t",
        "def step(x: t.Tensor) -> t.Tensor | None:\n    y: t.Tensor = x\n    return y",
    ],
)
@pytest.mark.parametrize("scratch", ["import torch as t", "import torch\nt = torch.ones(3)"])
def test_a_name_of_the_answers_own_is_not_the_notebooks(answer, scratch):
    for cells in ([scratch, answer], [answer, scratch]):
        assert uses(*cells) == uses(*cells, ran=True) == for_a_person(*cells) == []


@pytest.mark.parametrize(
    "cells",
    [
        ["def step(x):\n    return s(x)", "s = torch.sin"],
        ["a = torch\nb = a.nn\nc = b", "def step(x):\n    return c.relu(x)"],
        ["a, s = torch.relu, torch.exp", "def step(x):\n    return s(x)"],
        ["a, b = torch, 1", "a, b = b, a", "def step(x):\n    return b.sin(x)"],
        ["def step(x):\n    return getattr(torch, 'sin')(x)"],
        ["def step(x, s=torch.sin):\n    return s(x)"],
        ["def step(x, *, s=torch.sin):\n    return s(x)"],
        ["def d(f):\n    return lambda x: torch.sin(f(x))", "@d\ndef step(x):\n    return x"],
        ["@torch.compile\ndef step(x):\n    return x"],
        ["class B(torch.nn.Module):\n    pass", "class step(B):\n    pass"],
        ["class step:\n    s = torch.sin\n    def run(self, x):\n        return self.s(x)"],
        [
            "s = torch.sin",
            "class step:\n    s = s\n    def run(self, x):\n        return self.s(x)",
        ],
        ["def setup():\n    global s\n    s = torch.sin\nsetup()", "def step(x):\n    return s(x)"],
        ["print(s := torch.sin)", "def step(x):\n    return s(x)"],
        ["[s := torch.sin for _ in '1']", "def step(x):\n    return s(x)"],
        ["def f(a: (s := torch.sin)): pass", "def step(x):\n    return s(x)"],
        ["for s in [torch.sin]: pass", "def step(x):\n    return s(x)"],
        ["with torch.no_grad() as s: pass", "def step(x):\n    return s(x)"],
        ["match torch.sin:\n    case s: pass", "def step(x):\n    return s(x)"],
        ["if torch:\n    def step(x):\n        return torch.sin(x)"],
        [
            "try:\n    s = torch.sin\nexcept ImportError:\n    s = 1",
            "def step(x):\n    return s(x)",
        ],
        ["for i in (0, 1):\n    step = s if i else None\n    s = torch.sin"],
        ["def step(x):\n    return [t for t in torch.sin(x)]"],
        ["ops = {'s': torch.sin}", "def step(x):\n    return ops['s'](x)"],
        ["ops = {}\nops['s'] = torch.sin", "def step(x):\n    return ops['s'](x)"],
        ["ops = []\nops.append(torch.sin)", "def step(x):\n    return ops[0](x)"],
        ["import math\nvars(math)['sin'] = torch.sin", "def step(x):\n    return math.sin(x)"],
        ["import numpy as np\nnp.sin = torch.sin", "def step(x):\n    return np.sin(x)"],
        ["import numpy as np, numpy\nnumpy.sin = torch.sin", "def step(x):\n    return np.sin(x)"],
        ["import math\nsetattr(math, 'sin', torch.sin)", "def step(x):\n    return math.sin(x)"],
        ["def step(x):\n    return " + " + ".join(["torch.sin(x)"] * 900)],
    ],
)
def test_no_detour_hides_a_call(cells):
    assert uses("import torch", *cells)
    assert uses("import torch", *cells, ran=True)


@pytest.mark.parametrize(
    "cells",
    [
        ["nn = torch.nn", "class Linear:\n    def f(self):\n        return nn.Linear(1, 2)"],
        ["class Linear:\n    def f(self):\n        n = torch.nn\n        return n.Linear(1, 2)"],
        ["class Linear:\n    def f(self):\n        t = torch\n        t = t.nn\n        t.Linear"],
        ["class Linear:\n    def f(self, n=torch.nn):\n        return n.Linear(1, 2)"],
        ["class Linear:\n    def f(self):\n        return getattr(torch.nn, 'Linear', None)(1, 2)"],
        ["n = torch.nn if 1 else None", "class Linear:\n    def f(self):\n        n.Linear(1)"],
        ["class Linear:\n    n = torch.nn\n    m = n.Linear(1, 2)"],
        [
            "def s():\n    global n\n    n = torch.nn",
            "class Linear:\n    f = lambda self: n.Linear",
        ],
    ],
)
def test_the_part_of_a_library_is_known_through_any_alias(cells):
    assert "torch.nn.Linear" in uses("import torch", *cells, paths=LAYERS, names=LINEAR)


def test_a_table_says_what_is_the_exercise_in_torch_lessons():
    head = "from torch import nn\nclass Linear(nn.Module):\n    def __init__(self):\n"
    source = head + "        self.inner = {}"
    assert uses(source.format("nn.Linear(1, 2)"), paths=LAYERS, names=LINEAR)
    assert not uses(source.format("nn.Parameter()"), paths=LAYERS, names=LINEAR)


def test_a_first_attempt_does_not_count_once_it_is_replaced():
    assert uses(CALLS, HONEST) == []
    assert uses(CALLS, "class step:\n    def again(self):\n        return step()") == []
    assert uses(HONEST, CALLS)


@pytest.mark.parametrize(
    "decoy",
    [
        f"1 / 0\n{HONEST}",
        "def step(x, y=1 / 0):\n    return -x",
        "def step(x, y=-'a'):\n    return -x",
        "@nothing\ndef step(x):\n    return -x",
        f"if 0:\n    {HONEST.replace(chr(10), chr(10) + '    ')}",
        f"%%script false\n{HONEST}",
        f"import no_such_module\n{HONEST}",
    ],
)
def test_a_replacement_that_may_not_run_replaces_nothing(decoy):
    assert uses(CALLS, decoy)


def test_what_was_kept_of_a_replaced_name_counts():
    assert uses(CALLS, "kept = step", HONEST.replace("-x", "kept(x)"))
    assert uses("import torch", "s = torch.sin", "step = s", "s = None", ran=True)


@pytest.mark.parametrize("ran", [True, False])
def test_a_global_that_becomes_a_library_counts_from_then_on(ran):
    answer = "import numpy as np\ndef step(x):\n    return np.sin(x)"
    assert uses(answer, "import torch\nnp = torch", ran=ran)
    assert uses("import torch as np", answer, ran=ran) == []
    assert uses(answer, "import torch as np", "import numpy as np", ran=ran) == []


def test_what_a_function_gave_before_a_name_was_put_back_counts():
    made = ["def make():\n    return ops.sin", "step = make()"]
    for ran in (True, False):
        assert uses("import torch", "ops = torch", *made, "ops = 1", ran=ran)
    setup = "def setup():\n    global s\n    s = ops.sin\nsetup()"
    step = "def step(x):\n    return s(x)"
    assert uses("import torch", "ops = torch", setup, "ops = 1", step)


def test_what_changes_a_parameter_changes_no_global():
    other = "import torch\ndef other(np):\n    np.sin = torch.sin\n    np[0] = torch.cos"
    answer = "import numpy as np\ndef step(x):\n    return np.sin(x)"
    assert uses(answer, other) == []
    assert uses(answer, "import torch\nnp.add(torch.ones(1), np.append(torch.ones(1), 1))") == []


def test_the_parts_of_an_assignment_are_told_apart():
    cells = ["import torch", "a, b = 1, torch.ones(1)"]
    assert uses(*cells, "def step(x):\n    return a") == []
    assert uses(*cells, "def step(x):\n    return b")


def test_only_what_stands_above_has_run():
    program = Program([HONEST, CALLS])
    assert library_uses(STEP, program, AUTOGRAD_LIBRARIES)
    assert library_uses(STEP, program.first(1), AUTOGRAD_LIBRARIES) == []


def test_the_globals_that_an_answer_reads_are_not_its_parameters():
    answer = "def step(mse, x):\n    return mse(x) + mae(x)"
    assert Program([answer]).reach(["step"]).names == {"mae"}


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            ["import importlib", "def step(x):\n    return importlib.import_module('torch')"],
            "importlib",
        ),
        (
            ["from importlib import import_module as i", "def step(x):\n    return i('jax')"],
            "importlib",
        ),
        (["import sys", "def step(x):\n    return sys.modules['torch'].sin(x)"], "sys.modules"),
        (["def step(x):\n    return __import__('torch').sin(x)"], "__import__"),
        ([HONEST, "globals()['step'] = 1"], "globals"),
        ([HONEST, "exec('def step(x): return hidden')"], "exec"),
        (["import torch", "def step(x, n):\n    return getattr(torch, n)(x)"], "getattr"),
        (["import torch", "def step(x):\n    return torch.__dict__['sin']"], "torch.__dict__"),
        (["from torch import *", "def step(x):\n    return relu(x)"], "from torch import *"),
    ],
)
def test_what_the_tree_cannot_see_through_is_listed(cells, said):
    assert for_a_person(*cells) == [said]


def test_a_person_is_not_asked_about_what_no_answer_reaches():
    assert for_a_person(HONEST, "from torch import *", "exec('x = 1')", "print(globals())") == []
    assert for_a_person("def step(x, vars):\n    return vars(x)") == []


@pytest.mark.parametrize(
    "cells",
    [
        ["x = x\n" * 20_000, "def step(y):\n    return x"],
        ["x = x.a if c else x.b\n" * 2_000 + "x = torch", "def step(y):\n    return x"],
        [f"def f{i}():\n    return f{i - 1}()" for i in range(1, 1_000)] + ["step = f999"],
    ],
    ids=["one name", "many meanings", "a long chain"],
)
def test_code_made_to_take_long_does_not(cells):
    started = time.process_time()
    uses("import torch", *cells)
    assert time.process_time() - started < 15
