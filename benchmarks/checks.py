"""`%check` as a learner waits for it: in an IPython shell, from the line to the finished card.

Of each exercise a right answer is checked, and the first, the middle and the last mistake of its
bank. Each check has a judge of its own, which knows nothing yet: it runs the reference, and the
whole bank where that is asked.
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

from autograder import magics
from autograder.cells import Kind, kind
from autograder.course import Course
from autograder.lesson import Lesson
from autograder.misconception import Misconception, exercise_source, load_bank

REPEATS = 5
Times = dict[str, float]


def check_table(course: Course, lesson_ids: list[str]) -> Table:
    """For each lesson how many checks were timed, their median and the slowest, by name."""
    table = Table(title=f"%check, seconds: medians of {REPEATS}")
    for column in ("lesson", "answers", "n", "median", "slowest", "which"):
        left = column in ("lesson", "answers", "which")
        table.add_column(column, justify="left" if left else "right")
    for lesson_id in lesson_ids:
        right, wrong = check_lesson(course, course.lesson(lesson_id))
        for answers, times in (("right", right), ("wrong", wrong)):
            slowest = max(times, key=lambda name: times[name])
            median = f"{statistics.median(times.values()):.3f}"
            row = (lesson_id, answers, str(len(times)), median, f"{times[slowest]:.3f}", slowest)
            table.add_row(*row)
    return table


def check_lesson(course: Course, lesson: Lesson) -> tuple[Times, Times]:
    """The median time of a check by exercise, and by exercise and mistake."""
    right: Times = {}
    wrong: Times = {}
    bank = load_bank(lesson)
    with learner(course, lesson) as shell:
        for key, exercise in lesson.exercises.items():
            if exercise.is_prediction:
                continue
            right[key] = timed(shell, key)
            for mistake in some(bank.by_exercise.get(key, [])):
                run(shell, mistake.code())
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
            if kind(cell) in (Kind.SETUP, Kind.SOLUTION):
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


def timed(shell: InteractiveShell, key: str) -> float:
    """The median of some checks, after one that is not counted."""
    times = []
    for _ in range(REPEATS + 1):
        magics._judge.cache_clear()
        start = time.perf_counter()
        run(shell, f"%check {key}")._repr_html_()
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def some(mistakes: list[Misconception]) -> list[Misconception]:
    """The first, the middle and the last of a list, each once."""
    places = sorted({0, len(mistakes) // 2, len(mistakes) - 1}) if mistakes else []
    return [mistakes[place] for place in places]
