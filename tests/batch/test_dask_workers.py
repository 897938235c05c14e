"""The workers of a cluster: a real scheduler, real workers, and what both are known to do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from autograder.batch.dask_workers import DaskWorkers
from autograder.batch.gradebook import scores
from autograder.batch.workers import ENDED, Lost, in_workers
from autograder.course.course import CourseError
from tests.helpers.cluster import PATH, cluster
from tests.helpers.handing_in import LESSON, hand_in, make_course, signed
from tests.helpers.working import how_many_at_once, once, told, work

pytest.importorskip("distributed", reason="dask is not installed: make dask")

SECONDS = 90
ANSWERS = {
    "killed": Lost(ENDED),
    "exits": Lost("the grader failed on it: SystemExit: 3"),
    "awkward": Lost("the grader failed on it: Awkward: no"),
    "unsendable": Lost("the grader failed on it: TypeError: cannot pickle '_thread.lock' object"),
}


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Two workers, and a scheduler that cannot import what they are to do."""
    with cluster(tmp_path_factory.mktemp("two")) as made:
        yield made


def answers(address, function, tasks):
    """All of them, once each; a failure where they do not come."""
    found, raised = [], []

    def ask():
        try:
            found.extend(in_workers(function, tasks, DaskWorkers(address, "05_optimizers")))
        except CourseError as error:
            raised.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(SECONDS)
    assert not asking.is_alive(), f"no answer for all of {list(tasks)} within {SECONDS} s"
    for error in raised:
        raise error
    assert len(found) == len(tasks)
    return dict(found)


def test_what_one_task_does_to_its_worker_costs_nobody_else(two):
    tasks = {"a": "one", **{bad: bad for bad in ANSWERS}, "b": "two", "c": "slow"}
    assert answers(two.address, work, tasks) == {
        **ANSWERS, "a": "ONE", "b": "TWO", "c": "SLOW"
    }  # fmt: skip


def test_equal_work_is_done_for_each_who_asked_and_again_when_asked_again(two, tmp_path):
    task = (str(tmp_path), "same", 0.0)
    for times in (1, 2):
        assert set(answers(two.address, told, {"a": task, "b": task}).values()) == {"same"}
        assert len(list(tmp_path.iterdir())) == 2 * times


def test_a_worker_that_is_killed_in_the_middle_costs_nobody_an_answer(two, tmp_path):
    tasks = {f"s{n}": (str(tmp_path), f"s{n}", 0.3) for n in range(12)}

    def kill():
        while len(list(tmp_path.iterdir())) < 4:
            time.sleep(0.02)
        os.kill(victim, signal.SIGKILL)

    victim = two.processes()[0]
    killer = threading.Thread(target=kill)
    killer.start()
    assert answers(two.address, told, tasks) == {who: who for who in tasks}
    killer.join()
    assert victim not in two.processes()


def test_a_task_is_named_for_whoever_handed_it_in_and_all_are_of_one_group(two, tmp_path):
    names = ["ana", "o'neil [1]", os.fsdecode(b"j\xfcrgen")]
    tasks = {who: (str(tmp_path), str(n), 1.0 + n) for n, who in enumerate(names)}
    begun = in_workers(told, tasks, DaskWorkers(two.address, "05_optimizers"))
    with two.client() as client:
        first = next(begun)[0]
        waiting = client.run_on_scheduler(tasks_of_the_scheduler)
    begun.close()
    seen = {name.removeprefix("grade-05_optimizers/").rpartition("-")[0] for name, _ in waiting}
    assert seen >= {"ana", "o'neil [1]", r"j\xfcrgen"} - {first}
    assert {group for _, group in waiting} == {"grade"}


def tasks_of_the_scheduler(dask_scheduler):
    return [(str(key), task.prefix.name) for key, task in dask_scheduler.tasks.items()]


tasks_of_the_scheduler.__module__ = "__main__"  # sent by value: the scheduler has no tests


def test_a_result_that_is_lost_before_it_is_fetched_and_does_not_come_again_is_an_answer(
    tmp_path, monkeypatch
):
    from distributed import Client

    fetch, workers = Client._gather_remote, []

    async def fetch_from_the_dead(client, *settings):
        while workers:
            os.kill(workers.pop(), signal.SIGKILL)
        return await fetch(client, *settings)

    monkeypatch.setattr(Client, "_gather_remote", fetch_from_the_dead)
    tasks = {"a": str(tmp_path / "begun")}
    with cluster(tmp_path, 1, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as made:
        workers.extend(made.processes())
        assert answers(made.address, once, tasks) == {"a": Lost(ENDED)}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_nobody_is_blamed_for_a_neighbour_whatever_the_hash_seed(tmp_path, seed):
    tasks = {"a": "slow", "b": "killed", "c": "two", "d": "three", "e": "killed", "f": "four"}
    with cluster(tmp_path, PYTHONHASHSEED=str(seed)) as made:
        found = answers(made.address, work, tasks)
    assert found == {
        "a": "SLOW", "b": Lost(ENDED), "c": "TWO", "d": "THREE", "e": Lost(ENDED), "f": "FOUR"
    }  # fmt: skip


def test_a_worker_with_several_threads_grades_one_after_another_and_that_is_said(tmp_path, capsys):
    with cluster(tmp_path, workers=1, threads=4) as made:
        found = answers(made.address, how_many_at_once, dict.fromkeys("abcdef", ""))
    assert set(found.values()) == {1}
    assert "have 4 threads" in capsys.readouterr().err


def test_a_scheduler_that_goes_is_one_clear_line(tmp_path):
    with cluster(tmp_path, workers=1) as made:
        address = made.address
        tasks = {"a": (str(tmp_path), "a", 0.0), "b": (str(tmp_path), "b", 60.0)}
        begun = in_workers(told, tasks, DaskWorkers(address))
        assert next(begun) == ("a", "a")
        made.scheduler.kill()
        with pytest.raises(CourseError, match="has gone, or has dropped the work; what was graded"):
            next(begun)


def test_workers_without_the_engine_are_one_clear_line(tmp_path):
    said = r"cannot grade .*autograder.*: start the workers"
    with (
        cluster(tmp_path, workers=1, bare=True) as made,
        pytest.raises(CourseError, match=said),
    ):
        answers(made.address, work, {"a": "one"})


def test_where_no_scheduler_is_that_is_said_soon(monkeypatch):
    monkeypatch.setattr("autograder.batch.dask_workers.CONNECT_SECONDS", 1)
    started = time.monotonic()
    with pytest.raises(CourseError, match=r"no scheduler answers at tcp://127\.0\.0\.1:9: "):
        answers("tcp://127.0.0.1:9", work, {"a": "one"})
    assert time.monotonic() - started < 20


@pytest.mark.sealed
@pytest.mark.slow
def test_a_class_is_graded_once_each_though_a_worker_is_killed(two, tmp_path):
    course = make_course(tmp_path)
    learners = [f"s{n}" for n in range(8)]
    for who in learners:
        hand_in(course, {f"{LESSON.id}/orientation.ipynb": signed(who)}, who)
    victim = two.processes()[0]
    command = ["-m", "autograder", "grade", LESSON.id, "--scheduler", two.address]
    grader = subprocess.Popen(
        [sys.executable, *command],
        cwd=course.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": PATH},
    )
    kept = course.root / ".autograder" / "results" / LESSON.id
    while grader.poll() is None and len(list(kept.glob("*.json"))) < 2:
        time.sleep(0.02)
    os.kill(victim, signal.SIGKILL)
    said = grader.communicate(timeout=300)[0]
    assert grader.returncode == 0, said
    assert scores(course, LESSON) == dict.fromkeys(learners, 7.0)
    assert len(list(kept.glob("*.json"))) == len(learners)
    assert "Traceback" not in said
    assert victim not in two.processes()
