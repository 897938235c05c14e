"""A copy of the course, and `make lab` in it: nothing in the repository is written."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "only-for-this-test"
START_SECONDS = 120
FILES = ("Makefile", "nbgrader_config.py", "pyproject.toml", "requirements.lock")
FOLDERS = ("data", "etc", "notebooks", "solutions")
# The environment is the one that runs the tests; what `make` would install into it is there.
READY = (
    ".venv/.stamp",
    ".venv/etc/ipython/ipython_config.py",
    ".venv/share/jupyter/lab/settings/overrides.json",
)


def copy_course(to: Path) -> Path:
    """What `make lab` needs of the repository, and a link to the environment."""
    to.mkdir()
    for name in FILES:
        shutil.copy2(ROOT / name, to / name)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    (to / ".venv").symlink_to(sys.prefix, target_is_directory=True)
    return to


@contextmanager
def make_lab(course: Path, home: Path, target: str = "lab") -> Iterator[str]:
    """`make lab`, or `make teach`, on a free port, for as long as the block lasts; its address.

    `home` stands in for the user's folder: settings and workspaces of whoever runs the tests are
    neither used nor changed.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = (
        f"--no-browser --ip 127.0.0.1 --port {port} --ServerApp.port_retries=0 "
        f"--IdentityProvider.token={TOKEN} --LabApp.expose_app_in_browser=True"
    )
    # Not what calls this make; not the tests' own backend, which draws nothing in a notebook.
    ours = ("MAKE", "MFLAGS", "JUPYTER", "MPLBACKEND")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    environment = {**kept, "HOME": str(home), "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces")}
    log = home / "lab.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            ["make", *(f"--old-file={path}" for path in READY), target, f"LAB_ARGS={arguments}"],
            cwd=course,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process, log)
        yield address
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/api/status?token={TOKEN}", timeout=20).close()
        except OSError:
            time.sleep(0.3)
        else:
            return
    pytest.fail(f"it did not start:\n{log.read_text()}", pytrace=False)
