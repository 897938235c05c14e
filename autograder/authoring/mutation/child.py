"""A process for each trial: it may loop, allocate, write or crash, and costs only itself."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import resource
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

LIMITS = (
    (resource.RLIMIT_DATA, 3 << 30),
    (resource.RLIMIT_FSIZE, 256 << 20),
    (resource.RLIMIT_CORE, 0),
)
Work = Callable[[Connection], None]


def in_child(work: Work, seconds: float) -> list[Any]:
    """What `work` sent out of a forked copy of this process before it ended, or had to.

    Args:
        seconds: of wall time, after which it is killed; a backstop for what only waits.
    """
    folder = Path(tempfile.mkdtemp(prefix="descent-mutant-"))
    reader, writer = Pipe(duplex=False)
    child = os.fork()
    if child == 0:
        _work_and_exit(work, writer, folder)
    writer.close()
    try:
        return _received(reader, time.monotonic() + seconds)
    finally:
        _end(child)
        reader.close()
        shutil.rmtree(folder, ignore_errors=True)


def limit_cpu(seconds: float) -> None:
    """End this process once it has used so much more CPU time: no code of ours has to run for it,
    so a loop in C ends as well."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _work_and_exit(work: Work, writer: Connection, folder: Path) -> NoReturn:
    """Nothing of the parent's may run in its copy: no handler, no flush, no exit hook."""
    try:
        _confine(folder)
        work(writer)
    finally:
        os._exit(0)


def _confine(folder: Path) -> None:
    """Bounds on memory and files; what is written without a path, or to a temporary one, goes to
    `folder`."""
    os.setsid()
    os.chdir(folder)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    faulthandler.disable()
    for what, limit in LIMITS:
        highest = resource.getrlimit(what)[1]
        bound = limit if highest == resource.RLIM_INFINITY else min(limit, highest)
        resource.setrlimit(what, (bound, bound))
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)


def _received(reader: Connection, deadline: float) -> list[Any]:
    messages: list[Any] = []
    with contextlib.suppress(EOFError):
        while reader.poll(max(0.0, deadline - time.monotonic())):
            messages.append(reader.recv())
    return messages


def _end(child: int) -> None:
    for kill in (os.killpg, os.kill):  # the group too: it may have started others
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
