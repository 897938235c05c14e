"""What every test relies on: one thread, no display, and no silent skipping of sealed kernels."""

from __future__ import annotations

import os
import sys

# Before anything imports NumPy or matplotlib; kernels started by tests inherit it.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "agg")
os.environ.setdefault("DESCENT_PREPARE", "0")

import pytest
from hypothesis import settings

SEALING_REQUIRED = os.environ.get(
    "DESCENT_REQUIRE_SEALING", "1" if sys.platform == "linux" else "0"
) not in ("", "0")

settings.register_profile("descent", deadline=None, derandomize=True, database=None)
settings.load_profile("descent")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test marked `sealed` needs a sealed kernel: on Linux it fails without one."""
    if item.get_closest_marker("sealed") is None:
        return
    from autograder.sandbox import SealingError, require_sealing

    try:
        require_sealing()
    except SealingError as error:
        if SEALING_REQUIRED:
            pytest.fail(f"{error} (DESCENT_REQUIRE_SEALING=0 skips this test)", pytrace=False)
        pytest.skip(str(error))


# These look at sources and run nothing of a lesson.
READ_ONLY = {"test_leaks.py"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is asked of each lesson is not asked of one that needs what is not installed."""
    from autograder.course.course import Course
    from autograder.course.needs import skipped

    course = Course.find()
    why = {name: skipped(course.lesson(name)) for name in course.lesson_ids()}
    for item in items:
        if item.path.name in READ_ONLY:
            continue
        call = getattr(item, "callspec", None)
        about = (
            [why.get(value, "") for value in call.params.values() if isinstance(value, str)]
            if call
            else []
        )
        if said := next(filter(None, about), ""):
            item.add_marker(pytest.mark.skip(reason=said))
