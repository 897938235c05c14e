"""A sealed process tree, as the grader holds it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from autograder.sandbox.errors import not_linux, refusal
from autograder.sandbox.policy import Policy
from autograder.sandbox.spec import order
from autograder.sandbox.warm import connect, ended

START_SECONDS = 60.0
END_SECONDS = 10.0
LAST_WORDS_SECONDS = 1.0
MESSAGE_BYTES = 1 << 16
KILLED = 128 + signal.SIGKILL
BOOT = "import sys; sys.path.append(sys.argv[1]); from launcher.main import main; main()"


class NoAnswer(Exception):
    """Whoever should seal a process did not say how that went."""


class SealedProcess:
    """A command in namespaces of its own; see `launcher/main.py` for what runs there.

    pid: the supervisor's. Everything sealed descends from it, and it outlives all of that.
    sockets: a descriptor of the folder of the kernel's sockets, which is no folder of the host.
    output: the end of what the command printed, once it has ended.
    """

    def __init__(
        self, policy: Policy, argv: list[str], connection: str = "", *, warm: bool = False
    ) -> None:
        """Start it; returns when it is sealed.

        connection: the text of a kernel's connection file.
        warm: fork a kernel from a process that has its libraries already, see `warm.py`. `argv` is
            then the command line that the kernel is to have.

        Raises:
            SealingError: this machine cannot seal it.
        """
        if sys.platform != "linux":
            raise not_linux()
        self.pid = self.sockets = self._process = -1
        self.output = ""
        self._status: int | None = None
        self._reading = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        beside = None
        if warm:
            self._control, beside = connect(torch=policy.torch)
        else:
            self._control, self._child = _launch()
        with _stage(beside) as stage:
            try:
                self._begin(json.dumps(order(policy, Path(stage), argv, connection)) + "\n")
            except NoAnswer as error:
                self.close()
                why = ended(torch=policy.torch, error=error) if warm else refusal("", 0, str(error))
                raise why from error
            except BaseException:
                self.close()
                raise

    def poll(self) -> int | None:
        """The exit status, None while it runs."""
        return self._look(0.0)

    def wait(self, seconds: float | None = None) -> int:
        """Wait for the end. Raises: subprocess.TimeoutExpired."""
        status = self._look(seconds)
        if status is None:
            raise subprocess.TimeoutExpired("a sealed process", seconds or 0.0)
        return status

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

    def close(self) -> None:
        """Kill it, and let go of its sockets. May be called again."""
        if self._process >= 0:
            self.kill()
            os.close(self._process)
            self._process = -1
        elif self._child is not None and self._status is None:
            self._child.kill()
            self._status = self._child.wait()
        self._control.close()
        if self.sockets >= 0:
            os.close(self.sockets)
            self.sockets = -1

    def _signal(self, number: signal.Signals) -> None:
        """By a descriptor: who is no child of ours could have passed on its number meanwhile."""
        if self._process >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, number)

    def _look(self, seconds: float | None) -> int | None:
        """The exit status, if the supervisor has ended or does so within some time."""
        if self._status is None and self._process >= 0:
            poll = select.poll()  # `select.select` refuses the thousandth descriptor
            poll.register(self._process, select.POLLIN)
            if poll.poll(None if seconds is None else 1000 * seconds):
                self._bury()
        return self._status

    def _bury(self) -> None:
        with self._reading:  # the watcher's thread comes here, too
            if self._status is not None:
                return
            if self._child is not None:
                self._child.wait()
            else:
                _until_buried(self._process)
            last = _last_words(self._control)
            self.output = str(last.get("output", ""))
            ended = int(last.get("ended", -signal.SIGKILL))
            self._status = ended if ended >= 0 else 128 - ended

    def _begin(self, text: str) -> None:
        """Send the order, and wait until the process is sealed. Raises: SealingError, NoAnswer."""
        try:
            self._control.settimeout(START_SECONDS)
            said = _line(self._control)
            self.pid = int(said["pid"])
            self._process = os.pidfd_open(self.pid)
            self._control.sendall(text.encode())
            answer = self._answer()
        except (OSError, ValueError, KeyError) as error:
            raise NoAnswer(f"no answer: {error}") from error
        if not answer.get("ready") or self.sockets < 0:
            detail = str(answer.get("detail", "it ended without a word"))
            raise refusal(str(answer.get("step", "")), int(answer.get("errno", 0)), detail)

    def _answer(self) -> dict[str, Any]:
        line, fds, _, _ = socket.recv_fds(self._control, MESSAGE_BYTES, 1)
        if fds:
            self.sockets = fds[0]
            os.set_inheritable(self.sockets, False)
        answer: dict[str, Any] = json.loads(line.splitlines()[0]) if line else {}
        return answer


def _stage(beside: Path | None) -> tempfile.TemporaryDirectory[str]:
    """Only the place where the new root is put together: it moves away from there.

    In a warm parent's folder, which that one removes: a worker whose grader was killed ends at
    once, and removes nothing.
    """
    with contextlib.suppress(FileNotFoundError):  # it has just ended, which is said later
        return tempfile.TemporaryDirectory(prefix="stage-", dir=beside)
    return tempfile.TemporaryDirectory(prefix="descent-")


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


def _line(control: socket.socket) -> dict[str, Any]:
    """One line of the supervisor's, and nothing of what comes behind it."""
    line = b""
    while not line.endswith(b"\n"):
        part = control.recv(1)
        if not part:
            raise ValueError("it ended without a word")
        line += part
    said: dict[str, Any] = json.loads(line)
    return said


def _until_buried(process: int) -> None:
    """Wait a moment for a warm parent to take note of its child's end."""
    end = time.monotonic() + LAST_WORDS_SECONDS
    with contextlib.suppress(ProcessLookupError):
        while time.monotonic() < end:
            signal.pidfd_send_signal(process, 0)
            time.sleep(0.001)


def _last_words(control: socket.socket) -> dict[str, Any]:
    """What a supervisor that has ended said last."""
    with contextlib.suppress(OSError, ValueError):
        control.settimeout(LAST_WORDS_SECONDS)
        lines = control.recv(MESSAGE_BYTES).splitlines()
        words: dict[str, Any] = json.loads(lines[-1]) if lines else {}
        return words
    return {}
