"""Watches the memory and the processes of a kernel, and ends it when they are too much."""

from __future__ import annotations

import threading
from collections.abc import Callable

from autograder.sandbox.policy import GIB, Limits
from autograder.sandbox.processes import proportional_bytes, usage

LOOK_SECONDS = 0.2


class Watcher:
    """A thread that looks at a process tree five times a second.

    death: why the tree was killed, or None.
    """

    def __init__(self, root: int, limits: Limits, kill: Callable[[], None]) -> None:
        self.death: str | None = None
        self._root = root
        self._limits = limits
        self._kill = kill
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="kernel watcher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread. Nothing is killed after this returns."""
        self._over.set()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            self.death = self._too_much()
            if self.death is not None:
                self._kill()
                return

    def _too_much(self) -> str | None:
        """What there is too much of, if there is."""
        most, now = self._limits.resident_bytes, usage(self._root)
        # RLIMIT_NPROC comes first, but not for root of the host in a namespace of its own. The
        # supervisor and the init are no part of what is limited.
        if now.processes > self._limits.processes + 2:
            return f"processes, more than {self._limits.processes}"
        # The sum counts pages that processes share once for each, so it is only a first look.
        if now.resident_bytes > most and proportional_bytes(self._root) > most:
            return f"memory, more than {most / GIB:.3g} GB"
        return None
