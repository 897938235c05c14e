"""How nbval runs and compares the solution notebooks.

It compares what figures are said to show, and not the bytes of their images: those are in HTML
here, which nbval compares, and differ from one machine to another. And its kernels inherit no
backend for files (Agg, common in CI), which shows no figures.
"""

import os
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.course.needs import skipped

os.environ.pop("MPLBACKEND", None)
os.environ.setdefault("DESCENT_PREPARE", "0")  # nobody waits for a check here
SANITIZE = Path(__file__).with_name("nbval.cfg")


def pytest_configure(config: pytest.Config) -> None:
    """Read by `pytest --nbval solutions/...`."""
    if config.getoption("nbval_sanitize_with", None) is None:
        config.option.nbval_sanitize_with = str(SANITIZE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A lesson that needs what is not installed is skipped, with one line that says so."""
    course = Course.find(Path(__file__).parent)
    why: dict[str, str] = {}
    for item in items:
        lesson_id = item.path.parent.name
        if lesson_id not in why:
            known = lesson_id in course.lesson_ids()
            why[lesson_id] = skipped(course.lesson(lesson_id)) if known else ""
        if why[lesson_id]:
            item.add_marker(pytest.mark.skip(reason=why[lesson_id]))
