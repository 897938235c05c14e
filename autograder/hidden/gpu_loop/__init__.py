"""Hidden tests of lesson 13."""

from autograder.api import grader

grade = grader("13_gpu_loop")
