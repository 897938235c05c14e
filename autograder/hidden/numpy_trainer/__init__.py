"""Hidden tests of lesson 08."""

from autograder.api import grader

grade = grader("08_numpy_trainer")
