"""Hidden tests of lesson 11."""

from autograder.api import grader

grade = grader("11_stability")
