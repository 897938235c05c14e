"""Runs a function as several ranks at once: in threads, or in processes that gloo connects."""

import contextlib
import faulthandler
import os
import pickle
import select
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch._C._distributed_c10d import FileStore

from .team import Apart, Team, in_threads
from .worlds import own_worlds

Job = Callable[[int], Any]
# Until it is said that a process hangs: a machine may be busy with many others.
GLOO_SECONDS, ALL_SECONDS, CLOSING_SECONDS = 15.0, 20.0, 10.0
# A process that has used a graphics card, or on whose behalf torch has looked for one in a backward
# pass, cannot be forked into one that does so.
FORKS = sys.platform == "linux"


class Died(RuntimeError):
    """A process ended without a result."""


def together(job: Job, size: int) -> tuple[list[Any], list[int]]:
    """The results of all ranks, run in threads, and how many numbers each brought to reductions.

    Raises:
        What a rank raised: rather a cause than what followed from it.
    """
    if FORKS and torch.cuda.is_available():
        (said,) = forked(1, lambda _: outcome_in_threads(job, size))
    else:
        said = outcome_in_threads(job, size)
    if isinstance(said, Exception):
        raise said
    results, sent = said
    raise_first(results)
    return results, sent


def outcome_in_threads(job: Job, size: int) -> Any:
    team = Team(size)
    with own_worlds(team) as worlds:
        return in_threads(job, team, worlds.enter), team.sent


def apart(job: Job, size: int) -> list[Any]:
    """The results of all ranks, run in processes; where there is no fork, in threads."""
    if not FORKS or torch.cuda.is_available():
        return together(job, size)[0]
    with tempfile.TemporaryDirectory() as folder:
        results = forked(size, lambda rank: with_gloo(job, rank, size, folder))
    raise_first(results)
    return results


def raise_first(results: list[Any]) -> None:
    raised = [one for one in results if isinstance(one, Exception)]
    followed = ("gloo/transport", "onnect", "imed out", "still waiting")
    raised.sort(key=lambda e: isinstance(e, Apart) or any(said in str(e) for said in followed))
    if raised:
        raise raised[0]


def with_gloo(job: Job, rank: int, size: int, folder: str) -> Any:
    os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    dist.init_process_group(
        "gloo",
        store=FileStore(f"{folder}/meeting", size),
        rank=rank,
        world_size=size,
        timeout=timedelta(seconds=GLOO_SECONDS),
    )
    return job(rank)


def forked(size: int, job: Job) -> list[Any]:
    """`job(rank)` in a process for each rank: results, or exceptions. None is left when it ends."""
    children: dict[int, tuple[int, int]] = {}  # by what is read from: process, rank
    said: dict[int, bytes] = {}
    open_ones = set[int]()
    try:
        for rank in range(size):
            reads, writes = os.pipe()
            process = os.fork()
            if process == 0:
                child(job, rank, writes)
            os.close(writes)
            children[reads] = process, rank
            open_ones.add(reads)
        listen(children, said, open_ones)
    finally:
        codes = [ended(process, reads not in open_ones) for reads, (process, _) in children.items()]
        for reads in children:
            os.close(reads)
    return [understood(said.get(rank, b""), rank, codes[rank]) for rank in range(size)]


def child(job: Job, rank: int, writes: int) -> None:
    """What a forked process does, and all that it does."""
    try:
        torch.set_num_threads(1)
        faulthandler.disable()  # an abort of gloo's is told by the parent
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):  # gloo's own last words
            os.dup2(nowhere, stream)
        try:
            result = job(rank)
        except Exception as error:  # noqa: BLE001 (an exception is an observation)
            result = portable(error)
        left = memoryview(pickle.dumps(result))
        while left:
            left = left[os.write(writes, left) :]
    finally:
        os._exit(0)


def portable(error: Exception) -> Exception:
    """An exception that another process can read."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001 (a learner's class may do anything)
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def listen(
    children: dict[int, tuple[int, int]], said: dict[int, bytes], open_ones: set[int]
) -> None:
    """Read until all have ended; once one has died, the others have a moment left."""
    end = time.monotonic() + ALL_SECONDS
    while open_ones and (left := end - time.monotonic()) > 0:
        for reads in select.select(list(open_ones), [], [], left)[0]:
            rank, part = children[reads][1], os.read(reads, 1 << 16)
            said[rank] = said.get(rank, b"") + part
            if not part:
                open_ones.discard(reads)
                if not said[rank]:
                    end = min(end, time.monotonic() + 0.5)


def ended(process: int, closing: bool) -> int:
    """The exit status of a process, negative for a signal. One that is not closing is ended."""
    end = time.monotonic() + (CLOSING_SECONDS if closing else 0.0)
    with contextlib.suppress(ChildProcessError):
        while True:
            done, status = os.waitpid(process, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() >= end:
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)
                return 1
            time.sleep(0.001)
    return 1


def understood(said: bytes, rank: int, code: int) -> Any:
    try:
        return pickle.loads(said)
    except Exception:  # noqa: BLE001 (half a message, or none)
        if code < 0:
            return Died(f"rank {rank} died: {signal.Signals(-code).name}")
        return Died(f"rank {rank} was still waiting when the time was up")
