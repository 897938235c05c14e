"""What an answer could do to its own kernel is an observation, and the kernel is as before."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from .conftest import Check

EXITS = [
    "exit()",
    "quit()",
    "sys.exit(1)",
    "raise SystemExit",
    "os._exit(1)",
    "os.abort()",
    "os.kill(os.getpid(), signal.SIGKILL)",
    "os.killpg(0, signal.SIGTERM)",
    "signal.raise_signal(signal.SIGKILL)",
    "os.execv(sys.executable, [sys.executable, '-V'])",
    "get_ipython().ask_exit()",
]
RIGHT = "    return x - lr * grad"


@pytest.mark.parametrize("call", EXITS)
def test_an_exit_is_an_observation(check: Check, call: str) -> None:
    card = check(f"    {call}\n{RIGHT}")
    assert card.verdict.status == "error"
    assert f"It ended the program at `{call}`" in repr(card)


def test_an_exit_imported_by_name_is_one_too(shell: InteractiveShell, check: Check) -> None:
    shell.run_cell("from os import _exit as leave", store_history=True)
    assert "It ended the program at `leave(1)`" in repr(check("    leave(1)"))
    assert shell.user_ns["leave"] is os._exit


def test_exits_are_put_back(check: Check) -> None:
    before = (os._exit, os.kill, sys.breakpointhook, input)
    check("    exit()")
    assert (os._exit, os.kill, sys.breakpointhook, input) == before


@pytest.mark.parametrize("raised", ["KeyboardInterrupt", "GeneratorExit"])
def test_what_only_python_raises_is_an_exception_of_the_answer(check: Check, raised: str) -> None:
    assert f"It raised {raised} at `raise {raised}`" in repr(check(f"    raise {raised}"))


def test_nobody_is_asked(check: Check) -> None:
    card = check("    return float(input('x? '))")
    assert "nobody is at the keyboard while it is checked" in repr(card)
    assert check(f"    breakpoint()\n{RIGHT}").verdict.status == "passed"


@pytest.mark.parametrize(
    "disturbance",
    [
        "os.chdir('/')",
        "sys.stdout = None",
        "sys.stdout = sys.stderr = open(os.devnull, 'w')",
        "sys.setrecursionlimit(5000)",
        "np.seterr(all='raise')",
        "np.random.seed(0)",
        "__import__('warnings').simplefilter('error')",
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
        "signal.signal(signal.SIGINT, signal.SIG_IGN)",
        "signal.alarm(1)",
        "signal.setitimer(signal.ITIMER_PROF, 1)",
        "__import__('matplotlib').use('svg')",
        "__import__('matplotlib.pyplot').pyplot.figure()",
    ],
)
def test_what_an_answer_changes_for_everyone_is_put_back(check: Check, disturbance: str) -> None:
    def state() -> list[object]:
        kinds = (signal.SIGTERM, signal.SIGINT, signal.SIGALRM)
        timers = [signal.getitimer(t) for t in (signal.ITIMER_REAL, signal.ITIMER_PROF)]
        places = [Path.cwd(), sys.stdout, sys.stderr, sys.getrecursionlimit(), np.geterr()]
        handlers = [signal.getsignal(kind) for kind in kinds]
        drawn = [plt.get_backend(), plt.get_fignums()]
        random = str(np.random.get_state())  # noqa: NPY002
        return [*places, *handlers, *timers, *drawn, random, list(warnings.filters)]

    check(RIGHT)
    before = state()
    assert check(f"    {disturbance}\n{RIGHT}").verdict.status == "passed"
    assert state() == before


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_left_behind_is_ended(check: Check) -> None:
    before = threading.active_count()
    loop = "    def spin():\n        while True: time.sleep(0.001)\n"
    check(f"{loop}    threading.Thread(target=spin).start()\n{RIGHT}")
    end = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < end:
        time.sleep(0.01)
    assert threading.active_count() == before


def test_a_child_does_not_go_on_as_a_second_kernel(check: Check) -> None:
    assert check(f"    child = os.fork()\n{RIGHT}").verdict.status == "passed"


def test_what_an_answer_displays_is_not_shown(
    check: Check, capsys: pytest.CaptureFixture[str]
) -> None:
    card = check(f"    from IPython.display import display\n    display('drawn')\n{RIGHT}")
    assert card.verdict.status == "passed"
    assert "drawn" not in capsys.readouterr().out
