"""Hidden tests of lesson 05."""

from autograder.grader import grader

grade = grader("05_optimizers")
