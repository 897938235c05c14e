"""Hidden tests of lesson 99."""

from autograder.api import grader

grade = grader("99_topic")
