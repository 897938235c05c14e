"""Hidden tests of lesson 17."""

from autograder.api import grader

grade = grader("17_pixels_and_boxes")
