"""A learner's notebook and a new edition of its lesson -> one notebook.

The new edition is the skeleton. What the learner wrote, and what ran, goes into it: told by the
edition that the learner was given, cell by cell. Where a learner and an author changed the same
cell, both versions stay.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from nbformat import NotebookNode

from autograder.course.cells import Kind, grade_id, kind, nbgrader_of

# `adam_step-2`: cells.identify_cells. JupyterLab's own are eight or thirty-two random digits.
RELEASED_ID = re.compile(r"[A-Za-z]\w*-\d{1,3}")


@dataclass
class Slot:
    """A cell of the new edition, and the cells that the learner has behind it."""

    cell: NotebookNode
    answered: bool = False
    behind: list[NotebookNode] = field(default_factory=list)


def carry_over(mine: NotebookNode, given: NotebookNode, new: NotebookNode) -> NotebookNode:
    """The new edition of a lesson with a learner's cells in it.

    `mine` began as `given`.
    """
    return _Carrying(given, new).of(mine)


def fits(mine: NotebookNode, edition: NotebookNode) -> int:
    """How many cells of an edition a notebook has as they are there."""
    cells = {(cell.get("id"), cell.source.strip()) for cell in mine.cells}
    return sum((cell.get("id"), cell.source.strip()) in cells for cell in edition.cells)


def is_same_edition(mine: NotebookNode, edition: NotebookNode) -> bool:
    """Whether a notebook began as this release: it has its cells, and what nbgrader signed."""
    here, there = ({cell.get("id") for cell in notebook.cells} for notebook in (mine, edition))
    return there <= here and _signed(mine) == _signed(edition)


def only_what_is_mine(mine: NotebookNode, new: NotebookNode) -> NotebookNode:
    """A learner's notebook without the text of an edition that nobody has any more.

    Of that, what an author wrote and what a learner changed cannot be told apart: only solutions,
    answers to questions and cells of the learner's own stay.
    """
    kept, texts = [], {cell.source.strip() for cell in new.cells}
    asked = False  # whether the last cell that is not the learner's own is a question
    for cell in mine.cells:
        own, solves = is_own(cell), _is_to_be_written(cell)
        if own or solves or asked or cell.source.strip() in texts:
            kept.append(cell)
        asked = asked if own else bool(nbgrader_of(cell).get("task"))
    return NotebookNode(mine, cells=kept)


def is_own(cell: NotebookNode) -> bool:
    """Whether a cell was added to a release: its id is none of those that releases have."""
    name = str(cell.get("id") or "")
    return grade_id(cell) is None and not RELEASED_ID.fullmatch(name) and not _brings(cell)


def _is_to_be_written(cell: NotebookNode) -> bool:
    """Whether a release has this cell for its learner to write in, or to bring something to."""
    return bool(nbgrader_of(cell).get("solution")) or _brings(cell)


def _brings(cell: NotebookNode) -> bool:
    return kind(cell) is Kind.BRING


def _signed(notebook: NotebookNode) -> set[tuple[str | None, str]]:
    signed = ((grade_id(cell), nbgrader_of(cell).get("checksum")) for cell in notebook.cells)
    return {(name, checksum) for name, checksum in signed if isinstance(checksum, str)}


class _Carrying:
    """Where the cells of one edition are in the next."""

    def __init__(self, given: NotebookNode, new: NotebookNode) -> None:
        self.new = copy.deepcopy(new)
        self.given = given.cells
        self.start = Slot(NotebookNode())
        self.slots = [Slot(cell) for cell in self.new.cells]
        self._by_id: dict[Any, NotebookNode] = {cell.get("id"): cell for cell in self.given}
        self._named = {grade_id(s.cell): s for s in self.slots if grade_id(s.cell)}
        self._next = self._aligned()

    def of(self, mine: NotebookNode) -> NotebookNode:
        """The new edition, with the cells of a learner's notebook in it."""
        here = self.start
        for cell in mine.cells:
            given = self._given(cell)
            slot = self._slot(cell, given)
            here = slot or here
            self._put(cell, given, slot, here)
        self.new.cells = [
            *self.start.behind,
            *(cell for slot in self.slots for cell in (slot.cell, *slot.behind)),
        ]
        self._give_new_ids()
        return self.new

    def _put(
        self, cell: NotebookNode, given: NotebookNode | None, slot: Slot | None, here: Slot
    ) -> None:
        """Put what a learner's cell has that the new edition has not where it belongs."""
        text = cell.source.strip()
        if not text:
            return
        if slot is not None and text == slot.cell.source.strip() and _alike(cell, slot.cell):
            if not slot.answered:
                slot.answered = True
                _take_outputs(slot.cell, cell)
        elif given is not None and text == given.source.strip():
            return  # as it was given: the new edition has its own version, or does without
        elif slot is not None and not slot.answered and self._is_the_learners(cell, given, slot):
            slot.answered = True
            slot.cell.source = cell.source
            if "attachments" in cell:
                slot.cell["attachments"] = copy.deepcopy(cell.attachments)
            _take_outputs(slot.cell, cell)
        elif not any(_same(cell, other) for other in here.behind):
            here.behind.append(_free(cell) if slot and not slot.answered else copy.deepcopy(cell))

    def _is_the_learners(self, cell: NotebookNode, given: NotebookNode | None, slot: Slot) -> bool:
        """Whether a cell's text is a learner's alone: a place to answer, or a cell that no author
        changed since."""
        if not _alike(cell, slot.cell):
            return False
        if _is_to_be_written(slot.cell):
            return True
        return given is not None and given.source.strip() == slot.cell.source.strip()

    def _given(self, cell: NotebookNode) -> NotebookNode | None:
        """The cell of the given edition that a learner's cell began as."""
        found: NotebookNode
        by_id, name = self._by_id.get(cell.get("id")), grade_id(cell)
        if by_id is not None and _same(cell, by_id):
            return by_id
        for found in self.given:
            if _same(cell, found):
                return found
        if by_id is not None and _alike(cell, by_id):
            return by_id
        for found in self.given:
            if name and grade_id(found) == name:
                return found
        return None

    def _slot(self, cell: NotebookNode, given: NotebookNode | None) -> Slot | None:
        """The cell of the new edition that a learner's cell belongs to."""
        named = self._named.get(grade_id(cell))
        if named is not None:
            return named
        return None if given is None else self._next.get(given.get("id"))

    def _aligned(self) -> dict[str | None, Slot]:
        """The slot of each given cell: the same text in the same order; else the same name."""
        texts = [_text(cell) for cell in self.given], [_text(slot.cell) for slot in self.slots]
        found: dict[str | None, Slot] = {}
        for a, b, length in SequenceMatcher(None, *texts, autojunk=False).get_matching_blocks():
            for step in range(length):
                found[self.given[a + step].get("id")] = self.slots[b + step]
        taken = {id(slot) for slot in found.values()}
        free = {s.cell.get("id"): s for s in self.slots if id(s) not in taken}
        for cell in self.given:
            name = cell.get("id")
            slot = self._named.get(grade_id(cell)) or free.get(name)
            if name not in found and slot is not None and _alike(cell, slot.cell):
                found[name] = slot
        return found

    def _give_new_ids(self) -> None:
        """No two cells of one id, and those of the edition keep theirs."""
        used = {slot.cell.get("id") for slot in self.slots}
        for slot in [self.start, *self.slots]:
            for cell in slot.behind:
                name, number = str(cell.get("id") or "mine")[:56], 2
                free = name
                while free in used:
                    free, number = f"{name}-m{number}", number + 1
                cell["id"] = free
                used.add(free)


def _text(cell: NotebookNode) -> tuple[str, str, str | None]:
    return cell.cell_type, cell.source.strip(), grade_id(cell)


def _alike(cell: NotebookNode, other: NotebookNode) -> bool:
    return bool(cell.cell_type == other.cell_type)


def _same(cell: NotebookNode, other: NotebookNode) -> bool:
    return _alike(cell, other) and bool(cell.source.strip() == other.source.strip())


def _free(cell: NotebookNode) -> NotebookNode:
    """A copy that answers for itself: nbgrader knows the place as another cell."""
    cell = copy.deepcopy(cell)
    for key in ("nbgrader", "deletable", "editable"):
        cell.metadata.pop(key, None)
    return cell


def _take_outputs(cell: NotebookNode, ran: NotebookNode) -> None:
    """What a run of the same source left."""
    if cell.cell_type == "code":
        cell.outputs = copy.deepcopy(ran.get("outputs", []))
        cell.execution_count = ran.get("execution_count")
