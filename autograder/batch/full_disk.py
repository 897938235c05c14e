"""A disk that is full is full for everyone: it is said once, and not of each learner."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from autograder.course.course import Course, CourseError

# As the system says it, and as SQLite does.
FULL = (os.strerror(errno.ENOSPC), os.strerror(errno.EDQUOT), "database or disk is full")


@contextmanager
def told_once() -> Iterator[None]:
    """Let nbgrader's gradebook not print, with a trace, the errors of the database that it raises:
    whoever catches them tells them."""
    log = logging.getLogger("tornado.application")  # which it borrows
    before = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        log.setLevel(before)


def refuse_full_disk(course: Course, failed: Mapping[str, str], step: str) -> None:
    """Raise if that is why a step was not done for some learners.

    failed: why it was not, by learner.
    step: as in "was not `entered`".

    Raises:
        CourseError: the disk is full.
    """
    full = [why for why in failed.values() if any(said in why for said in FULL)]
    if full:
        raise CourseError(
            f"the disk of {course.root} is full: {len(full)} learners were not {step}; "
            "make room, and the same command goes on from there"
        )
