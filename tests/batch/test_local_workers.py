"""Worker processes: what ends one of them costs its own task, and what a parent is told."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from autograder.batch.local_workers import STOP_SECONDS, LocalWorkers
from autograder.batch.workers import ENDED, Lost, in_workers
from tests.helpers.working import work

LETTERS = "abcdefgh"
ANSWERS = {
    "killed": Lost(ENDED),
    "exits": Lost("the grader failed on it: SystemExit: 3"),
    "awkward": Lost("the grader failed on it: Awkward: no"),
    "unsendable": Lost("the grader failed on it: TypeError: cannot pickle '_thread.lock' object"),
}


@pytest.mark.parametrize("bad", ANSWERS)
def test_what_one_task_does_to_its_process_costs_nobody_else(bad):
    tasks = {"a": "one", "b": bad, "c": "two", "d": "three"}
    answers = list(in_workers(work, tasks, LocalWorkers(2)))
    assert len(answers) == 4, "one for each"
    assert dict(answers) == {"a": "ONE", "b": ANSWERS[bad], "c": "TWO", "d": "THREE"}


SEEDED = """
from autograder.batch.local_workers import LocalWorkers
from autograder.batch.workers import in_workers
from tests.helpers.working import work
tasks = {"a": "slow", "b": "killed", "c": "two", "d": "three", "e": "killed", "f": "four"}
answers = list(in_workers(work, tasks, LocalWorkers(2)))
assert len(answers) == 6
print(sorted(who for who, answer in answers if answer == tasks[who].upper()))
"""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_nobody_is_blamed_for_a_neighbour_whatever_the_hash_seed(tmp_path, seed):
    done = run_script(tmp_path, SEEDED, PYTHONHASHSEED=str(seed)).communicate(timeout=120)[0]
    assert done.strip() == "['a', 'c', 'd', 'f']"


def test_only_whoever_was_at_work_when_a_process_ended_works_again_alone(monkeypatch):
    alone = []
    monkeypatch.setattr(
        LocalWorkers, "alone", lambda self: alone.append(self) or LocalWorkers(1, self.prepare)
    )
    tasks = {"a": "killed", **dict.fromkeys(LETTERS[1:], "fine")}
    answers = dict(in_workers(work, tasks, LocalWorkers(2)))
    assert [who for who, answer in answers.items() if answer != "FINE"] == ["a"]
    assert len(alone) <= LocalWorkers(2).at_once < len(tasks)


IMPORTING = """
import sys
from autograder.batch.local_workers import LocalWorkers
from autograder.batch.workers import in_workers
from tests.batch.test_local_workers import is_imported
workers = LocalWorkers(2, imports=("colorsys",))
print(sorted(in_workers(is_imported, {"a": "colorsys", "b": "wave"}, workers)))
"""


def is_imported(name):
    return name in sys.modules


@pytest.mark.skipif(sys.platform != "linux", reason="there, each imports for itself")
def test_workers_of_a_process_with_one_thread_find_imported_what_all_of_them_need(tmp_path):
    said = run_script(tmp_path, IMPORTING, OMP_NUM_THREADS="1").communicate(timeout=120)[0]
    assert said.strip() == "[('a', True), ('b', False)]"


def test_of_a_process_with_several_threads_no_fork_is_made():
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    try:
        with LocalWorkers(1).executor() as pool:
            assert pool._mp_context.get_start_method() == "spawn"
    finally:
        stop.set()
        other.join()


def test_no_more_is_handed_over_than_can_be_worked_on():
    asked = []

    class Watched(dict):
        def __getitem__(self, who):
            asked.append(who)
            return super().__getitem__(who)

    answers = in_workers(work, Watched(dict.fromkeys(LETTERS, "one")), LocalWorkers(1))
    next(answers)
    assert asked == ["a"]
    answers.close()


def handles_interrupts(task):
    os.kill(os.getpid(), signal.SIGINT)
    return signal.getsignal(signal.SIGINT) is not signal.SIG_IGN


def test_ctrl_c_is_left_to_the_parent_and_not_ignored_by_what_a_worker_starts():
    assert dict(in_workers(handles_interrupts, {"a": ""}, LocalWorkers(1))) == {"a": True}


def large(task):
    if task == "endless":
        time.sleep(60)
    return "x" * 10_000_000


def test_a_batch_that_is_stopped_ends_soon_though_large_results_are_on_their_way():
    for _ in range(5):
        answers = in_workers(large, {**dict.fromkeys("abc", ""), "d": "endless"}, LocalWorkers(2))
        next(answers)
        started = time.monotonic()
        answers.close()
        assert time.monotonic() - started < STOP_SECONDS / 2


OWNER = """
import os, time
from autograder.batch.local_workers import LocalWorkers
from autograder.batch.workers import in_workers
from tests.batch.test_local_workers import sleep_after_telling
for _ in in_workers(sleep_after_telling, {"a": "", "b": ""}, LocalWorkers(2)):
    pass
"""


def run_script(folder, text, **settings):
    """Run what would start worker processes, which import it anew."""
    script = folder / "owner.py"
    body = "".join(f"    {line}\n" for line in text.strip().splitlines())
    script.write_text(f"if __name__ == '__main__':\n{body}")
    return subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **settings},
    )


def sleep_after_telling(task):
    os.write(1, f"{os.getpid()}\n".encode())  # at once: two of them write to the same pipe
    time.sleep(60)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_workers_end_when_whoever_started_them_is_killed(tmp_path):
    owner = run_script(tmp_path, OWNER)
    workers = [int(owner.stdout.readline()) for _ in range(2)]
    workers += [child.pid for child in psutil.Process(owner.pid).children(recursive=True)]
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
