"""Ctrl-C, which Python raises wherever it is: in the middle of what cannot be left half done, and
in callbacks, of which it only prints that they raised."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held(*further: signal.Signals) -> Iterator[None]:
    """Have Ctrl-C, and further signals, come before or behind a block of code, and not in it.

    A process that is started in it begins with them held.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, *further})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
