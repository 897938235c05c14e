"""Time what people wait for: `make bench`, or `python -m benchmarks 08_numpy_trainer`."""

from __future__ import annotations

import platform
import sys

import numpy as np
import torch
from rich.console import Console

from autograder.course import Course
from autograder.needs import runnable
from benchmarks.checks import check_table
from benchmarks.submissions import submission_table
from benchmarks.trainer import trainer_table


def main(lesson_ids: list[str]) -> None:
    """Time the named lessons, or all."""
    course = Course.find()
    chosen = runnable(course, lesson_ids)
    console = Console()
    console.print(machine())
    if "08_numpy_trainer" in chosen:
        console.print(trainer_table(course))
    console.print(check_table(course, chosen))
    console.print(submission_table(course, chosen))


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
