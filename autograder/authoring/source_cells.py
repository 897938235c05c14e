"""The cells of a lesson's source, each with the line where it begins."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.course import cells
from autograder.course.cells import Kind
from autograder.course.lesson import Lesson


@dataclass(frozen=True)
class SourceCell:
    """A cell of the lesson, and the line of the source where its first line stands."""

    cell: NotebookNode
    line: int

    @property
    def kind(self) -> Kind:
        """What the cell is for."""
        return cells.kind(self.cell)

    @property
    def source(self) -> str:
        """The cell's text."""
        return str(self.cell.source)

    @property
    def grade_id(self) -> str:
        """The name nbgrader has for it, or the empty string."""
        return cells.grade_id(self.cell) or ""


def locate(lesson: Lesson) -> list[SourceCell]:
    """The cells of a lesson with the lines on which they begin."""
    notebook = lesson.notebook()
    text = lesson.source.split("\n")
    starts = [number for number, line in enumerate(text, 1) if re.match(r"# %%( |$)", line)]
    if len(starts) != len(notebook.cells):  # text before the first `# %%` is a cell too
        starts = [1] * (len(notebook.cells) - len(starts)) + starts
    return [
        SourceCell(cell, start + 1) for cell, start in zip(notebook.cells, starts, strict=False)
    ]


# What a rule yields: a line of the source, and what is wrong there.
Found = Iterator[tuple[int, str]]
Rule = Callable[[Lesson, list[SourceCell]], Found]
