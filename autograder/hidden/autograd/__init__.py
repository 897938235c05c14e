"""Hidden tests of lesson 03."""

from autograder.api import grader

grade = grader("03_autograd")
