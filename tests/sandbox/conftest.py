"""Kernels to look around in: code runs inside, and what it calls `answer` comes back."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.sandbox import Policy, SealedKernel

SECRET = "DESCENT_TEST_SECRET"
Ask = Callable[..., Any]


def ask(kernel: SealedKernel, code: str, timeout: float = 30.0) -> Any:
    """Run code, which finds os and socket imported, in a kernel; what it gives to `answer`."""
    printed: list[str] = []
    errors: list[str] = []

    def take(message: dict[str, Any]) -> None:
        content = message["content"]
        if message["msg_type"] == "stream" and content["name"] == "stdout":
            printed.append(content["text"])
        if message["msg_type"] == "error":
            errors.append(f"{content['ename']}: {content['evalue']}")

    code = f"import os, socket\nanswer = None\n{code}\nprint('answer:', repr(answer))"
    kernel.client.execute_interactive(
        code, allow_stdin=False, timeout=timeout, output_hook=take, stop_on_error=False
    )
    assert not errors, errors
    return ast.literal_eval("".join(printed).rpartition("answer:")[2].strip())


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder with data, and things beside it that nobody may see."""
    course = tmp_path_factory.mktemp("course")
    for name in ("data", "solutions", "submitted"):
        (course / name).mkdir()
        (course / name / "file.txt").write_text(name)
    course.joinpath("gradebook.db").write_text("marks")
    return course / "data"


@pytest.fixture(scope="session", params=["warm", "cold"])
def shared(data_folder: Path, request: pytest.FixtureRequest) -> Iterator[SealedKernel]:
    """One sealed kernel for all tests that only look: a forked one, and one that was started."""
    warm = request.param == "warm"
    os.environ[SECRET] = "hunter2"
    try:
        with SealedKernel(Policy(data=data_folder, torch=False), warm=warm) as kernel:
            yield kernel
    finally:
        del os.environ[SECRET]


@pytest.fixture
def inside(shared: SealedKernel) -> Ask:
    """Run code in the shared kernel; see `ask`."""
    return lambda code: ask(shared, code)


@pytest.fixture(params=["warm", "cold"])
def own(request: pytest.FixtureRequest) -> Iterator[SealedKernel]:
    """A sealed kernel that the test may break."""
    with SealedKernel(Policy(data=None, torch=False), warm=request.param == "warm") as kernel:
        yield kernel


@pytest.fixture(scope="session")
def run() -> Ask:
    """`ask`, for kernels of the test's own."""
    return ask
