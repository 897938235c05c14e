"""Hidden tests of lesson 00."""

from autograder.grader import grader

grade = grader("00_orientation")
