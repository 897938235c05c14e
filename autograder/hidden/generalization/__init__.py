"""Hidden tests of lesson 07."""

from autograder.api import grader

grade = grader("07_generalization")
