"""`%check` as a learner waits for it: in an IPython shell, from the line to the finished card.

Of each exercise a right answer is checked, and the first, the middle and the last mistake of its
bank, in three ways. Unprepared: before anything of the lesson is known, as in the seconds after it
was opened for the first time. First: as the first check in a kernel, once the lesson is prepared.
Again: as in a kernel that has checked this before.
"""

from __future__ import annotations

import contextlib
import io
import os
import statistics
import time
from collections.abc import Iterator
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from rich.table import Table

from autograder.check import prepare, session
from autograder.course.cells import Kind, kind
from autograder.course.course import Course
from autograder.course.lesson import Lesson
from autograder.course.reference import exercise_source
from autograder.harness.probe import load_probes
from autograder.judging.bank import load_bank
from autograder.judging.misconception import Misconception
from autograder.notebook import magics

REPEATS = 5
Times = dict[str, tuple[float, float, float]]


def check_table(course: Course, lesson_ids: list[str]) -> Table:
    """For each lesson how many answers were checked, the medians, and the slowest by name."""
    table = Table(
        title=f"%check, seconds: each of n answers {REPEATS} times, unprepared, the first time in "
        "a kernel, and again; the median answer, and the slowest"
    )
    columns = ("unprepared", "slowest", "first", "slowest", "again", "slowest")
    for column in ("lesson", "answers", "n", *columns, "which"):
        left = column in ("lesson", "answers", "which")
        table.add_column(
            column,
            justify="left" if left else "right",
            no_wrap=column != "which",  # in 80 columns, too, a lesson keeps its name
            overflow="fold",
        )
    for lesson_id in lesson_ids:
        for answers, times in zip(
            ("right", "wrong"), check_lesson(course, course.lesson(lesson_id)), strict=True
        ):
            which = max(times, key=lambda name: times[name][1])
            spread = [
                f"{summary(some):.3f}"
                for some in zip(*times.values(), strict=True)
                for summary in (statistics.median, max)
            ]
            table.add_row(lesson_id, answers, str(len(times)), *spread, which)
    return table


def check_lesson(course: Course, lesson: Lesson) -> tuple[Times, Times]:
    """The median times of checks by exercise, and by exercise and mistake."""
    right: Times = {}
    wrong: Times = {}
    bank = load_bank(lesson, load_probes(lesson.slug))
    prepare.prepare(course, lesson)
    with learner(course, lesson) as shell:
        for key, exercise in lesson.exercises.items():
            if exercise.is_prediction:
                continue
            right[key] = timed(shell, key)
            for mistake in some(bank.by_exercise.get(key, [])):
                run(shell, mistake.code(lesson))
                wrong[f"{key}: {mistake.name}"] = timed(shell, key)
            run(shell, exercise_source(lesson, key))
    return right, wrong


@contextlib.contextmanager
def learner(course: Course, lesson: Lesson) -> Iterator[InteractiveShell]:
    """A shell in the lesson's folder, in which everything is written and right."""
    folder = os.getcwd()  # noqa: PTH109 (what chdir takes back)
    os.chdir(course.notebooks / lesson.id)
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    history = shell.history_manager
    assert history is not None
    history.enabled = False  # nothing of this goes into the user's own
    magics.load_ipython_extension(shell)
    try:
        for cell in lesson.notebook().cells:
            if kind(cell) in (Kind.SETUP, Kind.BRING, Kind.SOLUTION):
                run(shell, cell.source)
        yield shell
    finally:
        history.end_session()
        InteractiveShell.clear_instance()
        os.chdir(folder)


def run(shell: InteractiveShell, source: str) -> Any:
    """The value of a cell, which has to end without an error."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        result = shell.run_cell(source, store_history=True)
    result.raise_error()
    return result.result


def timed(shell: InteractiveShell, key: str) -> tuple[float, float, float]:
    """The medians of some checks in each of the three ways; the very first is not counted."""
    check_seconds(shell, key)
    unprepared, first, again = [], [], []
    for _ in range(REPEATS):
        with prepared(False):
            unprepared.append(check_seconds(shell, key))
        with prepared(True):
            first.append(check_seconds(shell, key))
            again.append(check_seconds(shell, key))
    return statistics.median(unprepared), statistics.median(first), statistics.median(again)


@contextlib.contextmanager
def prepared(on: bool) -> Iterator[None]:
    """A kernel that has checked nothing yet, and may or may not use what was prepared."""
    session.judge_of.cache_clear()
    before = os.environ.get(prepare.SWITCH)
    os.environ[prepare.SWITCH] = str(int(on))
    try:
        yield
    finally:
        if before is None:
            del os.environ[prepare.SWITCH]
        else:
            os.environ[prepare.SWITCH] = before


def check_seconds(shell: InteractiveShell, key: str) -> float:
    """From the line to the card."""
    start = time.perf_counter()
    run(shell, f"%check {key}")._repr_html_()
    return time.perf_counter() - start


def some(mistakes: list[Misconception]) -> list[Misconception]:
    """The first, the middle and the last of a list, each once."""
    places = sorted({0, len(mistakes) // 2, len(mistakes) - 1}) if mistakes else []
    return [mistakes[place] for place in places]
