"""Watches the memory of a kernel, and ends it when that grows too large."""

from __future__ import annotations

import threading
from collections.abc import Callable

from autograder.sandbox.policy import GIB
from autograder.sandbox.processes import proportional_bytes, usage

LOOK_SECONDS = 0.2


class Watcher:
    """A thread that looks at a process tree five times a second.

    death: why the tree was killed, or None.
    """

    def __init__(self, root: int, resident_bytes: int, kill: Callable[[], None]) -> None:
        self.death: str | None = None
        self._root = root
        self._limit = resident_bytes
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
            if self._too_large():
                self.death = f"memory, more than {self._limit / GIB:.3g} GB"
                self._kill()
                return

    def _too_large(self) -> bool:
        # The sum counts pages that processes share once for each, so it is only a first look.
        if usage(self._root).resident_bytes <= self._limit:
            return False
        return proportional_bytes(self._root) > self._limit
