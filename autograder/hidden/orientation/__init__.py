"""Hidden tests of lesson 00."""

from autograder.api import grader

grade = grader("00_orientation")
