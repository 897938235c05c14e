"""Hidden tests of lesson 04."""

from autograder.api import grader

grade = grader("04_signal")
