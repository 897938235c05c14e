"""The command line: one program, `autograder`, whose installed script imports `main` from here."""

from autograder.cli.commands import main

__all__ = ["main"]
