"""The two processes above a sealed command: the supervisor outside, and the init of its namespace.

    grader [-> warm parent] -> supervisor -> init (process 1 inside) -> command (process 2 inside)

The supervisor ends the namespace when the grader goes away or says so; the init reaps what the
command leaves behind and ends with it, and the whole namespace with the init.
"""

from __future__ import annotations

import array
import contextlib
import json
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from . import confine, linux, tree
from .owner import OwnerBinds

KEPT_OUTPUT = 4096
LOOK_SECONDS = 0.5

Spec = dict[str, Any]


def main() -> NoReturn:
    """Seal a command that is started anew. The descriptor of the line to the grader is the last
    argument."""
    seal(socket.socket(fileno=int(sys.argv[-1])), _execute)


def seal(control: socket.socket, begin: Callable[[Spec], NoReturn]) -> NoReturn:
    """Read what to do from a line to the grader, and do it.

    begin: what the sealed process does once it is sealed.
    """
    parent = os.getppid()
    os.umask(0o022)  # the new root is for its user to read, whatever the grader's files are
    try:
        _send(control, {"pid": os.getpid()})
        spec = json.loads(_read_line(control))
        as_root = confine.can_become(spec["user"])
        owned = OwnerBinds(spec["user"], tree.sources(spec["entries"])) if as_root else None
        output, write_end = os.pipe()
        confine.enter_namespaces(spec["user"], as_root=as_root)
        init = os.fork()
        if init == 0:
            os.close(output)
            _run_init(spec, control, write_end, owned, begin)
        os.close(write_end)
        if owned is not None:
            owned.close()
        _supervise(init, parent, control, output)
    except Exception as error:
        _report(control, error)
        raise


# --- outside -------------------------------------------------------------------------------------


def _supervise(init: int, parent: int, control: socket.socket, output: int) -> NoReturn:
    """Wait for the end of the namespace; bring it about when asked to, or when the grader ended."""
    ended = os.pidfd_open(init)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(init, signal.SIGKILL))
    signal.signal(signal.SIGINT, lambda *_: os.kill(init, signal.SIGINT))
    kept = b""
    watched = [ended, output, control.fileno()]
    while True:
        ready, _, _ = select.select(watched, [], [], LOOK_SECONDS)
        if output in ready:
            text = os.read(output, 65536)
            kept = (kept + text)[-KEPT_OUTPUT:]
            if not text:
                watched.remove(output)
        if control.fileno() in ready or os.getppid() != parent:
            os.kill(init, signal.SIGKILL)
            break
        if ended in ready:
            break
    _, status = os.waitpid(init, 0)
    code = os.waitstatus_to_exitcode(status)
    with contextlib.suppress(OSError):
        _send(control, {"ended": code, "output": kept.decode(errors="replace")})
    os._exit(code if code >= 0 else 128 - code)


# --- inside --------------------------------------------------------------------------------------


def _run_init(
    spec: Spec,
    control: socket.socket,
    output: int,
    owned: OwnerBinds | None,
    begin: Callable[[Spec], NoReturn],
) -> NoReturn:
    """Seal this process, tell the grader, start the command, and reap until it ends."""
    sockets = _seal(spec, output, owned)
    _send(control, {"ready": True}, [sockets])
    os.close(sockets)
    control.close()
    _reap(_start(spec, begin))


def _seal(spec: Spec, output: int, owned: OwnerBinds | None) -> int:
    """All of it, in the one right order; returns a descriptor of the folder of sockets.

    owned: what root needs to become another user; None where this process stays who it is.
    """
    tree.isolate()
    proc = tree.writable_proc(spec["stage"])
    confine.raise_loopback()
    tree.build(spec["stage"], spec["entries"], owned)
    linux.enter_root(spec["stage"])
    if owned is not None:
        owned.close()
        confine.become(spec["user"], proc)
    tree.require_readable(spec["entries"])
    confine.limit(proc, spec["limits"])
    os.close(proc)
    null = os.open("/dev/null", os.O_RDONLY)
    for source, target in ((null, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.close(null)
    os.close(output)
    sockets = os.open(tree.SOCKETS, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    confine.surrender()
    _require_supervisor()
    return sockets


def _require_supervisor() -> None:
    """Had the supervisor ended before `surrender`, nothing would tell: its end of the pipe does."""
    poll = select.poll()
    poll.register(1, 0)
    if any(event & select.POLLERR for _, event in poll.poll(0)):
        os._exit(1)


def _start(spec: Spec, begin: Callable[[Spec], NoReturn]) -> int:
    command = os.fork()
    if command != 0:
        return command
    try:
        os.setsid()
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        os.umask(0o077)
        os.chdir(spec["cwd"])
        begin(spec)
    except OSError as error:
        os.write(2, f"{spec['argv'][0]}: {error}\n".encode())
    finally:
        os._exit(127)


def _execute(spec: Spec) -> NoReturn:
    os.execve(spec["argv"][0], spec["argv"], spec["env"])


def _reap(command: int) -> NoReturn:
    """Pass interrupts on, bury orphans, and end as the command ends."""
    signal.signal(signal.SIGINT, lambda *_: os.kill(command, signal.SIGINT))
    while True:
        pid, status = os.wait()
        if pid == command:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


# --- the line to the grader ----------------------------------------------------------------------


def _read_line(control: socket.socket) -> str:
    text = b""
    while not text.endswith(b"\n"):
        part = control.recv(65536)
        if not part:
            os._exit(1)  # the grader ended first
        text += part
    return text.decode()


def _send(control: socket.socket, message: dict[str, Any], fds: list[int] | None = None) -> None:
    line = json.dumps(message).encode() + b"\n"
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    control.sendmsg([line], rights)


def _report(control: socket.socket, error: Exception) -> None:
    """Tell the grader which step failed, and how."""
    step = error.step if isinstance(error, linux.Refused) else ""
    code = getattr(error, "errno", None) or 0
    detail = str(error) or type(error).__name__
    if not isinstance(error, OSError | linux.Refused):
        detail += "\n" + traceback.format_exc()
    with contextlib.suppress(OSError):
        _send(control, {"step": step, "errno": code, "detail": detail})
