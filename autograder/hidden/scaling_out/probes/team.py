"""Runs a function as several ranks at once, in threads of this process, one at a time.

Each rank has random state of its own, and after each meeting the highest rank goes first: what
depends on chance in a real run comes out the same here, every time. A rank that would wait for
ever gets an error, at once.
"""

import contextlib
import random
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch._C._distributed_c10d import HashStore
from torch.distributed import distributed_c10d

from .group import ThreadGroup

PATIENCE = 0.5  # seconds until a rank goes on out of turn: another may wait for a file of its
PARTS = "pg_map pg_names pg_group_ranks pg_backend_config tags_to_pg pg_to_tag pg_coalesce_state"


class Apart(RuntimeError):
    """Ranks wait for each other in different places, or for one that has gone."""


class Abandoned(BaseException):
    """Nobody waits for this team any more."""


class Worlds:
    """What torch knows of process groups, for each thread its own."""

    def __init__(self) -> None:
        object.__setattr__(self, "own", threading.local())
        object.__setattr__(self, "store", HashStore())

    def enter(self, group: ThreadGroup, ranks: int) -> None:
        names = self.own.__dict__
        names.update({part: {} for part in PARTS.split()})
        names.update(default_pg=group, group_count=1, comms=[])
        names["pg_map"][group] = ("gloo", self.store)
        names["pg_names"][group] = "team"
        names["pg_group_ranks"][group] = {rank: rank for rank in range(ranks)}
        names["pg_backend_config"][group] = "cpu:gloo"
        names["pg_to_tag"][group] = "team"
        names["tags_to_pg"]["team"] = [group]

    def __getattr__(self, name: str) -> Any:
        if name not in self.own.__dict__:
            raise ValueError("Default process group has not been initialized")
        return self.own.__dict__[name]

    def __setattr__(self, name: str, value: Any) -> None:
        self.own.__dict__[name] = value


def random_state() -> Any:
    return torch.get_rng_state(), np.random.get_state(), random.getstate()  # noqa: NPY002


def set_random_state(state: Any) -> None:
    torch.set_rng_state(state[0])
    np.random.set_state(state[1])  # noqa: NPY002
    random.setstate(state[2])


class Team:
    """Ranks, and where each of them is."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.sent = [0] * size  # numbers that went into reductions
        self._changed = threading.Condition()
        self._turn = size - 1
        self._waiting: dict[int, tuple[str, Any, Callable[[Any], None]]] = {}
        self._passed: set[int] = set()
        self._failed: dict[int, str] = {}
        self._gone: set[int] = set()
        self._posted: dict[tuple[int, int, int], list[Any]] = {}
        self._fetching: dict[int, tuple[int, int, int]] = {}
        self._abandoned = False
        self._states: dict[int, Any] = {}

    def note(self, rank: int, numbers: int) -> None:
        """So many numbers are about to be reduced."""
        self.sent[rank] += numbers

    def meet(self, rank: int, kind: str, data: Any, act: Callable[[Any], None]) -> None:
        """Wait until all ranks are here; the last one acts for all.

        Raises:
            Apart: another rank is somewhere else, or gone.
        """
        self._states[rank] = random_state()
        with self._changed:
            self._waiting[rank] = (kind, data, act)
            if len(self._waiting) == self.size:
                self._all_are_here()
            self._go_on()
            self._wait(lambda: rank in self._passed or rank in self._failed)
            self._passed.discard(rank)
            if rank in self._failed:
                raise Apart(self._failed.pop(rank))
            self._wait_for_turn(rank)
        set_random_state(self._states[rank])

    def post(self, source: int, to: int, tag: int, value: Any) -> None:
        """Leave a tensor for another rank."""
        with self._changed:
            self._posted.setdefault((source, to, tag), []).append(value)
            self._changed.notify_all()

    def fetch(self, source: int, to: int, tag: int) -> Any:
        """What another rank has left, once it has."""
        self._states[to] = random_state()
        with self._changed:
            self._fetching[to] = (source, to, tag)
            self._go_on()
            here = self._posted.setdefault((source, to, tag), [])
            self._wait(lambda: here or to in self._failed)
            self._fetching.pop(to, None)
            if not here:
                raise Apart(self._failed.pop(to))
            self._wait_for_turn(to)
            value = here.pop(0)
        set_random_state(self._states[to])
        return value

    def _all_are_here(self) -> None:
        kinds = {rank: kind for rank, (kind, _, _) in sorted(self._waiting.items())}
        if len(set(kinds.values())) > 1:
            self._fail("; ".join(f"rank {rank} is in {kind}" for rank, kind in kinds.items()))
            return
        arrived = [self._waiting[rank][1] for rank in range(self.size)]
        try:
            self._waiting[0][2](arrived)
        except (RuntimeError, ValueError, TypeError, IndexError) as error:
            self._fail(f"{kinds[0]}: {error}")
            return
        self._passed |= set(self._waiting)
        self._waiting.clear()

    def _fail(self, why: str) -> None:
        for rank in [*self._waiting, *self._fetching]:
            self._failed[rank] = why
        self._waiting.clear()

    def _go_on(self) -> None:
        """Give the turn to the highest rank that can go on; where none can, all that wait fail."""
        stuck = {r for r, key in self._fetching.items() if not self._posted.get(key)}
        held = (set(self._waiting) | stuck | self._gone) - self._failed.keys()
        able = [rank for rank in range(self.size) if rank not in held]
        if not able and (self._waiting or stuck):
            places = [f"rank {r} waits in {kind}" for r, (kind, _, _) in self._waiting.items()]
            places += [f"rank {r} waits to receive" for r in stuck]
            places += [f"rank {r} has left" for r in self._gone]
            self._fail("; ".join(sorted(places)))
            able = [rank for rank in range(self.size) if rank not in self._gone]
        self._turn = max(able, default=-1)
        self._changed.notify_all()

    def _wait(self, ready: Callable[[], Any]) -> None:
        while not self._changed.wait_for(lambda: ready() or self._abandoned, timeout=1.0):
            continue
        if self._abandoned:
            raise Abandoned

    def _wait_for_turn(self, rank: int) -> None:
        self._changed.wait_for(lambda: self._turn == rank or self._abandoned, timeout=PATIENCE)

    def leave(self, rank: int) -> None:
        """A rank has come to its end."""
        with self._changed:
            self._gone.add(rank)
            self._waiting.pop(rank, None)
            self._go_on()

    def abandon(self) -> None:
        with self._changed:
            self._abandoned = True
            self._changed.notify_all()

    def member(self, rank: int, worlds: Worlds, state: Any, job: Callable[[int], Any]) -> Any:
        """The result of one rank, or what it raised."""
        worlds.enter(ThreadGroup(rank, self.size, self), self.size)
        try:
            with self._changed:
                self._wait_for_turn(rank)
            set_random_state(state)
            return job(rank)
        except Exception as error:  # noqa: BLE001 (an exception is an observation)
            return error
        finally:
            self.leave(rank)


@contextlib.contextmanager
def own_worlds() -> Iterator[Worlds]:
    """A world for each thread, for as long as the block runs."""
    kept, worlds = distributed_c10d._world, Worlds()
    distributed_c10d._world = worlds  # type: ignore[assignment]
    try:
        yield worlds
    finally:
        distributed_c10d._world = kept


def in_threads(job: Callable[[int], Any], size: int) -> tuple[list[Any], Team]:
    """`job(rank)` for each rank, in a process group; results or exceptions, and the team.

    Rank 0 is this thread: what stops it, stops all.
    """
    team, results, state = Team(size), [None] * size, random_state()
    with own_worlds() as worlds:

        def run(rank: int) -> None:
            with contextlib.suppress(Abandoned):
                results[rank] = team.member(rank, worlds, state, job)

        threads = [threading.Thread(target=run, args=(r,), daemon=True) for r in range(1, size)]
        for thread in threads:
            thread.start()
        try:
            results[0] = team.member(0, worlds, state, job)
            for thread in threads:
                thread.join()
        finally:
            team.abandon()
    return results, team
