"""Time what people wait for: `make bench`, or `python -m benchmarks 08_numpy_trainer`."""

from __future__ import annotations

import os
import platform
import sys
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from rich.console import Console

from autograder.course.course import Course
from autograder.course.needs import runnable
from benchmarks import full_loop, lightning_loop
from benchmarks.checks import check_table
from benchmarks.cuda_loop import cuda_tables
from benchmarks.submissions import submission_table
from benchmarks.trainer import trainer_table


def main(lesson_ids: list[str]) -> None:
    """Time the named lessons, or all."""
    course = Course.find()
    chosen = runnable(course, lesson_ids)
    # A log is as wide as the tables want it; a terminal is as wide as it is.
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(machine())
    if "08_numpy_trainer" in chosen:
        console.print(trainer_table(course))
    if full_loop.LESSON in chosen:
        for table in chain(full_loop.loop_tables(course), cuda_tables(course)):
            console.print(table)
    console.print(check_table(course, chosen))
    console.print(submission_table(course, chosen))


def machine() -> str:
    """Where the numbers come from."""
    versions = {"Python": platform.python_version(), "numpy": np.__version__}
    versions |= {"torch": torch.__version__, "Lightning": lightning_loop.installed_version()}
    said = ", ".join(f"{name} {version or 'missing'}" for name, version in versions.items())
    return (
        f"{said}\n{platform.system()} {platform.machine()}, {processor()}, {os.cpu_count()} cores, "
        f"{torch.get_num_threads()} thread(s) unless a table says otherwise"
    )


def processor() -> str:
    """Its name, where the system tells one."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"


if __name__ == "__main__":
    main(sys.argv[1:])
