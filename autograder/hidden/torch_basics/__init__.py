"""Hidden tests of lesson 09."""

from autograder.api import grader

grade = grader("09_torch")
