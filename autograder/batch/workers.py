"""Worker processes, which Ctrl-C and one another's deaths leave in a known state."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
LOOK_SECONDS = 0.5
ENDED = "the process that worked on it was ended from outside"


def in_workers(
    function: Callable[[Task], Result],
    tasks: dict[str, Task],
    workers: int | None,
    prepare: Callable[[], None] | None = None,
) -> Iterator[tuple[str, Result | None]]:
    """What the function makes of each task, as they come; None where its process was ended.

    `prepare` is called in each process first.

    A process that is ended takes with it what the others do. So whoever may be the cause works
    again, alone.
    """
    for name in THREADS:
        os.environ.setdefault(name, "1")
    broken: list[str] = []
    with _pool(workers, prepare) as pool:
        for who, future in _as_completed(pool, function, tasks, tasks):
            try:
                yield who, future.result()
            except BrokenExecutor:
                broken.append(who)
    for who in broken:
        with _pool(1, prepare) as pool:
            for _, future in _as_completed(pool, function, tasks, [who]):
                yield who, _result(future)


def _result(future: Future[Result]) -> Result | None:
    try:
        return future.result()
    except BrokenExecutor:
        return None


def _as_completed(
    pool: ProcessPoolExecutor,
    function: Callable[[Task], Result],
    tasks: dict[str, Task],
    chosen: Iterable[str],
) -> Iterator[tuple[str, Future[Result]]]:
    # Held back while processes start: until `_prepare`, Ctrl-C would have each print a traceback.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        futures = {_submit(pool, function, tasks[who]): who for who in chosen}
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    for future in as_completed(futures):
        yield futures[future], future


def _submit(
    pool: ProcessPoolExecutor, function: Callable[[Task], Result], task: Task
) -> Future[Result]:
    """The future of a task; to a pool that has broken meanwhile it is one that broke, too."""
    try:
        return pool.submit(function, task)
    except BrokenExecutor as error:
        future: Future[Result] = Future()
        future.set_exception(error)
        return future


@contextmanager
def _pool(workers: int | None, prepare: Callable[[], None] | None) -> Iterator[ProcessPoolExecutor]:
    """A pool that is waited for; but where its user is stopped, it is stopped, too."""
    pool = ProcessPoolExecutor(
        workers or os.cpu_count(), multiprocessing.get_context("spawn"), _prepare, (prepare,)
    )
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    pool.shutdown()


def _prepare(further: Callable[[], None] | None) -> None:
    """Leave Ctrl-C, which every process of a terminal gets, to the one that waits, and end with it.

    By a function: what is ignored would be ignored by the kernels, too.
    """
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    if further is not None:
        further()


def _end_with(parent: int) -> None:
    """A worker whose owner was killed would wait for its next task for good."""
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os._exit(1)
