"""What tests have workers do; by name, so that a worker of any kind can import it."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path


class Awkward(Exception):
    """Cannot be unpickled: it is made of two things, and keeps one."""

    def __init__(self, what, why):
        super().__init__(what)


def work(task):
    """One word says what is to happen."""
    if task == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if task == "exits":
        raise SystemExit(3)
    if task == "awkward":
        raise Awkward("no", "because")
    if task == "unsendable":
        return threading.Lock()
    if task == "slow":
        time.sleep(0.5)
    return task.upper()


def told(task):
    """Leave a file that says so, then wait for as long as it takes to be killed."""
    folder, name, seconds = task
    path = Path(folder) / f"{name}.{os.getpid()}.{time.monotonic_ns()}"
    path.touch()
    time.sleep(seconds)
    return name


def once(path):
    """Its worker ends when it is asked for a second time."""
    if Path(path).exists():
        os.kill(os.getpid(), signal.SIGKILL)
    Path(path).touch()
    return "the first time"


def how_many_at_once(task):
    """The most of these that were ever in one process at the same time."""
    _inside.append(task)
    time.sleep(0.1)
    most = len(_inside)
    _inside.remove(task)
    return most


_inside: list[str] = []
