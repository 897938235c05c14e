"""What a cell still defines below the line at which it stopped."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from autograder.harness.definitions import is_definition
from autograder.harness.kernel import KernelRunner, Stop
from autograder.sandbox import Limits, Policy, SealedKernel


@pytest.fixture(scope="module")
def runner() -> Iterator[KernelRunner]:
    """One sealed kernel for all of these cells."""
    with SealedKernel(Policy(data=None, torch=False)) as kernel:
        yield KernelRunner(kernel, Limits())


def value(runner: KernelRunner, expression: str) -> str:
    """What an expression is in the kernel, `missing` where it cannot be had."""
    ran = runner.run_cell(f"try: print({expression})\nexcept Exception: print('missing')")
    return str(ran.outputs[0].text).strip()


def stop(runner: KernelRunner, source: str, *, answer: bool = True) -> Stop:
    """Run a cell that fails, and go on."""
    assert runner.run_cell(source).failed
    return runner.go_on(answer=answer)[1]


@pytest.mark.parametrize(
    "statement",
    [
        "def f(): pass",
        "class A(B): x = 1",
        "import math",
        "try:\n    import a\nexcept ImportError:\n    a = None",
        "prediction_x = 'b'",
        "lr: float = 0.1",
        "a, b = 1, -2.5",
        "f = lambda x: g(x)",
        "half = partial(f, 0.5)",
        "table = np.array([1, 2])",
        "if DEBUG:\n    def f(): pass",
    ],
)
def test_a_definition_is_run(statement: str) -> None:
    assert is_definition(ast.parse(statement).body[0], {"np", "partial"})


@pytest.mark.parametrize(
    "statement",
    [
        *("train()", "loss = train()", "for i in x: pass", "x = [f(i) for i in y]", "del x"),
        *("x += 1", "assert x", "if f(): y = 1", "with open('x') as f: pass", "a.b = 1"),
    ],
)
def test_what_does_something_is_not(statement: str) -> None:
    assert not is_definition(ast.parse(statement).body[0], {"np", "partial"})


@pytest.mark.sealed
def test_definitions_below_a_failed_import_are_there(runner: KernelRunner) -> None:
    said = stop(runner, "import no_such, math as m1\ndef f1():\n    return m1.pi\n1/0")
    assert said == Stop(
        "import no_such, math as m1", "ModuleNotFoundError: No module named 'no_such'"
    )
    assert value(runner, "f1()").startswith("3.14")


@pytest.mark.sealed
def test_nothing_else_below_the_line_is_run(runner: KernelRunner) -> None:
    stop(
        runner, "ran = []\nraise ValueError\nran.append(1)\nran = [1 for _ in '1']\nx2 = len('ab')"
    )
    assert value(runner, "ran") == "[]"
    assert value(runner, "x2") == "missing"


@pytest.mark.sealed
def test_where_no_answer_is_asked_an_error_of_the_cell_keeps_what_was_there(
    runner: KernelRunner,
) -> None:
    runner.run_cell("old = 1")
    stop(runner, "1/0\nold = 2\nfresh = 2", answer=False)
    assert (value(runner, "old"), value(runner, "fresh")) == ("1", "2")
    stop(runner, "import no_such\nold = 3", answer=False)
    assert value(runner, "old") == "3"


@pytest.mark.sealed
def test_a_function_is_there_without_annotations_that_name_nothing(runner: KernelRunner) -> None:
    said = stop(runner, "def f3(x: Callable) -> Nothing:\n    return x")
    assert said.error == "NameError: name 'Callable' is not defined"
    assert value(runner, "f3(4)") == "4"
    stop(runner, "from no_such import Float\ndef f6(x: Float['n']) -> Float:\n    return x")
    assert value(runner, "f6(6)") == "6"


@pytest.mark.sealed
def test_a_cell_that_is_no_python_says_where(runner: KernelRunner) -> None:
    said = stop(runner, "def f4(:\n    pass")
    assert said == Stop("def f4(:", "SyntaxError: invalid syntax")


@pytest.mark.sealed
@pytest.mark.parametrize(
    "top", ["", "%%time\n", "# mine\n%%capture out\n", "%matplotlib qt\n!ls\n"]
)
def test_of_a_cell_that_was_given_up_the_definitions_are_run(
    runner: KernelRunner, top: str
) -> None:
    runner.run_cell("f5 = ran5 = 0")
    runner.define(f"{top}f5 = lambda: 5\nran5 = print(5)\nwhile True: pass")
    assert (value(runner, "f5()"), value(runner, "ran5")) == ("5", "0")
