"""The two notebooks of a lesson: where they are, and how notebooks are written."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course.course import Course
from autograder.course.lesson import Lesson


def solution_path(course: Course, lesson: Lesson) -> Path:
    """Where the executed notebook of a lesson is."""
    return course.solutions / lesson.id / f"{lesson.slug}.ipynb"


def release_path(course: Course, lesson: Lesson) -> Path:
    """Where the learner's notebook of a lesson is."""
    return course.notebooks / lesson.id / f"{lesson.slug}.ipynb"


def to_bytes(notebook: NotebookNode) -> bytes:
    """The file of a notebook, as nbformat, JupyterLab and nbgrader write it."""
    return str(nbformat.writes(notebook)).rstrip("\n").encode() + b"\n"
