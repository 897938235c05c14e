"""Hidden tests of lesson 02."""

from autograder.grader import grader

grade = grader("02_backprop")
