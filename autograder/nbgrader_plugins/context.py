"""Which course, lesson and learner nbgrader is busy with."""

from __future__ import annotations

from pathlib import Path

from nbconvert.exporters.exporter import ResourcesDict

from autograder.course.course import Course
from autograder.course.lesson import Lesson

# In a notebook's metadata between nbgrader's two passes: the digest of what was handed in.
HANDED_IN = "handed_in"

# In the resources of a pass: what was rebuilt, where both passes are one (`batch/direct_entry.py`).
REBUILT = "rebuilt"


def course_of(resources: ResourcesDict) -> Course:
    """The course that nbgrader grades: it works in its folder."""
    return Course(Path.cwd())


def lesson_of(resources: ResourcesDict) -> Lesson:
    """The lesson of the notebook in hand.

    Raises:
        CourseError: the assignment is no lesson of the course.
    """
    return course_of(resources).lesson(str(resources["nbgrader"]["assignment"]))


def label(resources: ResourcesDict) -> str:
    """Whose notebook it is, for the log."""
    about = resources["nbgrader"]
    return f"{about['student']}/{about['assignment']}/{about['notebook']}"
