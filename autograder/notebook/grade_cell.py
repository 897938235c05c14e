"""`grade("adam_step")`: the one hidden line of a graded cell, run by hand or by nbval."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from autograder.course.course import Course
from autograder.feedback.text import explain
from autograder.harness.local import LocalRunner
from autograder.judging.judge import Judge

FIXED_SEED = 20260101


def grader(lesson_id: str) -> Callable[[str], None]:
    """The `grade` of one lesson's graded cells."""

    def grade(exercise: str) -> None:
        """Judge what this notebook defines, here, with a fixed seed, and print the verdict.

        Raises:
            RuntimeError: plain nbgrader runs it. A cell that says nothing would get full marks.
        """
        if os.environ.get("NBGRADER_EXECUTION") == "autograde":
            raise RuntimeError(
                "use the course's nbgrader_config: without it these cells cannot be graded"
            )
        judge = Judge(Course.find().lesson(lesson_id), FIXED_SEED)
        findings = judge.examine(exercise, LocalRunner(sys.modules["__main__"].__dict__))
        print(explain(judge.verdict(findings)))

    return grade
