"""Stops what does not end, in this process and thread: a learner's code under `%check`.

A thread watches the clock, and once the time is up it knocks again and again, until what runs has
ended. A knock is a signal that no one else uses, so timers and handlers of the code that runs
neither disarm it nor are disturbed; it wakes a sleeping call, too. A timer knocks beside it, for
calls into C that look at signals and let no thread run (`10**10**8`). Where signals cannot be had
(no main thread, Windows), an exception is set from outside, met when a sleeping call wakes.

One call into C that does neither (`sum(range(10**12))`) cannot be stopped by anything in its
process, nor by Ctrl-C: only by restarting the kernel.
"""

from __future__ import annotations

import contextlib
import gc
import math
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any, Literal

from autograder.check.memory import resident
from autograder.check.threads import raise_in
from autograder.harness import guest

Reason = Literal["", "probe", "check", "memory", "interrupt"]

POLL_SECONDS = 0.05
DEAF = 20  # knocks that nothing has answered: whoever sleeps has turned our signal off
OFTEN = 3  # stops that were caught, and kept where we cannot see
KNOCK = getattr(signal, "SIGURG", None)  # ignored by whoever does not ask for it
_knock_at = getattr(signal, "pthread_kill", None)
_handle = signal.signal
_set_timer = getattr(signal, "setitimer", None)

# What the standard library calls when something dies.
WHEN_IT_DIES = frozenset(
    {
        "WeakSet.__init__.<locals>._remove",
        "WeakKeyDictionary.__init__.<locals>.remove",
        "WeakValueDictionary.__init__.<locals>.remove",
    }
)

_clocks: list[Clock] = []


class Stop(KeyboardInterrupt):
    """The time is up, or someone pressed Ctrl-C: code that swallows it meets it at its next
    line."""

    def __del__(self) -> None:
        if _clocks:
            _clocks[-1].swallowed(sys._getframe(1))


class Clock:
    """Watches over a block in this thread: its time, its memory, and Ctrl-C.

    `Stop` is raised in a learner's code (`begin` to `end`). What is ours is stopped by Ctrl-C, but
    not where state is put back; and once by the block's time, where it is `stoppable`.

    Args:
        seconds: how long the block may take, `math.inf` for any time.
        memory: bytes that a learner's code may take before it is stopped.
    """

    def __init__(self, seconds: float, memory: float = math.inf) -> None:
        self.stoppable = False
        self.frame_seen: Callable[[FrameType], None] = lambda frame: None
        self._end = time.monotonic() + seconds
        self._memory = memory
        self._probe_end = math.inf
        self._probe_memory = math.inf
        self._in_probe = False
        self._part = 0  # counts beginnings and ends
        self._said: tuple[int, Reason] = (0, "")  # in which part, and what
        self._stops = self._unanswered = 0
        self._answers = False
        self._left = threading.Event()
        self._thread = threading.get_ident()
        self._throwing = threading.Lock()
        self._thrown = False  # from outside, since this thread's code began
        self._signals = _knock_at is not None and _in_main_thread()
        self._handlers: dict[int, Any] = {}
        self._timer = (0.0, 0.0)
        self._trace = sys.gettrace()
        self._watcher = threading.Thread(target=self._watch, daemon=True, name="check-deadline")

    def __enter__(self) -> Clock:
        _clocks.append(self)
        if _in_main_thread():
            self._handlers[signal.SIGINT] = _handle(signal.SIGINT, self._interrupted)
        if self._signals and KNOCK is not None:
            for number in (KNOCK, signal.SIGALRM):
                self._handlers[number] = _handle(number, self._knocked)
            self._timer = self._set_timer(0)
        self._watcher.start()
        return self

    def __exit__(self, *raised: Any) -> None:
        self._left.set()
        self._watcher.join()
        _clocks.remove(self)
        self._take_back()
        sys.settrace(self._trace)
        self._set_timer(0)
        for number, handler in self._handlers.items():
            if handler is not None:
                _handle(number, handler)
        self._set_timer(*self._timer)
        if self.reason == "interrupt" and raised[0] is None:
            raise Stop

    @property
    def reason(self) -> Reason:
        """Why there is to be a stop. The thread that watches may have said it a moment too late:
        a probe that has ended is not a reason any more."""
        part, reason = self._said
        return reason if reason in ("check", "interrupt") or part == self._part else ""

    def begin(self, seconds: float) -> None:
        """A learner's code runs from here on, for so long at the most."""
        self._probe_end = time.monotonic() + seconds
        self._probe_memory = self._memory + resident()
        self._part += 1
        self._in_probe = True
        self._set_timer(max(min(seconds, self.left), 0) + POLL_SECONDS, POLL_SECONDS)

    def end(self) -> None:
        """It has ended, or was stopped; what was no more than its own time is over with it."""
        self._set_timer(0)
        self._part += 1
        self._in_probe = False
        self._probe_end = self._probe_memory = math.inf
        self._stops = self._unanswered = 0
        sys.settrace(self._trace)
        self._take_back()

    def lift(self) -> None:
        """From here on there is all the time; Ctrl-C still ends it."""
        self._end = math.inf
        self._said = (0, "")

    @property
    def left(self) -> float:
        """Seconds until the block's time is up."""
        return self._end - time.monotonic()

    def swallowed(self, frame: FrameType | None) -> None:
        """Something caught a `Stop` and went on: stop it at its next line."""
        if self.reason and self._in_probe and threading.get_ident() == self._thread:
            self._stop_at_lines(frame)

    # --- in the thread that watches --------------------------------------------------------------

    def _watch(self) -> None:
        while not self._left.wait(POLL_SECONDS):
            if self._is_over():
                self._knock()

    def _is_over(self) -> bool:
        part = self._part
        if not self.reason and (due := self._due()):
            self._said = (part, due)
        return bool(self.reason)

    def _due(self) -> Reason:
        now = time.monotonic()
        if now > self._end:
            return "check"
        if now > self._probe_end:
            return "probe"
        return "memory" if resident() > self._probe_memory else ""

    def _knock(self) -> None:
        if self._signals and _knock_at is not None and KNOCK is not None:
            _knock_at(self._thread, KNOCK)
            self._unanswered += 1
            if self._unanswered <= DEAF:
                return
        with self._throwing:
            frame = sys._current_frames().get(self._thread)
            if self._may_stop(frame):
                self._note(frame)
                self._thrown = True
                raise_in(self._thread, Stop)

    # --- in the thread that is watched -----------------------------------------------------------

    def _knocked(self, number: int, frame: FrameType | None) -> None:
        self._unanswered = 0
        # A knock upon a knock: were each to look around, none would come to its end.
        if self._answers or (frame is not None and frame.f_code is Clock._knocked.__code__):
            return
        self._answers = True
        try:
            if self._is_over() and self._may_stop(frame):
                self._stop(frame)
        finally:
            self._answers = False

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        self._said = (self._part, "interrupt")
        self._knocked(number, frame)

    def _set_timer(self, seconds: float, interval: float = 0.0) -> tuple[float, float]:
        """What the timer was set to."""
        if self._signals and _set_timer is not None:
            before: tuple[float, float] = _set_timer(signal.ITIMER_REAL, seconds, interval)
            return before
        return 0.0, 0.0

    def _stop(self, frame: FrameType | None) -> None:
        self._note(frame)
        self.stoppable = self.stoppable and self._in_probe
        self._stops += 1
        if self._stops > OFTEN and self._in_probe:
            self._stop_at_lines(frame)
        raise Stop

    def _note(self, frame: FrameType | None) -> None:
        """The first time, while a learner's code runs: where it was."""
        if self._in_probe and not self._stops and frame is not None:
            self.frame_seen(frame)

    def _take_back(self) -> None:
        """Nothing that was set from outside waits to be raised any more.

        It is raised and caught here. Were it only unset, Python 3.11 would look for it for ever,
        and a traced call (a debugger's, a probe's) would never begin.
        """
        while True:
            try:
                with self._throwing:
                    if not self._thrown:
                        return
                    self._thrown = False
                raise_in(self._thread, Stop)
                while True:
                    pass
            except Stop:
                pass

    def _stop_at_lines(self, frame: FrameType | None) -> None:
        while frame is not None:
            frame.f_trace = self._at_line
            frame = frame.f_back
        sys.settrace(self._at_line)

    def _at_line(self, frame: FrameType, event: str, arg: Any) -> Any:
        if event == "line" and self.reason and self._may_stop(frame):
            raise Stop
        return self._at_line

    def _may_stop(self, frame: FrameType | None) -> bool:
        """Whether nothing is left half done. `guest.observe` resets what is shared before a probe,
        and puts it back behind it: what it calls is either that, or the probe."""
        called, in_probe = None, False
        # Of what is raised while garbage is collected, or something dies, only a line is printed.
        collecting = [getattr(each, "__code__", None) for each in gc.callbacks]
        while frame is not None:
            code = frame.f_code
            if id(code) in _OWN or any(code is each for each in collecting):
                return False
            if code.co_qualname in WHEN_IT_DIES:
                return False
            if code is guest.observe.__code__:
                in_probe = called is not None and called.co_filename != contextlib.__file__
                if not in_probe:
                    return False
            called, frame = code, frame.f_back
        if self._in_probe:
            return in_probe
        return self.reason == "interrupt" or (self.stoppable and self.reason == "check")


# By identity: the hash of a code object is that of all it holds.
_OWN: frozenset[int] = frozenset(
    id(function.__code__)
    for function in (
        *(Stop.__del__, Clock.swallowed, Clock.__enter__, Clock.__exit__),
        *(Clock.begin, Clock.end, Clock.lift, Clock._take_back),
    )
)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
