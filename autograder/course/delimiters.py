"""Regions between marks: solutions, hidden tests, mark schemes.

nbgrader finds a mark anywhere in a line, so that a mistyped one publishes what it should hide.
Here a mark is a whole line, exactly, or an error.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass


class MarkError(ValueError):
    """A mark is misspelt, misplaced or without its partner. `line` counts from 1 in the cell."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Marks:
    """A pair of lines and the two phrases by which nbgrader knows them."""

    begin: str
    end: str

    @property
    def phrases(self) -> tuple[str, str]:
        """What may stand nowhere but in a mark: `BEGIN SOLUTION`, `END SOLUTION`."""
        return self.begin.strip("#= "), self.end.strip("#= ")


SOLUTION = Marks("### BEGIN SOLUTION", "### END SOLUTION")
HIDDEN = Marks("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")
SCHEME = Marks("=== BEGIN MARK SCHEME ===", "=== END MARK SCHEME ===")
ALL_MARKS = (SOLUTION, HIDDEN, SCHEME)


@dataclass(frozen=True)
class Region:
    """Lines `begin` to `end` of a cell, both marks included, counted from 0."""

    begin: int
    end: int

    def body(self, source: str) -> list[str]:
        """The lines between the marks."""
        return source.split("\n")[self.begin + 1 : self.end]


def regions(source: str, marks: Marks) -> list[Region]:
    """The regions of one kind in a cell.

    Raises:
        MarkError: a mark is not alone on its line, or the marks do not alternate.
    """
    found: list[Region] = []
    opened: int | None = None
    for number, line in enumerate(source.split("\n")):
        mark = _mark_in(line, marks, number)
        if mark == marks.begin:
            if opened is not None:
                raise MarkError(f"{marks.begin!r} inside a region that is still open", number + 1)
            opened = number
        elif mark == marks.end:
            if opened is None:
                raise MarkError(f"{marks.end!r} without {marks.begin!r} above it", number + 1)
            found.append(Region(opened, number))
            opened = None
    if opened is not None:
        raise MarkError(f"{marks.begin!r} without {marks.end!r} below it", opened + 1)
    return found


def replace(source: str, marks: Marks, new: Callable[[Region], list[str]]) -> str:
    """The source with every region, marks included, replaced by the lines `new` gives for it."""
    lines = source.split("\n")
    for region in reversed(regions(source, marks)):
        lines[region.begin : region.end + 1] = new(region)
    return "\n".join(lines)


def without(source: str, marks: Marks) -> str:
    """The source without its regions of one kind, and without the space that they leave."""
    if not any(phrase in source for phrase in marks.phrases):
        return source
    return replace(source, marks, lambda region: []).rstrip()


def squeeze(source: str) -> str:
    """A source without white space, hidden tests and mark schemes: what makes two cells equal."""
    for pair in (HIDDEN, SCHEME):
        with suppress(MarkError):
            source = without(source, pair)
    return "".join(source.split())


def _mark_in(line: str, marks: Marks, number: int) -> str | None:
    stripped = line.strip()
    if stripped in (marks.begin, marks.end):
        return stripped
    for phrase in marks.phrases:
        if phrase in line:
            raise MarkError(
                f"{phrase!r} has to be a mark, alone on its line: {stripped!r}", number + 1
            )
    return None
