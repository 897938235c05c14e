"""`make lab`: the server it starts has the course's settings and nbgrader's extensions."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "only-for-this-test"
START_SECONDS = 60


class Lab:
    """A running `make lab`, asked over HTTP as a browser would."""

    def __init__(self, port: int) -> None:
        self.root = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> tuple[str, str]:
        """The address where redirects end, and what stands there."""
        request = urllib.request.Request(
            self.root + path, headers={"Authorization": f"token {TOKEN}"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.url, answer.read().decode()

    def json(self, path: str) -> Any:
        return json.loads(self.get(path)[1])


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("lab") / "log"
    arguments = f"--no-browser --ip 127.0.0.1 --port {port} --ServerApp.port_retries=0"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    with log.open("w") as out:
        process = subprocess.Popen(
            ["make", "lab", f"LAB_ARGS={arguments} --IdentityProvider.token={TOKEN}"],
            cwd=ROOT,
            env={**environment, "HOME": str(log.parent)},
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield _started(Lab(port), process, log)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def _started(lab: Lab, process: subprocess.Popen[bytes], log: Path) -> Lab:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            lab.json("/api/status")
        except OSError:
            time.sleep(0.2)
        else:
            return lab
    os.killpg(process.pid, signal.SIGTERM)
    pytest.fail(f"make lab did not start:\n{log.read_text()}", pytrace=False)


def test_it_opens_the_first_lesson(lab: Lab) -> None:
    address, _ = lab.get("/")
    assert address.endswith("/lab/tree/notebooks/00_orientation/orientation.ipynb")
    content = lab.json("/api/contents/notebooks/00_orientation/orientation.ipynb?content=0")
    assert content["type"] == "notebook"


def test_it_asks_nobody_for_news(lab: Lab) -> None:
    settings = lab.json("/lab/api/settings/@jupyterlab/apputils-extension:notification")
    defaults = {key: value["default"] for key, value in settings["schema"]["properties"].items()}
    assert defaults["fetchNews"] == "false"
    assert defaults["checkForUpdates"] is False


def test_its_python_is_the_environments(lab: Lab) -> None:
    kernels = lab.json("/api/kernelspecs")
    assert kernels["default"] == "python3"
    assert kernels["kernelspecs"]["python3"]["spec"]["language"] == "python"


def test_formgrader_finds_the_course_and_its_exchange(lab: Lab) -> None:
    _, page = lab.get("/formgrader/manage_assignments")
    assert "warning-exchange" not in page, "the exchange folder is not there"
    assert "alert-danger" not in page
    assert "solutions" in page, "nbgrader_config.py was not read"


def test_nbgraders_menu_has_its_server_side(lab: Lab) -> None:
    assert lab.json("/assignments?course_id=descent")["success"] is True
    assert lab.json("/nbgrader_version?version=0.9.6")["success"] is True
