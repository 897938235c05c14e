"""Time what people wait for, and print n, min, median and max: `make bench`.

Each case runs once before it is timed, so that imports and the first compilation do not count.
"""

from __future__ import annotations

import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from autograder.course import Course
from autograder.grading import grade_notebook
from autograder.judge import Judge
from autograder.lesson import Lesson
from autograder.rebuild import rebuild
from autograder.reference import load_reference
from autograder.runners import LocalRunner
from autograder.sandbox import SealingError, check_sealing
from autograder.seeds import draw_seed
from benchmarks.trainer import trainer_table


@dataclass(frozen=True)
class Case:
    """Something to time, and how often."""

    name: str
    run: Callable[[], object]
    repeats: int


def check_cases(lesson: Lesson) -> Iterator[Case]:
    """`%check` of the lesson's exercises: all of them right, then one mistake in each."""
    reference = load_reference(lesson).__dict__
    judge = Judge(lesson, draw_seed())
    for key in lesson.exercises:

        def right(key: str = key) -> object:
            return judge.verdict(judge.examine(key, LocalRunner(reference)))

        yield Case(f"check {key}, right", right, 5)
        for wrong in judge.bank.by_exercise.get(key, [])[:1]:
            names = {**reference, **wrong.names()}

            def mistaken(key: str = key, names: dict[str, object] = names) -> object:
                fresh = Judge(lesson, draw_seed())  # as the first %check of a session: whole bank
                return fresh.verdict(fresh.examine(key, LocalRunner(names)))

            yield Case(f"check {key}, {wrong.name}", mistaken, 5)


def judge_cases(course: Course, lesson: Lesson) -> Iterator[Case]:
    """One submission of the lesson, from its bytes to its verdict: the solution, and a blank."""
    try:
        check_sealing()
    except SealingError as error:
        print(f"submissions are timed unsealed: {error}", file=sys.stderr)
        sealed = False
    else:
        sealed = True
    name = f"{lesson.slug}.ipynb"
    for folder, what in ((course.solutions, "solution"), (course.notebooks, "blank")):
        path = folder / lesson.id / name

        def run(content: bytes = path.read_bytes()) -> object:
            rebuilt = rebuild(content, lesson).notebook
            return grade_notebook(rebuilt, lesson, seed=draw_seed(), sealed=sealed)

        seal = "sealed" if sealed else "unsealed"
        yield Case(f"judge {lesson.id}, {what}, {seal}", run, 3)


def seconds(case: Case) -> list[float]:
    """Wall time of each repeat."""
    case.run()
    times = []
    for _ in range(case.repeats):
        start = time.perf_counter()
        case.run()
        times.append(time.perf_counter() - start)
    return times


def main(lesson_ids: list[str]) -> None:
    """Time the named lessons, or all."""
    course = Course.find()
    table = Table(title=machine())
    for column, side in (("what", "left"), ("n", "right")):
        table.add_column(column, justify=side)  # type: ignore[arg-type]
    for column in ("min", "median", "max"):
        table.add_column(f"{column} (s)", justify="right")
    for lesson_id in lesson_ids or course.lesson_ids():
        lesson = course.lesson(lesson_id)
        for case in (*check_cases(lesson), *judge_cases(course, lesson)):
            times = seconds(case)
            spread = (min(times), statistics.median(times), max(times))
            table.add_row(case.name, str(len(times)), *(f"{value:.3f}" for value in spread))
    Console().print(table)
    if not lesson_ids or "08_numpy_trainer" in lesson_ids:
        Console().print(trainer_table(course))


def machine() -> str:
    """Where the numbers come from."""
    versions = (
        f"Python {platform.python_version()}, numpy {np.__version__}, torch {torch.__version__}"
    )
    return (
        f"{versions}, {platform.system()} {platform.machine()}, {torch.get_num_threads()} thread(s)"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
