"""What a learner's code could take from its own kernel during a check, kept for it and put back.

In a sealed kernel such things cost a submission its kernel. Under `%check` the kernel is the one in
which the learner goes on working: exits raise, nobody is asked, nothing is drawn above the card.
"""

from __future__ import annotations

import builtins
import contextlib
import getpass
import math
import os
import pdb
import re
import signal
import sys
import threading
from collections.abc import Callable, MutableMapping
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from autograder.check.threads import end_threads
from autograder.harness import lifeline

if sys.platform == "linux":
    import resource

NOBODY = "nobody is at the keyboard while it is checked"
# The third alarm and timer, of real time, are the clock's own.
ALARMS = ("SIGVTALRM", "SIGPROF")
TIMERS = ("ITIMER_VIRTUAL", "ITIMER_PROF")
_handle = signal.signal


class Ended(SystemExit):
    """A call would have ended the kernel."""


class Belongings:
    """Keeps what is a kernel's own for as long as a block runs.

    Args:
        shell: IPython's, or None.
        names: the learner's namespace; an exit that was imported by name is replaced there.
        memory: how many bytes more the process may have (on Linux): a call into C that would take
            all there is raises MemoryError, where the kernel or the machine would be lost.
    """

    def __init__(
        self, shell: Any, names: MutableMapping[str, Any], memory: float = math.inf
    ) -> None:
        self._shell, self._names, self._memory = shell, names, memory
        self._undo: list[Callable[[], Any]] = []
        self._process = os.getpid()

    def __enter__(self) -> None:
        try:
            self._keep_place()
            self._keep_memory()
            self._keep_signals()
            self._keep_figures()
            self._keep_exits(self._names)
            self._keep_shell(self._shell)
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *raised: Any) -> None:
        """Undo everything, the last first, whatever cannot be undone."""
        if os.getpid() != self._process:  # a child that the code forked, and that came back here
            os.kill(os.getpid(), signal.SIGKILL)
        while self._undo:
            with contextlib.suppress(Exception):
                self._undo.pop()()

    def _replace(self, owner: Any, name: str, value: Any) -> None:
        """Set an attribute; one that the owner had from its class goes when it is put back."""
        own = vars(owner).get(name, self)
        self._undo.append(
            (lambda: delattr(owner, name)) if own is self else (lambda: setattr(owner, name, own))
        )
        setattr(owner, name, value)

    def _keep_place(self) -> None:
        with contextlib.suppress(OSError):  # the folder is gone
            folder = Path.cwd()
            self._undo.append(lambda: os.chdir(folder))
        limit, hook = sys.getrecursionlimit(), sys.displayhook
        self._undo.append(lambda: sys.setrecursionlimit(limit))
        self._undo.append(lambda: setattr(sys, "displayhook", hook))
        threads = set(threading.enumerate())
        self._undo.append(lambda: end_threads(threads))

    def _keep_memory(self) -> None:
        if sys.platform != "linux" or not math.isfinite(self._memory):
            return
        held = re.search(r"VmData:\s+(\d+) kB", Path("/proc/self/status").read_text("utf-8"))
        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = int(self._memory) + 1024 * int(held[1] if held else 0)
        if held and (soft == resource.RLIM_INFINITY or most < soft):
            self._undo.append(partial(resource.setrlimit, resource.RLIMIT_DATA, (soft, hard)))
            resource.setrlimit(resource.RLIMIT_DATA, (most, hard))

    def _keep_signals(self) -> None:
        """Handlers and timers; an alarm that nobody handles would end the process."""
        if threading.current_thread() is not threading.main_thread():
            return
        handlers = {number: signal.getsignal(number) for number in signal.valid_signals()}
        alarms = [getattr(signal, name) for name in ALARMS if hasattr(signal, name)]

        def restore() -> None:
            for number, handler in handlers.items():
                if handler is not None and signal.getsignal(number) is not handler:
                    _handle(number, handler)

        self._undo.append(restore)
        for number in alarms:
            if handlers[number] == signal.SIG_DFL:
                _handle(number, _alarmed)
        for timer in (getattr(signal, name) for name in TIMERS if hasattr(signal, name)):
            self._undo.append(partial(signal.setitimer, timer, *signal.getitimer(timer)))

    def _keep_figures(self) -> None:
        """Figures that the code opens are closed, and what draws them stays the same."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None:
            return
        settings = sys.modules["matplotlib"].rcParams
        known, backend = set(pyplot.get_fignums()), dict.get(settings, "backend")

        def restore() -> None:
            for number in set(pyplot.get_fignums()) - known:
                pyplot.close(number)
            if dict.get(settings, "backend") != backend and isinstance(backend, str):
                pyplot.switch_backend(backend)

        self._undo.append(restore)

    def _keep_exits(self, names: MutableMapping[str, Any]) -> None:
        replaced = lifeline.guards()
        replaced |= {(builtins, "input"): _ask, (getpass, "getpass"): _ask}
        replaced |= {(sys, "breakpointhook"): _go_on, (pdb, "set_trace"): _go_on}
        originals = {id(getattr(*place)): function for place, function in replaced.items()}
        bound = {name: value for name, value in names.items() if id(value) in originals}
        for (module, name), function in replaced.items():
            self._replace(module, name, function)
        self._undo.append(lambda: names.update(bound))
        names.update({name: originals[id(value)] for name, value in bound.items()})

    def _keep_shell(self, shell: Any) -> None:
        """What IPython itself leaves by, and what it displays with."""
        if shell is None:
            return
        from IPython.core.displaypub import CapturingDisplayPublisher

        self._replace(shell, "ask_exit", _leave)
        if getattr(shell, "kernel", None) is not None:
            self._replace(shell.kernel, "do_shutdown", _leave)
        publisher = shell.display_pub
        self._undo.append(lambda: setattr(shell, "display_pub", publisher))
        shell.display_pub = CapturingDisplayPublisher()


def _leave(*args: Any, **kwargs: Any) -> NoReturn:
    raise Ended("it would have ended the kernel")


def _alarmed(*args: Any) -> NoReturn:
    raise Ended("an alarm that nothing handles would have ended the kernel")


def _ask(*args: Any, **kwargs: Any) -> NoReturn:
    raise EOFError(NOBODY)


def _go_on(*args: Any, **kwargs: Any) -> None:
    """A breakpoint: nobody is there to look."""
