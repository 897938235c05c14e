"""Hidden tests of lesson 16."""

from autograder.api import grader

grade = grader("16_tensorflow")
