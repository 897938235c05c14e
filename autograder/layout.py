"""The cells of a submission, each at a place of the released notebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder import marks
from autograder.cells import Kind, grade_id, kind
from autograder.names import defined_names, parses, stands_alone
from autograder.submission import Submitted

SPLITS, JOINED = 10, 20_000  # no cell is split more often, and none so long: joining takes time
ELSEWHERE = "is written in another cell."


@dataclass
class Place:
    """A cell of the release, what the learner has in it, and the cells that follow it.

    The first place of a layout has no cell: it is for what stands above everything known.
    """

    cell: NotebookNode | None = None
    kind: Kind = Kind.UNKNOWN
    names: frozenset[str] = frozenset()  # what a solution cell is asked to define
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
        return (self.kind is Kind.DEMO or self.is_answer) and not self.inside

    def cells(self) -> list[dict[str, Any]]:
        """The cell, or cells, that a rebuilt notebook has in this place."""
        if self.cell is None:
            return []
        if not self.inside:
            return [self.cell]
        if self.is_solution:
            return [{**self.cell, "source": self.inside[0].source}]
        return [as_cell(self.inside[0], str(self.cell.id))]


class Layout:
    """Puts every cell of a submission at a place of the release. `notes` says what was mended."""

    def __init__(self, release: NotebookNode, cells: Sequence[Submitted]) -> None:
        self.notes: list[str] = []
        self._metadata = release.metadata
        self.places = [Place(), *_places(release)]
        known = [(place, place.cell) for place in self.places if place.cell]
        self._by_grade_id = {grade_id(cell): place for place, cell in known if grade_id(cell)}
        self._by_id = {str(cell.id): place for place, cell in known}
        self._by_text = {squeeze(cell.source): place for place, cell in reversed(known)}
        self._asked_for = frozenset[str]().union(*(place.names for place in self.places))
        self._put_all(cells)
        self._find_by_name()
        for place in self.places:
            if place.is_solution:
                self._join_parts(place)

    def notebook(self) -> NotebookNode:
        """The layout as a notebook; cells that the release does not know are numbered."""
        cells: list[dict[str, Any]] = []
        extras = 0
        for place in self.places:
            cells += place.cells()
            for cell in place.after:
                extras += 1
                cells.append(as_cell(cell, f"extra-{extras}"))
        notebook: NotebookNode = nbformat.from_dict(
            {"cells": cells, "metadata": self._metadata, "nbformat": 4, "nbformat_minor": 5}
        )
        return notebook

    def _put_all(self, cells: Sequence[Submitted]) -> None:
        here = self.places[0]
        for cell in cells:
            given = self._by_text.get(squeeze(cell.source))
            home = self._home(cell) or given
            here = home or here
            if given is not None or not cell.source.strip():
                continue  # the release has it
            if home is not None and home.takes(cell):
                home.inside.append(cell)
            else:
                here.after.append(cell)

    def _home(self, cell: Submitted) -> Place | None:
        """Where the release has this cell, by its name. Code that answers another exercise, and
        not the one whose name it carries, is a stray."""
        place = self._by_grade_id.get(cell.grade_id) or self._by_id.get(cell.id or "")
        if place is None or not place.is_solution:
            return place
        names = defined_names(cell.source)
        is_stray = bool(names & self._asked_for) and not names & place.names
        return None if is_stray else place

    def _find_by_name(self) -> None:
        """Fill empty solution places with the cells that define what they ask for."""
        for index, place in enumerate(self.places):
            if not place.is_solution or place.inside:
                continue
            place.inside = [
                cell for cells in self._strays(index) for cell in _take(cells, place.names)
            ]
            if place.inside:
                self.notes.append(f"{place.name}: found by the name that it defines")
            elif any(place.names & defined_names(cell.source) for cell in self._answers()):
                # The release's stub would come after that cell, and undo it.
                names = ", ".join(sorted(place.names))
                place.inside = [Submitted("code", f"# {names} {ELSEWHERE}")]
                self.notes.append(f"{place.name}: written in the cell of another exercise")

    def _strays(self, index: int) -> Iterator[list[Submitted]]:
        """The cells that may be moved to a place: those the release does not know, edited demos,
        and answers to later exercises."""
        for position, place in enumerate(self.places):
            if place.kind is Kind.DEMO or (place.is_solution and position > index):
                yield place.inside
            yield place.after

    def _answers(self) -> Iterator[Submitted]:
        return (cell for place in self.places if place.is_solution for cell in place.inside)

    def _join_parts(self, place: Place) -> None:
        """Make one cell of the parts of a split one; copies that stand alone follow the first."""
        parts = _distinct(place.inside)
        if len(parts) > 1:
            self.notes.append(f"{place.name}: there are {len(parts)} cells of this name")
            whole = "\n".join(part.source for part in parts)
            if not all(stands_alone(part.source) for part in parts) and parses(whole):
                parts = [replace(parts[0], source=whole)]
        place.inside, place.after[:0] = parts[:1], parts[1:]
        if place.inside:
            place.inside = [_with_continuations(place.inside[0], place.after)]


def squeeze(source: str) -> str:
    """A source without white space, hidden tests and mark schemes: what makes two cells equal."""
    for pair in (marks.HIDDEN, marks.SCHEME):
        with suppress(marks.MarkError):
            source = marks.without(source, pair)
    return "".join(source.split())


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


def _places(release: NotebookNode) -> Iterator[Place]:
    below_task = False
    for cell in release.cells:
        role = kind(cell)
        names = defined_names(cell.source) if role is Kind.SOLUTION else frozenset[str]()
        yield Place(cell, role, names, is_answer=below_task and role is Kind.PROSE)
        below_task = role is Kind.TASK


def _take(cells: list[Submitted], names: frozenset[str]) -> list[Submitted]:
    """Take out of `cells` those that define one of `names`, each with what continues it."""
    taken: list[Submitted] = []
    left: list[Submitted] = []
    waiting = cells[:]
    while waiting:
        cell, rest = waiting[0], waiting[1:]
        whole = _with_continuations(cell, rest)
        if names & defined_names(whole.source):
            taken.append(whole)
            waiting = rest
        else:
            left.append(cell)
            waiting = waiting[1:]
    cells[:] = left
    return taken


def _distinct(parts: list[Submitted]) -> list[Submitted]:
    """Of equal cells only the last: it is the one that would have its way."""
    last = {part.source.strip(): number for number, part in enumerate(parts)}
    return [parts[number] for number in sorted(last.values())]


def _with_continuations(cell: Submitted, following: list[Submitted]) -> Submitted:
    """A cell joined with those next to it that do not stand alone, and complete it. They are taken
    out of `following`."""
    fragments = list(takewhile(_is_fragment, following[: SPLITS + 1]))
    if len(fragments) > SPLITS:
        return cell
    for count in sorted({len(fragments), min(len(fragments), 1)} - {0}, reverse=True):
        whole = "\n".join([cell.source, *(part.source for part in fragments[:count])])
        if len(whole) <= JOINED and parses(whole):
            del following[:count]
            return replace(cell, source=whole)
    return cell


def _is_fragment(cell: Submitted) -> bool:
    return cell.cell_type == "code" and not stands_alone(cell.source)
