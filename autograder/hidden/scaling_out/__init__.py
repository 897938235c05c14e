"""Hidden tests of lesson 14."""

from autograder.api import grader

grade = grader("14_scaling_out")
