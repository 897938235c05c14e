"""The shell of a kernel at which nobody sits.

What asks for a person, a screen, a network or another package does nothing here: it says so once,
and the cell goes on, so that an answer which stands beneath it is still defined. The source of this
file is sent into kernels as text (see `guests.py`). Nothing that it does is relied on by the judge.
"""

from __future__ import annotations

import ast
import contextlib
import os
import pdb
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import IPython
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core import debugger
from IPython.utils.text import LSString, SList

SHELL_SECONDS = 10.0
SHELL_CHARACTERS = 20_000
STOPPED = 124  # what timeout(1) makes of a command that it ends

# A command that would install something, wherever it stands in the line.
INSTALLS = re.compile(
    r"(?:^|[;&|(]|\bsudo\s)\s*(?:\S*python[\d.]*\s+-m\s+)?(?:\S*/)?"
    r"(?:pip[\d.]*|pipx|uv|conda|mamba|micromamba|poetry|apt|apt-get|brew|npm)(?:\s|$)"
)

NOBODY = "nobody is at the keyboard while this is graded"
NOTHING = ("check", "hint", "solution", "progress", "work", "bring")
NO_PERSON = ("debug", "pdb", "edit", "gui", "qtconsole", "reset", "reset_selective", "autosave")
INSTALLERS = ("pip", "conda", "mamba", "micromamba", "uv")
PLAIN = ("time", "prun", "debug")  # cell magics that only look on while their cell runs
DRAWN_INLINE = ("matplotlib", "pylab")

_said: set[str] = set()
_streams: dict[str, Any] = {}  # the kernel's own


def say_once(sentence: str) -> None:
    """Print a sentence, unless this kernel has said it."""
    if sentence not in _said:
        _said.add(sentence)
        print(sentence)


Base: Any = ZMQInteractiveShell


class UnattendedShell(Base):  # type: ignore[misc]
    """An IPython shell that never waits, never leaves, and goes on behind a line that fails."""

    def set_parent(self, parent: Any) -> None:
        """What happens first of all when something is to be run."""
        _keep_streams()
        super().set_parent(parent)

    def ask_exit(self) -> None:
        """What `exit` and `quit` call."""
        say_once("exit() and quit() do nothing here: the whole notebook is graded.")

    def _update_exit_now(self, change: Any) -> None:
        """Nothing: here the kernel would stop its loop."""

    def system(self, cmd: str) -> None:
        """A line that begins with `!`."""
        status, text = run_command(self.var_expand(cmd, depth=1))
        self.user_ns["_exit_code"] = status
        if text:
            print(text, end="" if text.endswith("\n") else "\n")

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """The value of a line that begins with `!`, as in `files = !ls`."""
        status, text = run_command(self.var_expand(cmd, depth=depth + 1))
        self.user_ns["_exit_code"] = status
        return SList(text.splitlines()) if split else LSString(text)

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        """A line that begins with `%`: where it fails, it says so, and the cell goes on."""
        try:
            return super().run_line_magic(magic_name, line, _stack_depth + 1)
        except Exception as error:  # noqa: BLE001 (a magic may raise anything)
            print(f"%{magic_name} does nothing here: {error}")
            return None

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        """A cell that begins with `%%`; under a magic that is not there, it runs as it is."""
        unknown = self._find_with_lazy_load("cell", magic_name) is None
        if magic_name in PLAIN or (unknown and self._is_python(cell)):
            if unknown:
                say_once(f"%%{magic_name} does nothing here: its cell runs without it.")
            self.run_cell(cell, store_history=False)
            return None
        return super().run_cell_magic(magic_name, line, cell)

    def _is_python(self, cell: str) -> bool:
        try:
            ast.parse(self.transform_cell(cell))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
        return True


def install(shell: Any) -> None:
    """Make a running kernel's shell one at which nobody sits."""
    shell.__class__ = UnattendedShell
    shell.kernel.do_shutdown = _keep_running
    _install_magics(shell)
    sys.breakpointhook = _no_debugger
    for module in (pdb, debugger):
        module.__dict__["set_trace"] = _no_debugger
    IPython.__dict__["embed"] = _no_debugger  # its own module takes long to import
    for name in ("stdout", "stderr"):
        _streams[name] = getattr(sys, name)
        _streams[name].close = _stay_open
        _streams[name].flush = _flush_what_there_is(_streams[name])
    shell.events.register("post_execute", _keep_streams)


def run_command(command: str) -> tuple[int, str]:
    """Exit status and output of a command in /bin/sh or bash, without a terminal or an input."""
    if INSTALLS.search(command):
        _refuse_to_install()
        return 1, ""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            ["bash" if Path("/bin/bash").exists() else "sh", "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            status = process.wait(SHELL_SECONDS)
        except subprocess.TimeoutExpired:
            status = STOPPED
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        output.seek(0)
        text = output.read(SHELL_CHARACTERS).decode(errors="replace")
    if status == STOPPED:
        text += f"(stopped after {SHELL_SECONDS:g} seconds)\n"
    return status, text


def _install_magics(shell: Any) -> None:
    def register(name: str, kind: str, function: Callable[..., Any]) -> None:
        shell.register_magic_function(function, kind, name)

    for name in NOTHING:
        register(name, "line_cell", lambda *args: None)
    for name in NO_PERSON:
        register(name, "line", _refusal(f"%{name} does nothing here: {NOBODY}."))
    for name in INSTALLERS:
        register(name, "line", _refuse_to_install)
    for name in DRAWN_INLINE:
        magic = shell.find_line_magic(name)
        register(name, "line", lambda line="", magic=magic: magic("inline"))


def _refuse_to_install(line: str = "") -> None:
    say_once("Nothing can be installed here: you have the packages that are already there.")


def _refusal(sentence: str) -> Callable[..., None]:
    return lambda *args: say_once(sentence)


def _keep_running(restart: bool = False) -> dict[str, Any]:
    say_once("A cell can't shut down its kernel here: the whole notebook is graded.")
    return {"status": "ok", "restart": restart}


def _no_debugger(*args: Any, **kwargs: Any) -> None:
    say_once(f"A breakpoint does nothing here: {NOBODY}.")


def _stay_open() -> None:
    """A kernel whose own stdout or stderr is closed cannot say what came out of it."""


def _flush_what_there_is(stream: Any) -> Callable[[], None]:
    """A flush for which there is something: both streams are flushed five times for each request,
    and another thread is waited for each time. What was written is pending until that thread has it
    in hand."""
    flush = stream.flush

    def flush_pending() -> None:
        if stream._flush_pending:
            flush()

    return flush_pending


def _keep_streams() -> None:
    """Put the kernel's own stream back where a cell left one that cannot be written to, or none:
    ipykernel would run nothing more."""
    for name, own in _streams.items():
        try:
            stream = getattr(sys, name)
            if stream is own:
                continue
            stream.write("")
            stream.flush()
        except Exception:  # noqa: BLE001 (a stream of a learner's may raise anything)
            setattr(sys, name, own)
