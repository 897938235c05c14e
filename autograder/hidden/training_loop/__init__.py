"""Hidden tests of lesson 10."""

from autograder.api import grader

grade = grader("10_training_loop")
