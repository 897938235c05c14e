"""Processes that have the libraries already, and from which kernels are forked.

To start an interpreter and import NumPy, matplotlib and ipykernel takes most of a second, and torch
another; a fork takes milliseconds, and its memory is shared until someone writes to it. What runs
in such a process, and what it never holds, is in `launcher/warm.py`.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from autograder.sandbox.errors import SealingError
from autograder.sandbox.fonts import font_lists
from autograder.sandbox.policy import Policy
from autograder.sandbox.spec import environment

BOOT = "import sys; sys.path[0] = sys.argv[1]; from launcher.warm import main; main()"
SOCKET, CONFIG, ERRORS = "kernels", "matplotlib", "errors.txt"
WAITING = 128  # kernels that may be asked for at the same time


class WarmParent:
    """A process that waits for connections, and becomes a supervisor and a kernel for each.

    It may be used from other processes of the same user, who know its `folder`. It ends, and
    removes its folder, when the process that started it ends, however that happens.

    torch: whether it has imported torch, too.
    """

    def __init__(self, *, torch: bool) -> None:
        fonts = font_lists()  # may take a while, and whoever is killed in it leaves no folder
        self.folder = Path(tempfile.mkdtemp(prefix="descent-"))  # for this user alone
        config = self.folder / CONFIG
        config.mkdir()
        for name, text in fonts.items():
            (config / name).write_text(text, encoding="utf-8")
        ours, theirs = socket.socketpair()
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs, listener, _short(self.folder) as short:
            listener.bind(f"{short}/{SOCKET}")
            listener.listen(WAITING)
            with (self.folder / ERRORS).open("wb") as errors:
                self._process = _start(self.folder, torch, listener, theirs, errors.fileno())
        self._line = ours  # that it was closed is how the process learns that we have ended

    @property
    def runs(self) -> bool:
        """Whether it can be connected to."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it; what was forked from it ends with it."""
        self._line.close()
        self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)  # if it was killed, it could not


_started: dict[bool, WarmParent] = {}  # of this process, by whether they have torch
_folders: dict[bool, Path] = {}
_starting = threading.Lock()


def warm_up(*, torch: bool) -> Path:
    """Have a warm parent, started now or before; returns its folder at once, before it is ready."""
    with _starting:
        if torch not in _started or not _started[torch].runs:
            if not _started:
                atexit.register(_close_all)
            if torch in _started:
                _started[torch].close()
            _started[torch] = WarmParent(torch=torch)
        return _started[torch].folder


def expect(*, torch: bool) -> None:
    """A kernel will be asked for soon: its warm parent can start while other things are done."""
    if sys.platform == "linux" and torch not in _folders:
        warm_up(torch=torch)


def _close_all() -> None:
    for parent in _started.values():
        parent.close()
    _started.clear()


def adopt(folders: dict[bool, Path]) -> None:
    """Use the warm parents of another process, by whether they have torch, while they last."""
    _folders.update(folders)


def connect(*, torch: bool) -> tuple[socket.socket, Path]:
    """A line to what becomes the supervisor of a new kernel, and a folder that is removed at the
    latest when the warm parent ends. Raises: SealingError."""
    with contextlib.suppress(KeyError, OSError):
        return _connect(_folders[torch]), _folders[torch]
    folder = warm_up(torch=torch)
    try:
        return _connect(folder), folder
    except OSError as error:
        raise ended(torch=torch, error=error) from error


def ended(*, torch: bool, error: Exception) -> SealingError:
    """The error where no supervisor answers: with what the warm parent printed last, if it did."""
    folder = _folders.get(torch) or (_started[torch].folder if torch in _started else None)
    said = _last_line(folder / ERRORS) if folder else ""
    return SealingError(
        f"the process that kernels are forked from has ended ({said or error})",
        "see that the libraries of the course can be imported (make setup)",
    )


def _connect(folder: Path) -> socket.socket:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _short(folder) as short:
            line.connect(f"{short}/{SOCKET}")
    except BaseException:
        line.close()
        raise
    return line


@contextlib.contextmanager
def _short(folder: Path) -> Iterator[str]:
    """A short name of a folder: that of a socket has 107 bytes at most."""
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


def _start(
    folder: Path, torch: bool, listener: socket.socket, line: socket.socket, errors: int
) -> subprocess.Popen[bytes]:
    here = str(Path(__file__).resolve().parent)
    numbers = [str(listener.fileno()), str(line.fileno())]
    settings = {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "MPLCONFIGDIR": str(folder / CONFIG),
        # ipykernel's choice, which comes too late where pyplot was imported first.
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }
    return subprocess.Popen(
        [sys.executable, "-c", BOOT, here, str(folder), str(int(torch)), *numbers],
        pass_fds=[listener.fileno(), line.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        env={**environment(Policy(data=None, torch=torch)), **settings},
        cwd="/",
        start_new_session=True,
    )


def _last_line(path: Path) -> str:
    with contextlib.suppress(OSError):
        lines = path.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""
    return ""
