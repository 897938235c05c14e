"""The process that kernels are forked from: it has imported what they need, and done nothing else.

It is started by its own command, as a kernel is, in the environment of one, and has never read a
solution, a hidden file, a seed, a key or a submission: what a kernel is to be arrives over a
connection that only its supervisor reads. It has one thread, or a fork would be a matter of luck.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import inspect
import os
import select
import shutil
import signal
import socket
import sys
import time
from pathlib import Path
from typing import NoReturn

from . import forked
from .main import seal

GRADER = "autograder"
REMOVE_SECONDS = 5.0
EDITABLE = "__editable___descent_"
# All but `matplotlib_inline`: what it does when it is imported, it has to do in a kernel's shell.
EVERYWHERE = (
    "numpy",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    *(f"PIL.{kind}ImagePlugin" for kind in ("Bmp", "Gif", "Jpeg", "Png", "Ppm")),
    "PIL.features",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.magics",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "tornado.platform.asyncio",
    # What a traceback is written with.
    "stack_data.serializing",
    "executing.executing",
    "pygments.formatters.terminal256",
    "pygments.styles.default",
)
WITH_TORCH = (
    "torch",
    "torch._dynamo",  # the first optimizer of a process imports it, which takes a second
    "torch.utils.data",
)


def main() -> NoReturn:
    """Import, wait, fork. Arguments: our folder, whether to have torch, two descriptors."""
    folder, torch, listening, line = sys.argv[-4:]
    sys.path.pop(0)  # where this package was found
    _forget_the_grader()
    before = dict(os.environ)
    _import([*EVERYWHERE, *(WITH_TORCH if torch == "1" else ())])
    inspect.getmodule(sys._getframe())  # finds out which module has which file, for tracebacks
    threads = len(list(Path("/proc/self/task").iterdir()))
    if threads != 1:
        sys.exit(f"importing the libraries started {threads - 1} threads")
    imported = {
        name: value
        for name, value in os.environ.items()
        if name not in before and folder not in value  # a path of ours is none of a kernel's
    }
    gc.collect()
    gc.freeze()  # a collection in a child would write to every page
    with contextlib.closing(socket.socket(fileno=int(listening))) as listener:
        _serve(listener, int(line), imported)
    _remove(folder)
    os._exit(0)


def _remove(folder: str) -> None:
    """All of it, though workers of an owner that was killed may put something there meanwhile."""
    end = time.monotonic() + REMOVE_SECONDS
    while os.path.lexists(folder) and time.monotonic() < end:
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.01)


def _serve(listener: socket.socket, line: int, imported: dict[str, str]) -> None:
    """Fork for every connection, until the process that started this one has ended."""
    ended, woken = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    poll = select.poll()
    for descriptor, event in (
        (listener.fileno(), select.POLLIN),
        (ended, select.POLLIN),
        (line, 0),
    ):
        poll.register(descriptor, event)  # of the line, only its end is of interest
    while True:
        ready = {descriptor for descriptor, _ in poll.poll()}
        if ended in ready:
            _bury(ended)
        if line in ready:
            return
        if listener.fileno() not in ready:
            continue
        control, _ = listener.accept()
        if os.fork() == 0:
            try:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for descriptor in (ended, woken, line):
                    os.close(descriptor)
                listener.close()
                _supervise(control, imported)
            finally:
                os._exit(1)
        control.close()


def _bury(ended: int) -> None:
    """Wait for the children that have ended; what they took counts as taken by this process."""
    with contextlib.suppress(BlockingIOError):
        while os.read(ended, 4096):
            pass
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _supervise(control: socket.socket, imported: dict[str, str]) -> NoReturn:
    os.setsid()
    seal(control, functools.partial(forked.begin, imported=imported))


def _import(names: list[str]) -> None:
    for name in names:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or not name.startswith(error.name):
                raise  # what is there is broken; what is not there, no submission can use


def _forget_the_grader() -> None:
    """An editable install puts its finder into every interpreter; kernels do not see its files."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if _is_a_kernels(finder)]
    sys.path_hooks[:] = [hook for hook in sys.path_hooks if _is_a_kernels(hook)]
    for name in [name for name in sys.modules if name.startswith(EDITABLE)]:
        del sys.modules[name]
    sys.path[:] = [
        path
        for path in sys.path
        if not path.startswith("__editable__.") and not (Path(path) / GRADER / "sandbox").is_dir()
    ]
    sys.path_importer_cache.clear()


def _is_a_kernels(hook: object) -> bool:
    return not str(getattr(hook, "__module__", "")).startswith(EDITABLE)
