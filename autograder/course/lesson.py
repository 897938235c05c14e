"""A lesson's source, read into cells and exercises."""

from __future__ import annotations

import copy
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from nbformat import NotebookNode

from autograder.course.cells import PREDICTION, Kind, identify_cells, kind, nbgrader_of
from autograder.course.percent import read_percent

WRITTEN_IN_NUMPY = re.compile(r"# ---\n(?:#   .*\n|# jupyter:\n)*#     written_in: numpy\n")
OFFERED = re.compile(r"(?<!\w)\(([a-z])\)(?=\s)")


class LessonError(Exception):
    """The source of a lesson is not what CONTRIBUTING asks of one."""


@dataclass(frozen=True)
class Exercise:
    """The names that a learner defines, and the graded cell that asks for them.

    Attributes:
        offered: of a prediction, the letters that its text offers.
    """

    key: str
    names: tuple[str, ...]
    points: float
    solution_ids: tuple[str, ...]
    offered: tuple[str, ...] = ()

    @property
    def test_id(self) -> str:
        """The `grade_id` of the graded cell."""
        return f"test_{self.key}"

    @property
    def is_prediction(self) -> bool:
        """Predictions are letters, not code."""
        return self.key.startswith(PREDICTION)


@dataclass(frozen=True)
class ManualQuestion:
    """A mastery question: nbgrader's task cell, graded by a person."""

    name: str
    points: float


@dataclass(frozen=True)
class Lesson:
    """One folder in `solutions/`. `source` is percent-format text; the rest is derived."""

    id: str
    source_path: Path
    source: str

    @classmethod
    def read(cls, path: Path) -> Lesson:
        """The lesson in `solutions/<id>/<slug>.py`."""
        return cls(path.parent.name, path, path.read_text(encoding="utf-8"))

    @property
    def slug(self) -> str:
        """The source's name: the notebook's and the hidden package's as well."""
        return self.source_path.stem

    @property
    def is_numpy(self) -> bool:
        """Whether the header of the source says `written_in: numpy`: then no library that
        differentiates may be called, and graded kernels hold none."""
        return bool(WRITTEN_IN_NUMPY.match(self.source))

    @cached_property
    def digest(self) -> str:
        """A hash of the source: results kept for another source are of no use."""
        return hashlib.sha256(self.source.encode()).hexdigest()

    def notebook(self) -> NotebookNode:
        """A fresh copy of the source as a notebook, with deterministic cell ids."""
        return copy.deepcopy(self._notebook)

    @property
    def cells(self) -> list[NotebookNode]:
        """The cells of the source, the same objects for all who look at them: nobody changes
        them."""
        cells: list[NotebookNode] = self._notebook.cells
        return cells

    def release(self) -> NotebookNode:
        """A fresh copy of the learner's notebook: no solution, no hidden test."""
        return copy.deepcopy(self.released)

    @cached_property
    def _notebook(self) -> NotebookNode:
        return identify_cells(read_percent(self.source))

    @cached_property
    def released(self) -> NotebookNode:
        """The learner's notebook, the same object for all who look at it: nobody changes it."""
        from autograder.course.release import release_notebook

        return release_notebook(self.notebook(), self)

    @cached_property
    def exercises(self) -> dict[str, Exercise]:
        """The exercises by key, in the order of the lesson."""
        cells = self._notebook.cells
        solution_ids = [nbgrader_of(c)["grade_id"] for c in cells if kind(c) is Kind.SOLUTION]
        found: dict[str, Exercise] = {}
        for cell in cells:
            if kind(cell) is not Kind.GRADED:
                continue
            meta = nbgrader_of(cell)
            key = str(meta["grade_id"]).removeprefix("test_")
            names = tuple(key.split("__"))
            slots = tuple(s for s in solution_ids if s == key or s in names)
            offered = offered_letters(cells, key) if key.startswith(PREDICTION) else ()
            found[key] = Exercise(key, names, float(meta["points"]), slots, offered)
        return found

    @cached_property
    def manual(self) -> tuple[ManualQuestion, ...]:
        """What a person grades."""
        return tuple(
            ManualQuestion(str(meta["grade_id"]), float(meta["points"]))
            for meta in map(nbgrader_of, self._notebook.cells)
            if meta.get("task")
        )

    @cached_property
    def visible_tests(self) -> dict[str, str]:
        """What learners see of each graded cell, by its `grade_id`."""
        return {
            str(nbgrader_of(cell)["grade_id"]): cell.source
            for cell in self.released.cells
            if kind(cell) is Kind.GRADED
        }

    @cached_property
    def reference_source(self) -> str:
        """Setup, bring and solution cells, one after another: defines names and runs nothing else.

        Of a bring cell it is the given part: what is graded does not depend on what was brought.
        """
        return "\n\n".join(
            cell.source
            for cell in self._notebook.cells
            if kind(cell) in (Kind.SETUP, Kind.BRING, Kind.SOLUTION)
        )


def offered_letters(cells: Sequence[NotebookNode], key: str) -> tuple[str, ...]:
    """The letters that the text right above a prediction's cell offers: `(a) ...`, `(b) ...`."""
    place = next((i for i, c in enumerate(cells) if nbgrader_of(c).get("grade_id") == key), 0)
    text = cells[place - 1].source if place and cells[place - 1].cell_type == "markdown" else ""
    letters = OFFERED.findall(text)
    first = len(letters) - letters[::-1].index("a") - 1 if "a" in letters else len(letters)
    return tuple(letters[first:])
