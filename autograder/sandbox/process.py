"""A sealed process tree, as the grader holds it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from autograder.sandbox.errors import not_linux, refusal
from autograder.sandbox.policy import Policy
from autograder.sandbox.spec import order

START_SECONDS = 60.0
END_SECONDS = 10.0
MESSAGE_BYTES = 1 << 16
BOOT = "import sys; sys.path.append(sys.argv[1]); from launcher.main import main; main()"


class SealedProcess:
    """A command in namespaces of its own; see `launcher/main.py` for what runs there.

    pid: the supervisor's. Everything sealed descends from it, and it outlives all of that.
    sockets: a descriptor of the folder of the kernel's sockets, which is no folder of the host.
    """

    def __init__(self, policy: Policy, argv: list[str], connection: str = "") -> None:
        if sys.platform != "linux":
            raise not_linux()
        self.sockets = -1
        self.output = ""
        # Only the place where the new root is put together: it moves away from there.
        with tempfile.TemporaryDirectory(prefix="descent-") as stage:
            text = json.dumps(order(policy, Path(stage), argv, connection)) + "\n"
            self._control, self._supervisor = _launch()
            self.pid = self._supervisor.pid
            try:
                self._begin(text)
            except BaseException:
                self.close()
                raise

    def poll(self) -> int | None:
        """The exit status, None while it runs."""
        return self._supervisor.poll()

    def interrupt(self) -> None:
        """Send SIGINT to the command."""
        self._signal(signal.SIGINT)

    def kill(self) -> None:
        """End the whole namespace, at once; returns when nothing of it is left."""
        self._signal(signal.SIGTERM)
        try:
            self.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)  # and the namespace's init dies with it
            self.wait(END_SECONDS)

    def wait(self, seconds: float | None = None) -> int:
        """Wait for the end. Raises: subprocess.TimeoutExpired."""
        status = self._supervisor.wait(seconds)
        if not self.output:
            with contextlib.suppress(OSError, ValueError):
                self._control.settimeout(1.0)
                self.output = str(_last(self._control).get("output", ""))
        return status

    def close(self) -> None:
        """Kill it, and let go of its sockets. May be called again."""
        self.kill()
        self._control.close()
        if self.sockets >= 0:
            os.close(self.sockets)
            self.sockets = -1

    def _signal(self, number: signal.Signals) -> None:
        if self._supervisor.poll() is None:
            self._supervisor.send_signal(number)

    def _begin(self, text: str) -> None:
        """Send the order, and wait until the process is sealed. Raises: SealingError."""
        try:
            self._control.settimeout(START_SECONDS)
            self._control.sendall(text.encode())
            line, fds, _, _ = socket.recv_fds(self._control, MESSAGE_BYTES, 1)
        except OSError as error:
            raise refusal("", 0, f"no answer: {error}") from error
        if fds:
            self.sockets = fds[0]
            os.set_inheritable(self.sockets, False)
        answer: dict[str, Any] = json.loads(line.splitlines()[0]) if line else {}
        if not answer.get("ready") or not fds:
            detail = str(answer.get("detail", "it ended without a word"))
            raise refusal(str(answer.get("step", "")), int(answer.get("errno", 0)), detail)


def _launch() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    ours, theirs = socket.socketpair()
    with theirs:
        folder = str(Path(__file__).resolve().parent)
        supervisor = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", BOOT, folder, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
    return ours, supervisor


def _last(control: socket.socket) -> dict[str, Any]:
    """The supervisor's last words."""
    lines = control.recv(MESSAGE_BYTES).splitlines()
    words: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    return words
