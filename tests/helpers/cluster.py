"""A cluster of this machine: a scheduler that has no engine, as one in a container, and workers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATH = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
WITHOUT = "import sys; sys.modules.update(autograder=None, tests=None); "
SCHEDULER = f"{WITHOUT}from distributed.cli.dask_scheduler import main; main()"
BARE_WORKER = f"{WITHOUT}from distributed.cli.dask_worker import main; main()"


class Cluster:
    """address: of the scheduler."""

    def __init__(self, folder, **settings):
        self._folder, self._file = folder, folder / "scheduler.json"
        self._settings = {**os.environ, "PYTHONPATH": PATH, **settings}
        arguments = ["--scheduler-file", str(self._file), "--port", "0"]
        self.scheduler = self._start(["-c", SCHEDULER, *arguments])
        self._workers = []

    def _start(self, arguments):
        usual = ["--host", "127.0.0.1", "--no-dashboard"]
        with (self._folder / "log.txt").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments, *usual],
                env=self._settings,
                stderr=log,
                cwd=self._folder,
            )

    def add_workers(self, number, threads=1, bare=False):
        """Start them, each with a nanny that replaces it when it ends; bare ones have neither that
        nor an engine."""
        command = ["-m", "distributed.cli.dask_worker"]
        if bare:
            command = ["-c", BARE_WORKER, "--no-nanny"]
        arguments = ["--nthreads", str(threads), "--local-directory", str(self._folder)]
        for _ in range(number):
            place = ["--scheduler-file", str(self._file)]
            self._workers.append(self._start([*command, *place, *arguments]))
        with self.client() as client:
            client.wait_for_workers(len(self._workers), timeout=60)

    @contextmanager
    def client(self):
        """One of our own, to look and to meddle with."""
        from distributed import Client

        while not self._file.exists():
            assert self.scheduler.poll() is None, (self._folder / "log.txt").read_text()
            time.sleep(0.05)
        with Client(scheduler_file=str(self._file), set_as_default=False) as client:
            yield client

    @property
    def address(self):
        with self.client() as client:
            return client.scheduler.address

    def processes(self):
        """The workers' ids, without their nannies'."""
        with self.client() as client:
            return list(client.run(os.getpid).values())

    def close(self):
        """The workers first: without a scheduler they would look for it."""
        for processes in (self._workers, [self.scheduler]):
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(timeout=30)


@contextmanager
def cluster(folder, workers=2, threads=1, bare=False, **settings):
    """A scheduler and workers, which end with the block."""
    made = Cluster(folder, **settings)
    try:
        made.add_workers(workers, threads, bare)
        yield made
    finally:
        made.close()
