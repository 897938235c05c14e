"""Worker processes: what ends one of them costs its own task, and what a parent is told."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

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


OWNER = """
import os, time
from autograder.batch.workers import in_workers
from tests.batch.test_workers import sleep_after_telling
for _ in in_workers(sleep_after_telling, {"a": "", "b": ""}, 2):
    pass
"""


def sleep_after_telling(task):
    print(os.getpid(), flush=True)
    time.sleep(60)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_workers_end_when_whoever_started_them_is_killed(tmp_path):
    script = tmp_path / "owner.py"  # a worker imports it anew
    body = "".join(f"    {line}\n" for line in OWNER.strip().splitlines())
    script.write_text(f"if __name__ == '__main__':\n{body}")
    root = str(Path(__file__).parents[2])
    owner = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    workers = [int(owner.stdout.readline()) for _ in range(2)]
    owner.kill()
    owner.wait()
    end = time.monotonic() + 20
    while any(map(runs, workers)) and time.monotonic() < end:
        time.sleep(0.1)
    assert not any(map(runs, workers))
    owner.stdout.close()


def runs(pid):
    """Whether it does: one that has ended may wait for its burial."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
