"""Regions between delimiters: solutions, hidden tests, mark schemes.

nbgrader finds a delimiter anywhere in a line, so that a mistyped one publishes what it should hide.
Here a delimiter is a whole line, exactly, or an error.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

KEPT = 20_000  # characters of a source whose squeezed form is kept


class DelimiterError(ValueError):
    """A delimiter is misspelt, misplaced or alone. `line` counts from 1 in the cell."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Delimiters:
    """A pair of lines and the two phrases by which nbgrader knows them."""

    begin: str
    end: str

    @property
    def phrases(self) -> tuple[str, str]:
        """What may stand nowhere but in a delimiter: `BEGIN SOLUTION`, `END SOLUTION`."""
        return self.begin.strip("#= "), self.end.strip("#= ")


SOLUTION = Delimiters("### BEGIN SOLUTION", "### END SOLUTION")
HIDDEN = Delimiters("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")
SCHEME = Delimiters("=== BEGIN MARK SCHEME ===", "=== END MARK SCHEME ===")
ALL = (SOLUTION, HIDDEN, SCHEME)


@dataclass(frozen=True)
class Region:
    """Lines `begin` to `end` of a cell, both delimiters included, counted from 0."""

    begin: int
    end: int

    def body(self, source: str) -> list[str]:
        """The lines between the delimiters."""
        return source.split("\n")[self.begin + 1 : self.end]


def regions(source: str, delimiters: Delimiters) -> list[Region]:
    """The regions of one kind in a cell.

    Raises:
        DelimiterError: a delimiter is not alone on its line, or the delimiters do not alternate.
    """
    found: list[Region] = []
    opened: int | None = None
    for number, line in enumerate(source.split("\n")):
        delimiter = _delimiter_in(line, delimiters, number)
        if delimiter == delimiters.begin:
            if opened is not None:
                raise DelimiterError(
                    f"{delimiters.begin!r} inside a region that is still open", number + 1
                )
            opened = number
        elif delimiter == delimiters.end:
            if opened is None:
                raise DelimiterError(
                    f"{delimiters.end!r} without {delimiters.begin!r} above it", number + 1
                )
            found.append(Region(opened, number))
            opened = None
    if opened is not None:
        raise DelimiterError(
            f"{delimiters.begin!r} without {delimiters.end!r} below it", opened + 1
        )
    return found


def replace(source: str, delimiters: Delimiters, new: Callable[[Region], list[str]]) -> str:
    """The source with each region, delimiters included, replaced by what `new` gives for it."""
    lines = source.split("\n")
    for region in reversed(regions(source, delimiters)):
        lines[region.begin : region.end + 1] = new(region)
    return "\n".join(lines)


def without(source: str, delimiters: Delimiters) -> str:
    """The source without its regions of one kind, and without the space that they leave."""
    if not any(phrase in source for phrase in delimiters.phrases):
        return source
    return replace(source, delimiters, lambda region: []).rstrip()


def squeeze(source: str) -> str:
    """A source without white space, hidden tests and mark schemes: what makes two cells equal."""
    return _squeezed(source) if len(source) <= KEPT else _squeezed.__wrapped__(source)


@lru_cache(maxsize=4096)  # the release's cells are compared with those of each submission
def _squeezed(source: str) -> str:
    for pair in (HIDDEN, SCHEME):
        with suppress(DelimiterError):
            source = without(source, pair)
    return "".join(source.split())


def _delimiter_in(line: str, delimiters: Delimiters, number: int) -> str | None:
    stripped = line.strip()
    if stripped in (delimiters.begin, delimiters.end):
        return stripped
    for phrase in delimiters.phrases:
        if phrase in line:
            raise DelimiterError(
                f"{phrase!r} has to be a delimiter, alone on its line: {stripped!r}", number + 1
            )
    return None
