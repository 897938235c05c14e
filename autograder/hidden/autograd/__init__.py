"""Hidden tests of lesson 03."""

from autograder.grader import grader

grade = grader("03_autograd")
