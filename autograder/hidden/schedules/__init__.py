"""Hidden tests of lesson 06."""

from autograder.grader import grader

grade = grader("06_schedules")
