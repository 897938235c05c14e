"""Hidden tests of lesson 07."""

from autograder.grader import grader

grade = grader("07_generalization")
