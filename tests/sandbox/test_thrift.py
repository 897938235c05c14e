"""What a kernel at which nobody sits leaves out changes nothing of what comes out of a cell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from autograder.course.course import Course
from autograder.harness import kernel as driver
from autograder.harness.kernel import ExecutionResult, KernelRunner
from autograder.harness.thrift import _look_before_tokens, _name_of_a_cell
from autograder.sandbox import Limits, Policy, SealedKernel

COURSE = Course.find()
FOR_IPYTHON = [
    "%time x = 1",
    "x = 1\n  %time y = 2",
    "if x:\n    !ls\n",
    "x = !ls",
    "a = b = %time 1",
    "x = \\\n  %time 1",
    "x =\t%time 1",
    "f?",
    "x = 1\nnp.array??",
    "?f",
    "/f 1 2",
    ",f a b",
    ";f a b",
    "x = 1; %time y",
    "f(a=\n!ls\n)",
    "%%time\nx = 1",
    "!!ls",
    ">>> x = 1\n>>> %time x",
    "In [1]: x = !ls",
]
PYTHON = [
    "x % 2 == 0\ny != 3",
    "print('100 %', \"!\")",
    "x %= 3\nx /= 2",
    "a = [1,\n  2\n]",
    "def f(x):\n    return x / 2",
    "y = x\\\n/ 2",
    "z = f(a, # which?\n b)",
    "'''\n%time\n'''",
    "",
    "\n\n  x = 1",
]


def thrifty() -> TransformerManager:
    """IPython's transformers, as kernels have them."""
    manager = TransformerManager()
    _look_before_tokens(manager)
    return manager


@pytest.mark.parametrize("source", [*FOR_IPYTHON, *PYTHON])
def test_a_cell_becomes_what_it_becomes_in_ipython(source: str) -> None:
    assert thrifty().transform_cell(source) == TransformerManager().transform_cell(source)


@pytest.mark.parametrize("lesson_id", COURSE.lesson_ids())
def test_so_does_every_cell_of_the_course(lesson_id: str) -> None:
    ours, theirs = thrifty(), TransformerManager()
    sources = [c.source for c in COURSE.lesson(lesson_id).cells if c.cell_type == "code"]
    assert sources
    for source in sources:
        assert ours.transform_cell(source) == theirs.transform_cell(source)


def test_a_transformer_of_the_learners_own_is_asked() -> None:
    class Shout:
        """Finds and changes nothing, but was asked."""

        asked = 0

        @classmethod
        def find(cls, tokens: Any) -> None:
            cls.asked += 1

    manager = thrifty()
    manager.token_transformers.append(Shout)
    manager.transform_cell("x = 1")
    assert Shout.asked


def test_cells_have_names_of_their_own_that_say_what_they_are() -> None:
    names = {_name_of_a_cell(source, source, 0) for source in ("x = 1", "x = 2", "x = '\ud800'")}
    assert len(names) == 3
    assert all("ipykernel_" in name for name in names)


@pytest.fixture(scope="module")
def runner() -> Iterator[KernelRunner]:
    """A sealed kernel."""
    with SealedKernel(Policy(data=None, torch=False)) as kernel:
        yield KernelRunner(kernel, Limits())


def text(ran: ExecutionResult) -> str:
    """What a cell printed, displayed and raised."""
    return "".join(
        output.get("text", "")
        + output.get("data", {}).get("text/plain", "")
        + "\n".join(output.get("traceback", []))
        for output in ran.outputs
    )


@pytest.mark.sealed
def test_the_same_text_may_mean_something_else_the_next_time(runner: KernelRunner) -> None:
    assert "/work" in text(runner.run_cell("pwd"))  # a magic, where there is no such name
    runner.run_cell("pwd = 'a name'")
    assert text(runner.run_cell("pwd")) == "'a name'"


@pytest.mark.sealed
def test_a_cell_may_await(runner: KernelRunner) -> None:
    source = "import asyncio\nawait asyncio.sleep(0)\nprint('awaited')"
    assert text(runner.run_cell(source)) == "awaited\n"
    source = "async def f():\n    yield 7\n[x async for x in f()]"
    assert text(runner.run_cell(source)) == "[7]"


@pytest.mark.sealed
def test_a_traceback_shows_the_line_and_the_cell(runner: KernelRunner) -> None:
    runner.run_cell("def third_part(x):\n    return x / 0  # here")
    said = text(runner.run_cell("third_part(1)"))
    assert "# here" in said
    assert "Cell" in said
    assert "line 2" in said


@pytest.mark.sealed
def test_all_that_was_printed_is_there_when_the_cell_has_ended(runner: KernelRunner) -> None:
    for number in range(100):
        assert text(runner.run_cell(f"print({number}); {number}")) == f"{number}\n{number}"


@pytest.mark.sealed
def test_only_the_end_of_a_request_is_told(
    runner: KernelRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, receive = [], driver.receive

    def listening(client: Any) -> Any:
        message = receive(client)
        told.append(message and (message["msg_type"], message["content"]))
        return message

    monkeypatch.setattr(driver, "receive", listening)
    runner.run_cell("x = 1")
    assert [one for one in told if one] == [("status", {"execution_state": "idle"})]
