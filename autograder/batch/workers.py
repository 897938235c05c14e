"""The one seam for work: tasks go in, answers come out as they are found, wherever they are found.

Workers are an executor of `concurrent.futures`: processes of this machine (`local_workers.py`), or
those of a cluster (`dask_workers.py`). What is the same for all of them is here: each task has one
answer, and nobody is blamed for what a neighbour did to the worker that both had.
"""

from __future__ import annotations

import pickle
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Protocol, TypeVar

from autograder.batch.interrupts import held

Work = TypeVar("Work")
Result = TypeVar("Result")
ENDED = "the process that worked on it was ended from outside"


@dataclass(frozen=True)
class Lost:
    """Why a task has no result."""

    reason: str


class WorkerEnded(Exception):
    """The worker that had a task was ended, by the task or by something else."""


class Workers(Protocol):
    """Where tasks are worked on."""

    @property
    def at_once(self) -> int:
        """How many tasks they are given before one is answered."""

    @property
    def survive(self) -> bool:
        """Whether the others go on where one of them ended."""

    def executor(self) -> AbstractContextManager[Executor]:
        """Begin to work. At its end all is answered or, where its user was stopped, stopped."""

    def submit(self, executor: Executor, who: str, work: Callable[[], bytes]) -> Future[bytes]:
        """Hand over a task. Raises: BrokenExecutor: these workers take none any more."""

    def answer(self, future: Future[bytes]) -> bytes:
        """What a task that is done came to. Raises: WorkerEnded."""

    def alone(self) -> Workers:
        """The same, one task at a time."""


def in_workers(
    function: Callable[[Work], Result], tasks: Mapping[str, Work], workers: Workers
) -> Generator[tuple[str, Result | Lost], None, None]:
    """What the function makes of each task, once for each, as they come.

    A worker that is ended takes with it what else it was given. So whoever may be the cause works
    again, alone; who ends a worker then has done it.
    """
    suspects: list[str] = []
    for who, answer in _in_turn(function, tasks, tasks, workers):
        if answer is None:
            suspects.append(who)
        else:
            yield who, answer
    for suspect in suspects:
        for who, answer in _in_turn(function, tasks, [suspect], workers.alone()):
            yield who, Lost(ENDED) if answer is None else answer


def _in_turn(
    function: Callable[[Work], Result],
    tasks: Mapping[str, Work],
    names: Iterable[str],
    workers: Workers,
) -> Iterator[tuple[str, Result | Lost | None]]:
    """The answers, and None for whoever had a worker that ended; where that ended all of them,
    those who had none yet get new ones."""
    waiting = deque(names)
    while waiting:
        with workers.executor() as executor:
            yield from _until_they_end(function, tasks, waiting, workers, executor)


def _until_they_end(
    function: Callable[[Work], Result],
    tasks: Mapping[str, Work],
    waiting: deque[str],
    workers: Workers,
    executor: Executor,
) -> Iterator[tuple[str, Result | Lost | None]]:
    given: dict[Future[bytes], str] = {}
    done: SimpleQueue[Future[bytes]] = SimpleQueue()
    takes_more = True
    while given or (waiting and takes_more):
        while waiting and takes_more and len(given) < workers.at_once:
            work = Attempt(pickle.dumps((function, tasks[waiting[0]])))
            try:
                future = workers.submit(executor, waiting[0], work)
            except BrokenExecutor:
                takes_more = False
                break
            given[future] = waiting.popleft()
            future.add_done_callback(done.put)
        if not given:
            return
        future = done.get()
        try:
            with held():  # garbage is collected in it, whose callbacks would swallow Ctrl-C
                answer: Any = pickle.loads(workers.answer(future))
        except WorkerEnded:
            answer, takes_more = None, workers.survive and takes_more
        yield given.pop(future), answer


_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Attempt:
    """A function and what it is called with, pickled; called, it is the answer, pickled.

    Whatever the function raises is an answer, too: as an exception, some would be lost on the way
    (those whose class cannot be called with its own arguments), and some would end a worker. And
    it has its process for itself, though a worker may have several threads: grading changes what
    a process has one of, such as warnings and generators.
    """

    work: bytes

    def __call__(self) -> bytes:
        """Do it."""
        try:
            with _one_at_a_time:
                function, task = pickle.loads(self.work)
                return pickle.dumps(function(task))
        except BaseException as error:  # noqa: BLE001 (SystemExit would end the process)
            said = f"the grader failed on it: {type(error).__name__}: {error}"
            return pickle.dumps(Lost(said.rstrip(": ")))
