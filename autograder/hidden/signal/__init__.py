"""Hidden tests of lesson 04."""

from autograder.grader import grader

grade = grader("04_signal")
