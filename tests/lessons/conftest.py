"""The reference of the lesson that a test file is about."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.course.reference import load_reference

from .helpers import lesson_of


@pytest.fixture(scope="module")
def solved(request: pytest.FixtureRequest) -> Any:
    """The names of the solved lesson that the file calls `LESSON`."""
    return load_reference(lesson_of(request.module.LESSON))
