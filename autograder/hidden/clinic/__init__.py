"""Hidden tests of lesson 15."""

from autograder.api import grader

grade = grader("15_clinic")
