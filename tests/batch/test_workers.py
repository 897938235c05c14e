"""Worker processes: what ends one of them costs its own task, and what a parent is told."""

import os
import signal

from autograder.batch.workers import in_workers


def work(task):
    if task == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    return task.upper()


def test_a_process_that_is_killed_costs_nobody_else():
    tasks = {"a": "one", "b": "killed", "c": "two", "d": "three"}
    assert dict(in_workers(work, tasks, 2)) == {"a": "ONE", "b": None, "c": "TWO", "d": "THREE"}


def handles_interrupts(task):
    os.kill(os.getpid(), signal.SIGINT)
    return signal.getsignal(signal.SIGINT) is not signal.SIG_IGN


def test_ctrl_c_is_left_to_the_parent_and_not_ignored_by_what_a_worker_starts():
    assert dict(in_workers(handles_interrupts, {"a": ""}, 1)) == {"a": True}
