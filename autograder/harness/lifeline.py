"""The functions of Python that end its process: called for the kernel's own, they raise.

So that a cell which ends its kernel ends there, and nothing else is lost: neither what ran before
it, nor, where a timer or a thread ends it, whatever happens to run then. Children that a cell forks
end as they like. What ends the kernel by another way is found by `grading/execute.py`. The source
of this file is sent into kernels as text (see `guests.py`).
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

KERNEL = os.getpid()
PARENT = os.getppid()
HARMLESS = {
    getattr(signal, name, None) for name in ("SIGCHLD", "SIGCONT", "SIGURG", "SIGWINCH", "SIGINT")
}
ITSELF = ("_exit", "abort", "execv", "execve")


class KernelKept(RuntimeError):
    """A call would have ended the kernel."""


def install(shell: Any) -> None:
    """Put the guards in place, for every thread of this kernel."""
    for (module, name), function in guards().items():
        setattr(module, name, function)


def guards() -> dict[tuple[Any, str], Callable[..., Any]]:
    """What stands in for each function that can end its process, by module and name."""
    ends: dict[tuple[Any, str], Callable[..., bool]] = {
        **{(os, name): _in_kernel for name in ITSELF},
        (os, "kill"): lambda pid, number: _aims_here(pid) and _ends(number),
        (os, "killpg"): lambda group, number: _aims_here(-group) and _ends(number),
        (signal, "raise_signal"): lambda number: _in_kernel() and _ends(number),
        (signal, "pthread_kill"): lambda thread, number: _in_kernel() and _ends(number),
    }
    here = {place: when for place, when in ends.items() if hasattr(*place)}  # Windows lacks some
    return {place: _guard(*place, when) for place, when in here.items()}


def _guard(module: Any, name: str, ends_the_kernel: Callable[..., bool]) -> Callable[..., Any]:
    original = getattr(module, name)

    def guarded(*args: Any, **kwargs: Any) -> Any:
        if ends_the_kernel(*args, **kwargs):
            raise KernelKept(
                f"{module.__name__}.{name} would end the kernel, so it does nothing here"
            )
        return original(*args, **kwargs)

    guarded.__name__ = guarded.__qualname__ = name
    guarded.__doc__ = original.__doc__
    return guarded


def _in_kernel(*args: Any, **kwargs: Any) -> bool:
    """Whether this is the kernel and no child of it; not once whoever started it has gone: then
    ipykernel itself ends what would be left over."""
    return os.getpid() == KERNEL and os.getppid() == PARENT


def _aims_here(pid: Any) -> bool:
    return pid in (KERNEL, -KERNEL, -1, 1) or (pid == 0 and os.getpgrp() == os.getpgid(KERNEL))


def _ends(number: Any) -> bool:
    """Whether a signal would end or stop a process that has not asked to handle it."""
    if number == 0 or number in HARMLESS:
        return False
    return signal.getsignal(number) == signal.SIG_DFL
