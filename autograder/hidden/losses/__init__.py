"""Hidden tests of lesson 01."""

from autograder.grader import grader

grade = grader("01_losses")
