"""Hidden tests of lesson 99."""

from autograder.grader import grader

grade = grader("99_topic")
