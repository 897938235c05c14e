"""Time what people wait for: `make bench`, or parts of it.

`python -m benchmarks 08_numpy_trainer` makes the tables of a lesson, `python -m benchmarks --class
40 100` those of a class.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from importlib.metadata import version
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from rich.console import Console

from autograder.course.course import Course
from autograder.course.needs import runnable
from benchmarks import full_loop, lightning_loop
from benchmarks.checks import check_table
from benchmarks.class_table import Plan, class_tables
from benchmarks.cuda_loop import cuda_tables
from benchmarks.memory import memory_tables
from benchmarks.submissions import submission_table
from benchmarks.trainer import trainer_table


def main(lesson_ids: list[str], plan: Plan | None) -> None:
    """The tables of the named lessons; those of a class, if one is planned; all, if neither is."""
    everything = plan is None and not lesson_ids
    course = Course.find()
    # A log is as wide as the tables want it; a terminal is as wide as it is.
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(machine())
    if everything or lesson_ids:
        lesson_tables(course, runnable(course, lesson_ids), console)
    if everything or plan is not None:
        for table in chain(class_tables(course, plan or Plan()), memory_tables(course)):
            console.print(table)


def lesson_tables(course: Course, chosen: list[str], console: Console) -> None:
    """What learners wait for, and the trainers that they write."""
    if "08_numpy_trainer" in chosen:
        console.print(trainer_table(course))
    if full_loop.LESSON in chosen:
        for table in chain(full_loop.loop_tables(course), cuda_tables(course)):
            console.print(table)
    console.print(check_table(course, chosen))
    console.print(submission_table(course, chosen))


def asked(words: list[str]) -> tuple[list[str], Plan | None]:
    """The lessons that were asked for, and the class, if one was."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="by default, all")
    a_class = parser.add_argument_group("a class, graded by autograder and by nbgrader")
    a_class.add_argument("--class", type=int, nargs="+", dest="sizes", metavar="N")
    a_class.add_argument("--nbgrader", type=int, nargs="+", dest="plain", metavar="N")
    a_class.add_argument("--rounds", type=int, metavar="N")
    given = parser.parse_args(words)
    numbers = {
        "sizes": given.sizes and tuple(given.sizes),
        "plain": given.plain and tuple(given.plain),
        "rounds": given.rounds,
    }
    chosen = {name: value for name, value in numbers.items() if value is not None}
    try:
        return given.lessons, Plan(**chosen) if chosen else None
    except ValueError as error:
        parser.error(str(error))


def machine() -> str:
    """Where the numbers come from."""
    versions = {"Python": platform.python_version(), "numpy": np.__version__}
    versions |= {"torch": torch.__version__, "nbgrader": version("nbgrader")}
    versions |= {"Lightning": lightning_loop.installed_version()}
    said = ", ".join(f"{name} {number or 'missing'}" for name, number in versions.items())
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
    main(*asked(sys.argv[1:]))
