"""Hidden tests of lesson 12."""

from autograder.api import grader

grade = grader("12_mixed_precision")
