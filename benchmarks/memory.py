"""What one more sealed kernel takes: by how much the proportional memory of all processes grows.

Each page counts once, shared among those who have it (PSS), so what a kernel has in common with
the process that it was forked from is not counted again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from rich.console import RenderableType
from rich.table import Table

from autograder.course.cells import Kind, kind
from autograder.course.course import Course
from autograder.course.lesson import Lesson
from autograder.course.seeds import draw_seed
from autograder.harness.kernel import KernelRunner
from autograder.judging.judge import Judge
from autograder.sandbox import Limits, Policy, SealedKernel
from autograder.sandbox.processes import tree
from benchmarks.submissions import can_seal
from benchmarks.turns import spread

LESSON = "10_training_loop"
KERNELS = 4
READY_AIM, AFTERWARDS_AIM = 50, 160
UNKNOWN = "The memory of kernels is left out: it cannot be read here."


def memory_tables(course: Course) -> Iterator[RenderableType]:
    """One table, or the line that says why there is none."""
    try:
        if can_seal():
            yield memory_table(course)
            return
    except PermissionError:
        pass
    yield UNKNOWN


def memory_table(course: Course, kernels: int = KERNELS) -> Table:
    """Megabytes of a kernel that answers, and after all probes of lesson 10.

    Raises:
        PermissionError: the system does not tell.
    """
    lesson = course.lesson(LESSON)
    plain, _ = growth(course, None, kernels)
    ready, afterwards = growth(course, lesson, kernels)
    table = Table(title="one more sealed kernel, proportional memory, MB")
    table.add_column("kernel")
    for column in ("n", "min", "median", "max"):
        table.add_column(column, justify="right")
    table.add_column("aim")
    for name, values, aim in (
        ("NumPy, ready", plain, READY_AIM),
        ("torch, ready", ready, READY_AIM),
        (f"torch, after the probes of {LESSON}", afterwards, AFTERWARDS_AIM),
    ):
        row = spread(values, 0)
        reached = "reached" if float(row[2]) <= aim else "missed"
        table.add_row(name, *row, f"{aim} {reached}")
    return table


def growth(course: Course, lesson: Lesson | None, kernels: int) -> tuple[list[float], list[float]]:
    """By how much each kernel more lets the memory grow: once it is ready, and once it has run the
    probes of a lesson, if one is named.

    The first is not counted: of what was the parent's alone until then, some is shared from now on.
    """
    policy = Policy(data=course.data, torch=lesson is not None)
    judge = None if lesson is None else Judge(lesson, draw_seed())
    ready, afterwards = [], []
    with ExitStack() as stack:
        for _ in range(kernels + 1):
            before = proportional_megabytes()
            kernel = stack.enter_context(SealedKernel(policy))
            ready.append(proportional_megabytes() - before)
            if judge is not None:
                run_probes(kernel, judge)
                afterwards.append(proportional_megabytes() - before)
    return ready[1:], afterwards[1:]


def run_probes(kernel: SealedKernel, judge: Judge) -> None:
    """What a solved notebook of the lesson makes a kernel do."""
    runner = KernelRunner(kernel, Limits(), judge.payloads)
    for cell in judge.lesson.notebook().cells:
        if kind(cell) in (Kind.SETUP, Kind.BRING, Kind.SOLUTION):
            runner.run_cell(cell.source)
    for key in judge.lesson.exercises:
        verdict = judge.verdict(judge.examine(key, runner))
        if verdict.status != "passed":
            raise RuntimeError(f"the reference's {key} is {verdict.status} in a kernel")


def proportional_megabytes() -> float:
    """Of all that this process has started."""
    own = os.getpid()
    return sum(_proportional(process.pid) for process in tree(own) if process.pid != own) / 1e6


def _proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it has ended meanwhile
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
