"""Runs a function as several ranks at once, in threads of this process, one at a time.

A rank works until it waits for others; then the highest rank that can go on does. So what depends
on chance in a real run comes out the same here, every time, and where nobody can go on, all that
wait get an error, at once.
"""

import ctypes
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from .chance import Chance

PATIENCE = 1.0  # seconds until a rank goes on out of turn: another may wait for a file of its
FAREWELL = 1.0  # seconds for threads that nobody waits for any more


class Apart(RuntimeError):
    """Ranks wait for each other in different places, or for one that has gone."""


class Unawaited(RuntimeError):
    """A rank has come to its end and never waited for what it had begun."""


class Abandoned(BaseException):
    """Nobody waits for this team any more."""


class Call(NamedTuple):
    """What one rank brings to a meeting.

    Attributes:
        place: the call, as it is told to learners.
        asked: what has to be the same for all that meet.
        data, act: once all are there, `act(data of each)` is called.
    """

    place: str
    asked: str
    data: Any
    act: Callable[[list[Any]], None]


class Meeting:
    """One collective call, or one message: settled once all have come, or once they cannot."""

    def __init__(self, members: tuple[int, ...]) -> None:
        self.members = members
        self.calls: dict[int, Call] = {}
        self.settled = False
        self.error = ""

    def places(self) -> str:
        return "; ".join(f"rank {rank} is in {c.place}" for rank, c in sorted(self.calls.items()))

    def settle(self) -> None:
        """Do what all came for."""
        calls = [self.calls[member] for member in self.members]
        self.settled = True
        if len({call.asked for call in calls}) > 1:
            self.error = self.places()
            return
        try:
            calls[0].act([call.data for call in calls])
        except (RuntimeError, ValueError, TypeError, IndexError) as error:
            self.error = f"{calls[0].place}: {error}"

    def fail(self, why: str) -> None:
        self.settled, self.error = True, why


class Team:
    """Ranks, and where each of them is."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.sent = [0] * size  # numbers that went into reductions
        self._here = threading.local()
        self._lock = threading.RLock()
        self._bells = [threading.Condition(self._lock) for _ in range(size)]
        self._turn = size - 1
        self._meetings: dict[tuple[str, int], Meeting] = {}
        self._came: Counter[tuple[str, int]] = Counter()  # by channel and rank
        self._waiting: dict[int, Meeting] = {}
        self._begun: list[list[Meeting]] = [[] for _ in range(size)]  # and not waited for
        self._gone: set[int] = set()
        self._abandoned = False
        self._before = Chance()
        self._chances = [Chance().of_its_own() for _ in range(size)]

    @property
    def rank(self) -> int:
        """Who asks: the rank of this thread."""
        return int(self._here.rank)

    def come(self, channel: str, members: tuple[int, ...], call: Call) -> Meeting:
        """A rank, that of this thread, begins a call: the n-th of each member on one channel
        are one meeting."""
        rank = self.rank
        with self._lock:
            at = channel, self._came[channel, rank]
            self._came[channel, rank] += 1
            meeting = self._meetings.setdefault(at, Meeting(members))
            meeting.calls[rank] = call
            self._begun[rank].append(meeting)
            if len(meeting.calls) == len(members):
                del self._meetings[at]
                if not meeting.settled:
                    meeting.settle()
        return meeting

    def wait(self, meeting: Meeting) -> None:
        """Let others work until the meeting is settled and it is this rank's turn.

        Raises:
            Apart: the others are somewhere else, or gone.
        """
        rank = self.rank
        with self._lock:
            self._waiting[rank] = meeting
            self._let_others_work(rank, self._able(), meeting)
            del self._waiting[rank]
            self._seen(rank, meeting)
        if meeting.error:
            raise Apart(meeting.error)

    def ask(self, meeting: Meeting) -> bool:
        """Whether a meeting is settled; where it is not, others work for a while."""
        rank = self.rank
        with self._lock:
            if not meeting.settled and (others := [r for r in self._able() if r != rank]):
                self._let_others_work(rank, others, None)
            if meeting.settled:
                self._seen(rank, meeting)
        return meeting.settled

    def _seen(self, rank: int, meeting: Meeting) -> None:
        self._begun[rank] = [one for one in self._begun[rank] if one is not meeting]

    def _all_awaited(self, rank: int) -> None:
        for meeting in self._begun[rank]:
            if not (place := meeting.calls[rank].place).startswith("send"):
                raise Unawaited(
                    f"rank {rank} never waits for its {place}: what an asynchronous call brings is "
                    "there once wait() of what it gives back has returned"
                )

    def _able(self) -> list[int]:
        """The ranks that can go on. Where none can, all that wait fail, and then can."""

        def can(rank: int) -> bool:
            return rank not in self._gone and (
                rank not in self._waiting or self._waiting[rank].settled
            )

        able = [rank for rank in range(self.size) if can(rank)]
        if not able and self._waiting:
            places = [f"rank {r} waits in {m.calls[r].place}" for r, m in self._waiting.items()]
            places += [f"rank {rank} has left" for rank in self._gone]
            for meeting in self._waiting.values():
                meeting.fail("; ".join(sorted(places)))
            able = list(self._waiting)
        return able

    def _pass_on(self, able: list[int]) -> None:
        self._turn = max(able, default=-1)
        if able:
            self._bells[self._turn].notify()

    def _let_others_work(self, rank: int, able: list[int], meeting: Meeting | None) -> None:
        self._pass_on(able)
        if self._turn != rank:
            self._chances[rank].take()
            self._until_its_turn(rank, meeting)
            self._chances[rank].put()

    def _until_its_turn(self, rank: int, meeting: Meeting | None) -> None:
        """Sleep while others work. Whoever has had to wait for nobody but the turn goes on after a
        while."""
        while not self._bells[rank].wait_for(lambda: self._may_go_on(rank), PATIENCE):
            if meeting is None or meeting.settled:
                break
        if self._abandoned:
            raise Abandoned

    def _may_go_on(self, rank: int) -> bool:
        return self._abandoned or self._turn == rank

    def member(self, rank: int, enter: Callable[[], None], job: Callable[[int], Any]) -> Any:
        """The result of one rank, which this thread is from here on, or what it raised."""
        self._here.rank = rank
        enter()
        try:
            with self._lock:
                self._until_its_turn(rank, None)
            self._chances[rank].put()
            result = job(rank)
            self._all_awaited(rank)
            return result
        except Exception as error:  # noqa: BLE001 (an exception is an observation)
            return error
        finally:
            with self._lock:
                self._gone.add(rank)
                self._waiting.pop(rank, None)
                self._pass_on(self._able())

    def abandon(self) -> None:
        """Wake all that wait; none of them goes on."""
        with self._lock:
            self._abandoned = True
            for bell in self._bells:
                bell.notify()
        self._before.put()


def in_threads(job: Callable[[int], Any], team: Team, enter: Callable[[], None]) -> list[Any]:
    """`job(rank)` for each rank of a team, behind `enter()`: results or exceptions.

    Rank 0 is this thread: what stops it, stops all.
    """
    results: list[Any] = [None] * team.size

    def run(rank: int) -> None:
        try:
            results[rank] = team.member(rank, enter, job)
        except Abandoned:
            results[rank] = Apart(f"rank {rank} was given up")

    threads = [threading.Thread(target=run, args=(r,), daemon=True) for r in range(1, team.size)]
    for thread in threads:
        thread.start()
    try:
        results[0] = team.member(0, enter, job)
        for thread in threads:
            thread.join()
    finally:
        team.abandon()
        end(threads)
    return results


def end(threads: list[threading.Thread]) -> None:
    """See that threads come to their end, those that run in a circle as well."""
    for thread in threads:
        if thread.is_alive() and thread.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident), ctypes.py_object(Abandoned)
            )
    for thread in threads:
        thread.join(FAREWELL)
