"""Hidden tests of lesson 02."""

from autograder.api import grader

grade = grader("02_backprop")
