"""Hidden tests of lesson 06."""

from autograder.api import grader

grade = grader("06_schedules")
