"""`%bring` in a real kernel, as JupyterLab starts it: what the front end is told to show."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import KernelManager

from autograder.course.course import Course
from autograder.course.notebooks import to_bytes

from .test_magic import FIRST, MORE, RIGHT, TINY, WRONG, write

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60


@pytest.fixture
def kernel(
    course: Course, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """A function that runs a cell, and gives what it printed and the text that it asks to show."""
    profile = tmp_path / "ipython" / "profile_default"
    config = (ROOT / "etc" / "ipython" / "ipython_config.py").read_text("utf-8")
    (profile / "ipython_config.py").write_text(config)
    folder = course.work / MORE
    folder.mkdir(parents=True)
    (folder / "more.ipynb").write_bytes(to_bytes(course.lesson(MORE).release()))
    manager = KernelManager(transport="ipc", ip=str(tmp_path_factory.mktemp("kernel") / "socket"))
    paths = {"IPYTHONDIR": str(tmp_path / "ipython"), "PYTHONPATH": str(ROOT)}
    manager.start_kernel(cwd=str(folder), env={**os.environ, **paths})
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=SECONDS)

    def run(source: str) -> tuple[str, list[str]]:
        said: list[str] = []

        def take(message: dict[str, Any]) -> None:
            assert message["msg_type"] != "error", message["content"]
            if message["msg_type"] == "stream":
                said.append(message["content"]["text"])

        reply = client.execute_interactive(source, timeout=SECONDS, output_hook=take)
        payload = reply["content"]["payload"]
        assert all(p["source"] == "set_next_input" and p["replace"] for p in payload)
        return "".join(said).strip(), [p["text"] for p in payload]

    try:
        yield run
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_the_front_end_is_told_what_to_show(course: Course, kernel: Any) -> None:
    [given] = [c.source for c in course.lesson(MORE).release().cells if c.id == "bring_Counter"]
    write(course, Counter=WRONG)
    said, shown = kernel(f"{given}\n%bring")
    assert "not right yet (2 of 4 points)" in said
    assert shown == []
    assert kernel("print(Counter(5).count)")[0] == "0"

    write(course, Counter=RIGHT)
    said, shown = kernel(given.replace("\n", "\n%bring\n", 1))
    assert said.startswith(f"Brought `Counter` from work/{TINY}/tiny.ipynb")
    assert shown == [f"{FIRST}\n{RIGHT}"]
    assert kernel("print(Counter(5).count)")[0] == "5"

    _, shown = kernel("%bring Counter 90\nprint(Counter(6).count)")
    assert shown == [f"{FIRST}\n{RIGHT}\nprint(Counter(6).count)"]
