"""Hidden tests of lesson 05."""

from autograder.api import grader

grade = grader("05_optimizers")
