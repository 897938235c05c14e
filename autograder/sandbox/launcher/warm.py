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
import os
import select
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import NoReturn

from . import forked
from .main import seal

GRADER = "autograder"
EDITABLE = "__editable___descent_"
EVERYWHERE = (
    "numpy",
    "matplotlib.pyplot",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "IPython.core.completer",
    "IPython.core.magics",
    "IPython.core.pylabtools",
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
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        sys.exit(f"importing the libraries started {threads - 1} threads")
    imported = {
        name: value
        for name, value in os.environ.items()
        if name not in before and folder not in value  # a path of ours is none of a kernel's
    }
    gc.collect()
    gc.freeze()  # a collection in a child would write to every page
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for supervisors
    with contextlib.closing(socket.socket(fileno=int(listening))) as listener:
        _serve(listener, int(line), imported)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _serve(listener: socket.socket, line: int, imported: dict[str, str]) -> None:
    """Fork for every connection, until the process that started this one has ended."""
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    poll.register(line, 0)  # only the end of it is of interest
    while True:
        ready = {descriptor for descriptor, _ in poll.poll()}
        if line in ready:
            return
        control, _ = listener.accept()
        if os.fork() == 0:
            try:
                os.close(line)
                listener.close()
                _supervise(control, imported)
            finally:
                os._exit(1)
        control.close()


def _supervise(control: socket.socket, imported: dict[str, str]) -> NoReturn:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
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
    for hooks in (sys.meta_path, sys.path_hooks):
        hooks[:] = [hook for hook in hooks if not _module(hook).startswith(EDITABLE)]
    for name in [name for name in sys.modules if name.startswith(EDITABLE)]:
        del sys.modules[name]
    sys.path[:] = [
        path
        for path in sys.path
        if not path.startswith("__editable__.") and not (Path(path) / GRADER / "sandbox").is_dir()
    ]
    sys.path_importer_cache.clear()


def _module(hook: object) -> str:
    return str(getattr(hook, "__module__", ""))
