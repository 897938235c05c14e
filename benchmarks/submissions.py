"""One submission from its bytes to its verdict: the solution, and a blank notebook."""

from __future__ import annotations

import statistics
import sys
import time

from rich.table import Table

from autograder.course.course import Course
from autograder.course.lesson import Lesson
from autograder.course.seeds import draw_seed
from autograder.grading.grade import grade_notebook
from autograder.sandbox import SealingError, require_sealing
from autograder.submission.rebuild import rebuild

REPEATS = 3


def submission_table(course: Course, lesson_ids: list[str]) -> Table:
    """Seconds for each, with n and spread."""
    sealed = can_seal()
    seal = "sealed" if sealed else "unsealed"
    table = Table(title=f"one submission, {seal}, seconds")
    table.add_column("lesson")
    table.add_column("notebook")
    for column in ("n", "min", "median", "max"):
        table.add_column(column, justify="right")
    for lesson_id in lesson_ids:
        lesson = course.lesson(lesson_id)
        for folder, what in ((course.solutions, "solution"), (course.notebooks, "blank")):
            content = (folder / lesson_id / f"{lesson.slug}.ipynb").read_bytes()
            times = timed(content, lesson, sealed)
            spread = (min(times), statistics.median(times), max(times))
            table.add_row(lesson_id, what, str(len(times)), *(f"{value:.2f}" for value in spread))
    return table


def can_seal() -> bool:
    """Whether kernels can be sealed here; says so on stderr where they cannot."""
    try:
        require_sealing()
    except SealingError as error:
        print(f"submissions are timed unsealed: {error}", file=sys.stderr)
        return False
    return True


def timed(content: bytes, lesson: Lesson, sealed: bool) -> list[float]:
    """Wall time of some gradings, after one that is not counted."""
    times = []
    for _ in range(REPEATS + 1):
        start = time.perf_counter()
        rebuilt = rebuild(content, lesson)
        grade_notebook(rebuilt, seed=draw_seed(), sealed=sealed)
        times.append(time.perf_counter() - start)
    return times[1:]
