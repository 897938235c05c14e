"""The places of a released notebook, and what a learner has in each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from autograder.course.bring_header import wanted
from autograder.course.cells import Kind, kind
from autograder.static_analysis.names import bound_names, defined_names
from autograder.submission.read import Submitted

# A line of a check cell as learners leave it: a question, in use or not.
ASKS = re.compile(r"\s*(?:#?\s*%(?:check|hint|solution|progress)\b.*)?")


@dataclass
class Place:
    """A cell of the release, what the learner has in it, and the cells that follow it.

    The first place of an alignment has no cell: it is for what stands above everything known.
    """

    index: int = 0
    cell: NotebookNode | None = None
    kind: Kind = Kind.UNKNOWN
    names: frozenset[str] = frozenset()  # what a solution cell is asked to define
    brings: frozenset[str] = frozenset()  # what a bring cell has to bind, whoever wrote it
    is_answer: bool = False  # the text below a mastery question
    inside: list[Submitted] = field(default_factory=list)
    after: list[Submitted] = field(default_factory=list)

    @property
    def is_solution(self) -> bool:
        """Whether learners write code here."""
        return self.kind is Kind.SOLUTION

    @property
    def name(self) -> str:
        """What to call the place in a note."""
        return str(self.cell.id) if self.cell else "the beginning"

    def takes(self, cell: Submitted) -> bool:
        """Whether a cell that differs from the release's may stand in its place."""
        if self.is_solution:
            return cell.cell_type == "code" or bool(self.names & defined_names(cell.source))
        if self.kind is Kind.BRING:
            is_whole = cell.cell_type == "code" and self.brings <= bound_names(cell.source)
            return is_whole and not self.inside
        return (self.kind is Kind.DEMO or self.is_answer) and not self.inside

    def has(self, cell: Submitted) -> bool:
        """Whether a cell says no more than the release's in its place: a check cell is there to be
        used, and asks the same in use."""
        return self.kind is Kind.CHECK and all(map(ASKS.fullmatch, cell.source.splitlines()))

    def cells(self) -> list[dict[str, Any]]:
        """The cell, or cells, that a rebuilt notebook has in this place."""
        if self.cell is None:
            return []
        if not self.inside:
            return [self.cell]
        if self.is_solution or self.kind is Kind.BRING:
            return [{**self.cell, "source": self.inside[0].source}]
        return [as_cell(self.inside[0], str(self.cell.id))]


def places_of(release: NotebookNode) -> Iterator[Place]:
    """The places of a release, in their order."""
    below_task = False
    for index, cell in enumerate(release.cells, 1):
        role = kind(cell)
        names = defined_names(cell.source) if role is Kind.SOLUTION else frozenset[str]()
        header = wanted(cell.source) if role is Kind.BRING else None
        brings = frozenset(header.names if header else ())
        is_answer = below_task and role is Kind.PROSE
        yield Place(index, cell, role, names, brings, is_answer=is_answer)
        below_task = role is Kind.TASK


def as_cell(cell: Submitted, cell_id: str) -> dict[str, Any]:
    """A learner's cell with nothing but its type, its text and its images."""
    made: dict[str, Any] = {
        "cell_type": cell.cell_type,
        "id": cell_id,
        "metadata": {},
        "source": cell.source,
    }
    if cell.cell_type == "code":
        made |= {"execution_count": None, "outputs": []}
    elif cell.attachments:
        made["attachments"] = cell.attachments
    return made
