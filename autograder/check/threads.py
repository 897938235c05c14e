"""Exceptions in other threads of this process, and the end of those that a cell has started."""

from __future__ import annotations

import ctypes
import sys
import threading

from autograder.harness import guest


def end_threads(known: set[threading.Thread]) -> None:
    """End the threads that a cell's code started since, as far as they can be ended."""
    frames = sys._current_frames()
    for thread in set(threading.enumerate()) - known:
        frame = frames.get(thread.ident or 0)
        while frame is not None and not guest.is_a_cell(frame.f_code.co_filename):
            frame = frame.f_back
        if frame is not None and thread.ident is not None:
            raise_in(thread.ident, SystemExit)


def raise_in(thread: int, error: type[BaseException]) -> None:
    """Have a thread raise an exception as soon as it runs Python."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))
