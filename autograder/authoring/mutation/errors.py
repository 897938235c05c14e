"""What a person can mend before mutants can be tried."""

from autograder.course.course import CourseError


class SurvivorsError(CourseError):
    """A `survivors.toml` that cannot be read, in one line."""


class UnstableReference(CourseError):
    """The reference is not what it was a moment ago, so nothing can be told from it."""
