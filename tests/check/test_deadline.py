"""Code that does not end becomes a verdict, whatever it does against being stopped."""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from autograder.check.deadline import Clock, Stop
from autograder.check.guarded import CheckLimits, GuardedRunner
from autograder.harness.observation import Lost, Raised
from autograder.harness.probe import Probe

from .conftest import Check

HURRIED = "0.2"
RIGHT = "    return x - lr * grad"
ENDLESS = {
    "a loop": "    while True: pass",
    "a loop with a body": "    while x is not None:\n        x = x + 0",
    "a sleep": "    time.sleep(1e9)",
    "a wait": "    threading.Event().wait()",
    "a generator": "    return sum(1 for _ in iter(int, 1))",
    "caught": "    while True:\n        try: x = x + 0\n        except BaseException: continue",
    "caught asleep": "    while True:\n        try: time.sleep(0.01)\n        except: pass",
    "finally": "    while True:\n        try: x = x + 0\n        finally: continue",
    "suppressed": "    while True:\n        with contextlib.suppress(BaseException): x = x + 0",
    "caught and kept": (
        "    kept = []\n    while True:\n        try: x = x + 0\n"
        "        except BaseException as error: kept.append(error)"
    ),
    "caught twice": (
        "    while True:\n        try:\n            while True:\n"
        "                try: x = x + 0\n                except BaseException: continue\n"
        "        except BaseException: continue"
    ),
    "a timer taken off": (
        "    signal.signal(signal.SIGALRM, signal.SIG_IGN)\n"
        "    while True: signal.setitimer(signal.ITIMER_REAL, 0)"
    ),
    "a power that no thread interrupts": "    return 10 ** 10 ** 8",
    "the items of what comes back": (
        "    class Rows(list):\n        def __iter__(self):\n            while True: yield 1\n"
        "    return Rows()"
    ),
}


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Probes have little time."""
    monkeypatch.setenv("DESCENT_PROBE_SECONDS", HURRIED)


@pytest.fixture
def is_right(check: Check, monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """Whether a right answer passes afterwards, with the usual time."""

    def is_right() -> bool:
        monkeypatch.delenv("DESCENT_PROBE_SECONDS")
        return bool(check(RIGHT).verdict.status == "passed")

    return is_right


@pytest.mark.parametrize("body", ENDLESS.values(), ids=ENDLESS)
def test_what_does_not_end_is_a_timeout(
    check: Check, is_right: Callable[[], bool], body: str
) -> None:
    card = check(body)
    assert card.verdict.status == "timeout"
    assert "It was still running after " in repr(card)
    assert is_right()


def test_what_is_called_while_garbage_is_collected_comes_to_its_end(
    check: Check, is_right: Callable[[], bool]
) -> None:
    ends = []

    def callback(phase: str, info: dict[str, int]) -> None:
        sum(1 for _ in range(1000))
        ends.append(phase)

    collect = "__import__('gc').collect(0)"
    gc.callbacks.append(callback)
    try:
        card = check(f"    while True:\n        try: {collect}\n        except BaseException: pass")
    finally:
        gc.callbacks.remove(callback)
    assert card.verdict.status == "timeout"
    assert ends.count("start") == ends.count("stop")
    assert is_right()


def test_what_is_called_when_something_dies_comes_to_its_end(
    check: Check, is_right: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time that a stop is swallowed, `short` dies with the frame that the stop came from."""
    printed: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", printed.append)
    card = check("""    import weakref
    class Short: pass
    known = weakref.WeakSet(), weakref.WeakValueDictionary(), weakref.WeakKeyDictionary()
    def wait():
        short = Short()
        known[0].add(short); known[1][1] = short; known[2][short] = 1
        while True: pass
    while True:
        try: wait()
        except BaseException: pass""")
    assert card.verdict.status == "timeout"
    assert printed == []
    assert is_right()


def test_the_line_the_loop_and_the_function_are_named(check: Check) -> None:
    said = repr(check("    path = []\n    while len(path) < 3:\n        time.sleep(0.01)"))
    assert "at `time.sleep(0.01)` in the loop `while len(path) < 3:` of `descent_step`" in said
    assert "To see why" not in said  # that call would not end in the notebook either


def test_signals_that_are_all_ignored_do_not_help(check: Check) -> None:
    body = """    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        with contextlib.suppress(OSError): signal.signal(number, signal.SIG_IGN)
    while True: pass"""
    assert check(body).verdict.status == "timeout"


def test_probes_behind_one_that_did_not_end_share_a_short_time(check: Check) -> None:
    card = check("    while True: pass")
    assert "Not run, for want of time: " in repr(card)
    assert repr(card).count("still running") == 1


def test_an_exercise_has_a_deadline(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESCENT_PROBE_SECONDS", "60")
    monkeypatch.setenv("DESCENT_CHECK_SECONDS", "0.3")
    card = check("    while True: pass")
    assert card.verdict.status == "timeout"
    assert "Not run, for want of time: " in repr(card)


def test_where_only_some_inputs_never_end_the_rest_is_judged(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESCENT_PROBE_SECONDS", "1.5")
    card = check("    while np.ndim(x) == 2: pass\n    return x - lr * grad")
    assert card.verdict.status == "timeout"
    assert "Right: single numbers" in repr(card)
    assert "Different: an array of two rows" in repr(card)


def test_memory_is_watched_too() -> None:
    runner_limits = CheckLimits(probe_seconds=20, memory=1e8)
    body = "def grow():\n    kept = []\n    while True: kept.append(bytearray(10**6))"
    namespace: dict[str, Any] = {}
    exec(body, namespace)
    with runner_limits.clock() as clock:
        runner = GuardedRunner(namespace, None, clock, runner_limits)
        lost = runner.run(PROBE, ("grow",), {})
    if isinstance(lost, Raised):  # the limit of the process was there before the watch
        assert lost.name == "MemoryError"
    else:
        assert isinstance(lost, Lost)
        assert lost.reason.startswith("it had taken 0.1 GB of memory")
        assert not lost.timeout


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits what a process maps")
def test_a_call_that_takes_all_memory_at_once_is_an_exception() -> None:
    limits = CheckLimits(probe_seconds=20, memory=1e8)
    with limits.clock() as clock:
        runner = GuardedRunner({"grow": lambda: [0] * 10**9}, None, clock, limits)
        assert runner.run(PROBE, ("grow",), {}).name == "MemoryError"


PROBE = Probe("grow", "growing", 1.0, lambda rng: {}, lambda impl, inputs: impl.grow())


def test_a_diagnosis_that_takes_too_long_leaves_the_verdict(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    def search(*case: object) -> None:
        while True:
            pass

    monkeypatch.setenv("DESCENT_PROBE_SECONDS", "10")
    check(RIGHT)  # what is loaded once takes none of the little time
    monkeypatch.setattr("autograder.judging.judge.diagnose", search)
    monkeypatch.setenv("DESCENT_CHECK_SECONDS", "2")
    card = check("    return x + lr * grad")
    assert card.verdict.status == "failed"
    assert "Different: single numbers" in repr(card)
    assert card.verdict.diagnosis is None


def test_what_it_calls_has_the_same_clock(shell: InteractiveShell, check: Check) -> None:
    check("    while True: pass")
    walk = """def descend(grad_fn, x0, lr, steps):
    path = [np.array(x0, dtype=float)]
    for _ in range(steps):
        path.append(descent_step(path[-1], grad_fn(path[-1]), lr))
    return np.array(path)"""
    shell.run_cell(walk, store_history=True).raise_error()
    card = shell.run_cell("%check descend", store_history=True).result.cards[0]
    assert card.verdict.status == "timeout"
    assert "It calls descent_step, which is not right yet" in repr(card)


def test_without_signals_an_exception_from_outside_does_it() -> None:
    seen: list[Any] = []

    def endless() -> None:
        while True:
            time.sleep(0.001)

    def check() -> None:
        limits = CheckLimits(probe_seconds=0.2)
        with limits.clock() as clock:
            runner = GuardedRunner({"grow": endless}, None, clock, limits)
            seen.append(runner.run(PROBE, ("grow",), {}))
        seen.append(sum(range(1000)))

    thread = threading.Thread(target=check)
    thread.start()
    thread.join(timeout=10)
    assert [type(one) for one in seen] == [Lost, int]
    assert seen[0].timeout


def test_handlers_timers_and_tracing_are_as_they_were(check: Check) -> None:
    kinds = (signal.SIGINT, signal.SIGALRM, signal.SIGURG)

    def state() -> list[Any]:
        handlers = [signal.getsignal(kind) for kind in kinds]
        timer = signal.getitimer(signal.ITIMER_REAL)
        return [*handlers, timer, sys.gettrace(), threading.active_count(), np.geterr()]

    before = state()
    check("    while True:\n        try: x = x + 0\n        except BaseException: continue")
    assert state() == before


def test_a_block_has_a_deadline_too() -> None:
    clock = Clock(0.1)
    clock.stoppable = True
    with pytest.raises(Stop), clock:
        threading.Event().wait()
    assert clock.reason == "check"


TRACED = """
import sys, threading
from autograder.check import deadline, threads

def called(): pass

def traced():
    sys.settrace(lambda *event: None)
    called()
    sys.settrace(None)

with deadline.Clock(9) as clock:
    clock.begin(9)
    clock.end()
traced()
with deadline.Clock(9) as clock:
    clock.begin(9)
    try:  # as the watching thread does where nobody answers: too late
        clock._thrown = True
        threads.raise_in(threading.get_ident(), deadline.Stop)
        clock.end()
    except deadline.Stop:
        clock.end()
traced()
"""


def test_what_is_traced_after_a_check_runs() -> None:
    """A debugger's code, or that of the next probe: what waits in vain for an exception from
    outside never begins a traced call."""
    subprocess.run([sys.executable, "-c", TRACED], check=True, timeout=30)
