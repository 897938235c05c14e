"""Checks that were prepared: the bank is run before anyone asks, and says what it would have."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from autograder.check import prepare, session
from autograder.check.seeds import MOST, Seeds
from autograder.course.course import Course
from autograder.course.lesson import Lesson
from autograder.course.needs import runnable
from autograder.harness.local import LocalRunner
from autograder.judging.judge import Judge
from autograder.judging.verdict import Verdict
from tests.helpers.handing_in import make_course

from .conftest import ROOT

ORIENTATION = Course(ROOT).lesson("00_orientation")


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course with lesson 00 alone, in whose folder one works."""
    course = make_course(tmp_path)
    here = course.work / ORIENTATION.id
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    monkeypatch.setenv("DESCENT_PREPARE", "1")
    session.judge_of.cache_clear()
    return course


@pytest.fixture
def seeds(course: Course) -> Seeds:
    return Seeds(course, ORIENTATION)


def verdicts(judge: Judge) -> dict[str, Verdict]:
    """Of each misconception of the lesson's bank."""
    return {
        one.name: judge.verdict(judge.examine(key, LocalRunner(one.names(judge.lesson))))
        for key, several in judge.bank.by_exercise.items()
        for one in several
    }


def test_what_was_prepared_says_what_would_have_been_said(
    course: Course, seeds: Seeds, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare.prepare(course, ORIENTATION)
    seed, folder = seeds.choose()
    said = verdicts(Judge(ORIENTATION, seed))
    ran: list[Any] = []
    run = Judge(ORIENTATION, seed).known.__class__._remember

    def remember(self: Any, exercise: str, probe: Any, who: Any, names: Any) -> Any:
        if (exercise, probe.name, who) not in self._observations and len(who) < 2:
            ran.append((exercise, probe.name, who))
        return run(self, exercise, probe, who, names)

    monkeypatch.setattr("autograder.judging.known.Known._remember", remember)
    assert verdicts(Judge(ORIENTATION, seed, folder)) == said
    assert ran == []
    verdicts(Judge(ORIENTATION, seed))
    assert ran != []  # or the line above says nothing


def test_a_check_uses_what_was_prepared(course: Course, seeds: Seeds) -> None:
    prepare.prepare(course, ORIENTATION)
    assert session.judge_of(ORIENTATION).seed == seeds.choose()[0]


def test_a_seed_that_a_kernel_began_is_the_one_that_is_prepared(
    course: Course, seeds: Seeds
) -> None:
    seed = session.judge_of(ORIENTATION).seed
    prepare.prepare(course, ORIENTATION)
    assert seeds.known() == [seed]
    assert seeds.is_complete(seed)


def test_seeds_are_several_and_not_many(course: Course, seeds: Seeds) -> None:
    for _ in range(MOST + 2):
        prepare.prepare(course, ORIENTATION)
    assert len(seeds.known()) == MOST
    assert {seeds.choose()[0] for _ in range(200)} == set(seeds.known())


def test_one_that_was_stopped_is_finished(course: Course, seeds: Seeds) -> None:
    prepare.prepare(course, ORIENTATION)
    (seed,) = seeds.known()
    (seeds.place(seed) / "complete").unlink()
    (seeds.place(seed) / "descend.pickle").unlink()
    prepare.prepare(course, ORIENTATION)
    assert seeds.known() == [seed]
    assert (seeds.place(seed) / "descend.pickle").is_file()


def test_what_is_of_another_edition_goes(course: Course, seeds: Seeds) -> None:
    earlier = seeds.folder.with_name("earlier")
    shutil.copytree(ROOT / "etc", earlier)
    prepare.prepare(course, ORIENTATION)
    assert [f.name for f in seeds.folder.parent.iterdir()] == [seeds.folder.name]


@pytest.mark.parametrize("content", [b"", b"no pickle", b"\x80\x05]\x94."])
def test_a_damaged_file_counts_as_none(course: Course, seeds: Seeds, content: bytes) -> None:
    prepare.prepare(course, ORIENTATION)
    seed, folder = seeds.choose()
    for file in folder.glob("*.pickle"):
        file.write_bytes(content)
    judge = Judge(ORIENTATION, seed, folder)
    assert not judge.known.read("descend")
    assert verdicts(judge) == verdicts(Judge(ORIENTATION, seed))


def test_a_folder_that_cannot_be_written_is_done_without(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, *_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert session.judge_of(ORIENTATION).probes("descend")
    prepare.main()


@pytest.mark.parametrize(
    ("environment", "on"),
    [
        ({}, True),
        ({"CI": "true"}, False),
        ({"DESCENT_PREPARE": "0"}, False),
        ({"DESCENT_PREPARE": "1", "CI": "true"}, True),
    ],
)
def test_who_has_checks_prepared(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], on: bool
) -> None:
    for name in ("CI", "DESCENT_PREPARE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert prepare.is_on() is on


def test_a_kernel_prepares_its_lesson_once_a_cell_has_run(
    course: Course, seeds: Seeds, monkeypatch: pytest.MonkeyPatch
) -> None:
    from IPython.core.interactiveshell import InteractiveShell

    monkeypatch.setattr(prepare, "_started", [])
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.history_manager.enabled = False
    shell.extension_manager.load_extension("autograder.magics")
    assert prepare._started == []
    shell.run_cell("1 + 1").raise_error()
    (process,) = prepare._started
    if sys.platform == "linux":  # it stands still while a cell runs
        file = f"pathlib.Path('/proc/{process.pid}/stat')"
        look = f"import pathlib, time; time.sleep(0.1); state = {file}.read_text()"
        shell.run_cell(look).raise_error()
        assert shell.user_ns["state"].rpartition(") ")[2][0] == "T"
    assert process.wait(60) == 0
    assert [seeds.is_complete(seed) for seed in seeds.known()] == [True]
    InteractiveShell.clear_instance()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it never stands still")
@pytest.mark.parametrize("still", [False, True])
def test_it_ends_with_its_kernel(course: Course, still: bool) -> None:
    kernel = (
        "import os, signal, time\n"
        "from IPython.core.events import EventManager, available_events\n"
        "from autograder.check import prepare\n"
        "prepare.start(EventManager(None, available_events))\n"
        "time.sleep(1)\n"
        f"if {still}: prepare._send(signal.SIGSTOP)\n"
        "print(prepare._started[0].pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", kernel]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    its = Path("/proc", done.stdout.strip(), "cmdline")
    end = time.monotonic() + 10
    while its.exists() and b"prepare" in its.read_bytes() and time.monotonic() < end:
        time.sleep(0.05)
    assert not (its.exists() and b"prepare" in its.read_bytes())


@pytest.mark.parametrize("folder", ["elsewhere", "99_no_such_lesson"])
def test_elsewhere_there_is_nothing_to_prepare(course: Course, folder: str) -> None:
    here = course.root / folder
    here.mkdir()
    command = [sys.executable, "-m", "autograder.check.prepare"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=here, env=environment, check=True, timeout=60)
    assert not (course.root / ".autograder").exists()


@pytest.mark.slow
@pytest.mark.parametrize("lesson_id", runnable(Course(ROOT), []))
def test_every_exercise_can_be_prepared(lesson_id: str, tmp_path: Path) -> None:
    lesson: Lesson = Course(ROOT).lesson(lesson_id)
    started = time.process_time()
    judge = Judge(lesson, 20261128, tmp_path)
    for exercise in lesson.exercises:
        judge.known.keep(exercise)
        assert Judge(lesson, 20261128, tmp_path).known.read(exercise)
    assert time.process_time() - started < 60
