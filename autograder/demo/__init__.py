"""`autograder demo`: a whole class, handed in, graded, and every score checked."""

from autograder.demo.run import run_demo

__all__ = ["run_demo"]
