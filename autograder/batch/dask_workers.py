"""The workers of a cluster, by way of the scheduler that `dask.distributed` has there.

They are nobody's children: they were there before the batch and are there afterwards, each with a
warm parent of its own, and a task that was begun there is ended, though nobody waits for it.
"""

from __future__ import annotations

import asyncio
import logging
import pickle
import secrets
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.batch.workers import WorkerEnded
from autograder.course.course import CourseError
from autograder.handins import shown

if TYPE_CHECKING:
    from distributed import Client

NOT_INSTALLED = (
    "--scheduler needs dask.distributed, which is not installed ({error}): "
    "make dask, or pip install 'descent[dask]'"
)
LOST = (
    "the scheduler at {address} has gone, or has dropped the work; "
    "what was graded is kept, and the same command goes on from there"
)
NO_ENGINE = (
    "a worker of {address} cannot grade ({error}): "
    "start the workers with the Python of this course's environment"
)
CONNECT_SECONDS = 10
LARGE = "1GB"  # a notebook full of pictures is no reason for advice on array programming
LOGGERS = ("distributed", "distributed.client", "tornado.application")


@dataclass(frozen=True)
class DaskWorkers:
    """Those that a scheduler has, or gets while the batch runs.

    address: `tcp://host:8786`, say, or a scheduler's file.
    label: of the batch, in the names of its tasks.
    at_once: so many that a cluster which grows with its work sees it, and not so many that the
        scheduler, which holds what was handed in, runs out of memory.
    """

    address: str
    label: str = ""
    at_once: int = 1000
    survive = True

    def alone(self) -> DaskWorkers:
        """One task at a time."""
        return DaskWorkers(self.address, self.label, 1)

    @contextmanager
    def executor(self) -> Iterator[Executor]:
        """Connect to the scheduler.

        Raises:
            CourseError: dask is not installed, or no scheduler answers.
        """
        client = self._connect()
        try:
            yield _ClientExecutor(client)
        finally:
            client.close()  # and what still waits for a worker is dropped

    def submit(self, executor: Executor, who: str, work: Callable[[], bytes]) -> Future[bytes]:
        """Hand over a task, of a name that says whose it is. It is a new one even if the same was
        asked before: dask would take one task of the same name for the other."""
        import dask

        # The names are of one group, `grade`: of a group, a worker is given what it has threads
        # for and one more; else it would take all that waits for it along when it ends.
        name = f"grade-{self.label}/{shown(who)}-{secrets.token_hex(4)}"
        settings: dict[str, Any] = {"key": name}
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": LARGE}):
            return executor.submit(_opener(), pickle.dumps(work), **settings)

    def answer(self, future: Future[bytes]) -> bytes:
        """What a task came to.

        Raises:
            WorkerEnded: several workers have ended that had it.
            CourseError: the scheduler is gone, or its workers have no engine.
        """
        from distributed import KilledWorker

        try:
            return future.result()
        except KilledWorker as error:
            raise WorkerEnded from error
        except CancelledError as error:
            raise CourseError(LOST.format(address=self.address)) from error
        except (ImportError, AttributeError) as error:
            raise CourseError(NO_ENGINE.format(address=self.address, error=error)) from error

    def _connect(self) -> Client:
        try:
            from distributed import Client
        except ImportError as error:
            raise CourseError(NOT_INSTALLED.format(error=error)) from error
        for name in LOGGERS:  # what it tells of lost connections is raised, and said once
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        a_file = Path(self.address).is_file()
        where = {"scheduler_file" if a_file else "address": self.address}
        try:
            client = Client(
                **where, timeout=CONNECT_SECONDS, set_as_default=False, name="autograder"
            )
        except (OSError, ValueError) as error:
            raise CourseError(f"no scheduler answers at {self.address}: {error}") from error
        self._advise(client)
        return client

    def _advise(self, client: Client) -> None:
        """Say what an instructor would wait for, or wonder about."""
        if self.at_once == 1:
            return  # it was said
        workers = client.scheduler_info(n_workers=-1)["workers"].values()
        if not workers:
            _say(f"{self.address} has no workers yet; waiting for them")
        threads = max((worker["nthreads"] for worker in workers), default=1)
        if threads > 1:
            _say(
                f"workers of {self.address} have {threads} threads, and grading uses one of them; "
                "better are more workers: dask worker --nthreads 1 --nworkers ..."
            )


class _ClientExecutor(Executor):
    """A client's tasks as futures that end, whatever becomes of the task.

    Those of dask's own executor do not where a result was lost before it was fetched, with the
    worker that had it, and the task came to nothing the second time.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def submit(self, fn: Callable[..., Any], /, *args: Any, **settings: Any) -> Future[Any]:
        """Hand over a task; the settings are those of `Client.submit`."""
        task = self._client.submit(fn, *args, pure=False, retries=0, **settings)

        async def result() -> Any:
            return await task

        return asyncio.run_coroutine_threadsafe(result(), self._client.loop.asyncio_loop)


def _say(line: str) -> None:
    print(f"autograder: {line}", file=sys.stderr)


def _opener() -> Callable[[bytes], bytes]:
    """A function that travels by value, and does what it is given.

    The scheduler looks into each task, and may have no engine: that, only the workers need.
    """

    def grade(work: bytes) -> bytes:
        import pickle

        answer: bytes = pickle.loads(work)()
        return answer

    return grade
