"""Hidden tests of lesson 01."""

from autograder.api import grader

grade = grader("01_losses")
