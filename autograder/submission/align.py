"""The cells of a submission, each at a place of the released notebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from nbformat import NotebookNode

from autograder.course.bring_header import wanted
from autograder.course.cells import Kind, grade_id
from autograder.course.delimiters import squeeze
from autograder.static_analysis.names import bound_names, defined_names, used_names
from autograder.submission.parts import distinct, joined, take, with_continuations
from autograder.submission.read import Submitted
from autograder.submission.slots import Place, as_cell, places_of

ELSEWHERE = "is written in another cell."


class Alignment:
    """Puts every cell of a submission at a place of the release. `notes` says what was mended."""

    def __init__(self, release: NotebookNode, cells: Sequence[Submitted]) -> None:
        self.notes: list[str] = []
        self._metadata = release.metadata
        self.places = [Place(), *places_of(release)]
        known = [(place, place.cell) for place in self.places if place.cell]
        self._by_grade_id = {grade_id(cell): place for place, cell in known if grade_id(cell)}
        self._by_id = {str(cell.id): place for place, cell in known}
        self._by_text = {
            text: place for place, cell in reversed(known) for text in _texts(place, cell)
        }
        ids = {cell.id for cell in cells}
        self._by_header = {
            header: place
            for place, cell in known
            if place.brings and cell.id not in ids and (header := wanted(cell.source))
        }
        self._asked_for = frozenset[str]().union(*(place.names for place in self.places))
        self._coded = frozenset[str]().union(
            *(
                defined_names(cell.source)
                for cell in cells
                if cell.cell_type == "code" and squeeze(cell.source) not in self._by_text
            )
        )
        self._stood: dict[int, Place] = {}  # behind which place each numbered cell was found
        self._put_all(cells)
        self._find_by_name()
        for place in self.places:
            if place.is_solution:
                self._join_parts(place)
        self._keep_order()

    def notebook(self) -> dict[str, Any]:
        """The alignment as a notebook, of which parts are the release's own objects; cells that
        the release does not know are numbered."""
        cells: list[dict[str, Any]] = []
        extras = 0
        for place in self.places:
            cells += place.cells()
            for cell in place.after:
                extras += 1
                cells.append(as_cell(cell, f"extra-{extras}"))
        return {"cells": cells, "metadata": self._metadata, "nbformat": 4, "nbformat_minor": 5}

    def _put_all(self, cells: Sequence[Submitted]) -> None:
        here, seen = self.places[0], {0}
        for number, cell in enumerate(cells):
            given = self._by_text.get(squeeze(cell.source))
            home = self._home(cell) or given
            if home is not None and (home.index > here.index or home.index not in seen):
                here = home  # the second copy of a cell that stands above is no way back to it
            seen.add(here.index)
            if given is not None or not cell.source.strip() or (home and home.has(cell)):
                continue  # the release has it
            self._stood[number] = here
            taken = home is not None and home.takes(cell) and self._runs(cell)
            (home.inside if home and taken else here.after).append(replace(cell, number=number))

    def _keep_order(self) -> None:
        """Whatever goes where, the last definition of a name in the submission stays the last."""
        last = {
            name: max(cell.number for _, cell in those)
            for name, those in self._having_any().items()
            if len(those) > 1
        }
        for name in sorted(last, key=lambda name: (last[name], name)):
            those = self._having(name)
            home, cell = max(those, key=lambda each: each[1].number)
            behind = those[-1][0]
            if those[-1][1] is not cell:
                cells = home.inside if any(c is cell for c in home.inside) else home.after
                cells[:] = [c for c in cells if c is not cell]
                self._put_behind(behind, cell)

    def _having_any(self) -> dict[str, list[tuple[Place, Submitted]]]:
        """By name of an exercise, the cells that define it: see `_having`."""
        found: dict[str, list[tuple[Place, Submitted]]] = {}
        for place, cell in self._that_count():
            for name in defined_names(cell.source) & self._asked_for:
                found.setdefault(name, []).append((place, cell))
        return found

    def _having(self, name: str) -> list[tuple[Place, Submitted]]:
        """The cells that define a name of an exercise, in the order of the rebuilt notebook."""
        return [each for each in self._that_count() if name in defined_names(each[1].source)]

    def _that_count(self) -> Iterator[tuple[Place, Submitted]]:
        """The learner's cells that run, in the order of the rebuilt notebook. Those of the
        release's demos and bring cells have a place of their own, and do not count."""
        for place in self.places:
            inside = [] if place.kind in (Kind.BRING, Kind.DEMO) else place.inside
            for cell in inside + place.after:
                if self._runs(cell):
                    yield place, cell

    def _runs(self, cell: Submitted) -> bool:
        """Whether a cell is code, or an answer that became text and that no code replaced."""
        names = defined_names(cell.source) & self._asked_for
        return cell.cell_type == "code" or not (names and names <= self._coded)

    def _put_behind(self, place: Place, cell: Submitted) -> None:
        """Put a cell where it was found, or, if that is above a place, behind the place."""
        place = max(place, self._stood[cell.number], key=lambda place: place.index)
        self._stood[cell.number] = place
        above = [i for i, other in enumerate(place.after, 1) if other.number < cell.number]
        place.after.insert(max(above, default=0), cell)

    def _home(self, cell: Submitted) -> Place | None:
        """Where the release has this cell, by its name. Code that answers another exercise, and
        not the one whose name it carries, is a stray."""
        place = self._by_grade_id.get(cell.grade_id) or self._by_id.get(cell.id or "")
        if place is None and self._by_header and (header := wanted(cell.source)):
            place = self._by_header.get(header)  # of a bring cell that lost its id
        if place is None or not place.is_solution:
            return place
        names = defined_names(cell.source)
        is_stray = bool(names & self._asked_for) and not names & place.names
        return None if is_stray else place

    def _find_by_name(self) -> None:
        """Fill empty solution places with the cells that define what they ask for."""
        for place in self.places:
            if not place.is_solution or place.inside:
                continue
            self._take_strays(place)
            if place.inside:
                self.notes.append(f"{place.name}: found by the name that it defines")
            elif any(place.names & defined_names(cell.source) for cell in self._answers()):
                # The release's stub would come after that cell, and undo it.
                names = ", ".join(sorted(place.names))
                place.inside = [Submitted("code", f"# {names} {ELSEWHERE}")]
                self.notes.append(f"{place.name}: written in the cell of another exercise")

    def _take_strays(self, place: Place) -> None:
        """Move what defines a place's names into it, if that is ready to run there. An edited demo
        is asked only where there is no other."""
        for among_demos in (False, True):
            strays = list(self._strays(place, among_demos))
            found = ((at, cell) for at, cells in strays for cell in take(cells[:], place.names))
            at, first = next(found, (place, None))
            if first is not None:
                if self._is_ready(first, at, place):
                    place.inside = [c for _, cells in strays for c in take(cells, place.names)]
                return

    def _strays(self, place: Place, among_demos: bool) -> Iterator[tuple[Place, list[Submitted]]]:
        """The cells that may be moved to a place: those the release does not know, and answers to
        later exercises; or edited demos."""
        for at in self.places:
            if among_demos and at.kind is Kind.DEMO:
                yield at, at.inside
            elif not among_demos:
                if at.is_solution and at.index > place.index:
                    yield at, at.inside
                yield at, at.after

    def _is_ready(self, cell: Submitted, at: Place, place: Place) -> bool:
        """Whether a cell at one place needs nothing of what runs between there and another."""
        needed = used_names(cell.source) - bound_names(cell.source)
        for between in self.places[place.index : at.index + 1]:
            cells = [c for c in between.inside + between.after if c.number != cell.number]
            sources = [c.source for c in cells if between is not at or c.number < cell.number]
            if between.cell and between.kind in (Kind.SETUP, Kind.BRING, Kind.GRADED):
                sources.append(between.cell.source)
            if any(needed & bound_names(source) for source in sources):
                return False
        return True

    def _answers(self) -> Iterator[Submitted]:
        return (cell for place in self.places if place.is_solution for cell in place.inside)

    def _join_parts(self, place: Place) -> None:
        """Make one cell of the parts of a split one. Other attempts stay where they were found."""
        parts = distinct(place.inside)
        if len(parts) > 1:
            self.notes.append(f"{place.name}: there are {len(parts)} cells of this name")
            whole = joined(parts)
            for part in [] if whole else parts[1:]:
                self._put_behind(place, part)
            parts = [whole or parts[0]]
        place.inside = parts
        if place.inside:
            place.inside = [with_continuations(place.inside[0], place.after)]


def _texts(place: Place, cell: NotebookNode) -> tuple[str, ...]:
    """The texts by which a cell of the release is known: a check cell's, in use or not."""
    text = squeeze(cell.source)
    return (text, text.removeprefix("#")) if place.kind is Kind.CHECK else (text,)
