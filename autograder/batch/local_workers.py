"""Worker processes of this machine, which Ctrl-C and their owner's death leave in a known state."""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import multiprocessing.context
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.batch.interrupts import held
from autograder.batch.workers import WorkerEnded

STOP = signal.SIGUSR1
STOP_SECONDS = 10.0  # for what cannot be stopped
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class LocalWorkers:
    """Processes that are started for a batch, and that end with it.

    number: how many; by default as many as there are cores.
    prepare: called in each of them first.
    imports: modules that all of them need; where workers are forked, they find them imported.
    """

    number: int | None = None
    prepare: Callable[[], None] | None = None
    imports: tuple[str, ...] = ()
    survive = False  # where one ends, the pool is broken

    @property
    def at_once(self) -> int:
        """One more than they are, so that none waits for us."""
        return self._number + (self._number > 1)

    @property
    def _number(self) -> int:
        return self.number or os.cpu_count() or 1

    def alone(self) -> LocalWorkers:
        """One process."""
        return replace(self, number=1)

    @contextmanager
    def executor(self) -> Iterator[Executor]:
        """A pool that is waited for; but where its user is stopped, it is stopped, too."""
        compute_with_one_thread()
        pool = ProcessPoolExecutor(self._number, self._context(), _prepare, (self.prepare,))
        try:
            yield pool
        except BaseException:
            _stop_all(pool)
            raise
        pool.shutdown()

    def _context(self) -> multiprocessing.context.BaseContext:
        """Fork them, which takes a second less of each, where a fork is no matter of luck."""
        if _may_fork():
            for name in self.imports:
                importlib.import_module(name)
        return multiprocessing.get_context("fork" if _may_fork() else "spawn")

    def submit(self, executor: Executor, who: str, work: Callable[[], bytes]) -> Future[bytes]:
        """Hand over a task, for which a process may have to be started."""
        with held(STOP):  # until `_prepare`, it would print a traceback, or die
            return executor.submit(_unless_stopped, work)

    def answer(self, future: Future[bytes]) -> bytes:
        """What a task came to."""
        try:
            return future.result()
        except BrokenExecutor as error:
            raise WorkerEnded from error


class Stopped(BaseException):
    """The batch was: raised where a worker is at work."""


class _Here:
    """Of a worker: whether it is at work, and whether the batch was stopped."""

    works = stopped = False


def _unless_stopped(work: Callable[[], bytes]) -> bytes:
    """Work, in a worker."""
    if _Here.stopped:
        raise Stopped
    _Here.works = True
    try:
        return work()
    finally:
        _Here.works = False


def _stop(*_: object) -> None:
    _Here.stopped = True
    if _Here.works:
        raise Stopped


def _stop_all(pool: ProcessPoolExecutor) -> None:
    """End a pool soon. Its workers are told to, and not terminated: of one that ends while it sends
    a result, Python would wait for the rest of that for ever."""
    workers = multiprocessing.active_children()
    for worker in workers:
        if worker.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(worker.pid, STOP)

    def kill() -> None:
        for worker in workers:
            worker.kill()

    late = threading.Timer(STOP_SECONDS, kill)
    late.daemon = True
    late.start()
    pool.shutdown(cancel_futures=True)
    late.cancel()


def compute_with_one_thread() -> None:
    """Tell libraries that are not imported yet: several processes share the cores already, and a
    process that has imported them can be forked."""
    for name in THREADS:
        os.environ.setdefault(name, "1")


def _may_fork() -> bool:
    """Whether this process has one thread: what another one holds, nobody in a forked process lets
    go. (And macOS has libraries that a forked process may not use.)"""
    return sys.platform == "linux" and len([*Path("/proc/self/task").iterdir()]) == 1


def _prepare(further: Callable[[], None] | None) -> None:
    """Leave Ctrl-C, which every process of a terminal gets, to the one that waits, and end with it.

    By a function: what is ignored would be ignored by the kernels, too.
    """
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(STOP, _stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, STOP})
    gc.freeze()  # what was imported stays, and need not be looked through
    threading.Thread(target=_end_with_the_batch, daemon=True).start()
    if further is not None:
        further()


def _end_with_the_batch() -> None:
    """A worker whose batch was killed would wait for its next task for good."""
    whose = multiprocessing.parent_process()
    if whose is not None:
        whose.join()
        os._exit(1)
