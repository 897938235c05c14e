"""The first line of a bring cell: which names may replace the given ones, and whence."""

from __future__ import annotations

import re
from dataclasses import dataclass

BEGINS = re.compile(r"#\s*bring\b")
FIRST_LINE = re.compile(
    r"#\s*bring:\s*(?P<names>\w+(?:\s*,\s*\w+)*)\s*\(lesson\s+(?P<number>\d{1,2})\)\s*"
)


@dataclass(frozen=True)
class Wanted:
    """What a bring cell holds a given part for: some names, each once, and the lesson's number."""

    names: tuple[str, ...]
    number: int

    @property
    def line(self) -> str:
        """The first line that says so."""
        return f"# bring: {', '.join(self.names)} (lesson {self.number:02d})"

    @property
    def cell_id(self) -> str:
        """The id of the bring cell: it stays the same when cells above it come or go."""
        return "bring_" + "__".join(self.names)


def wanted(source: str) -> Wanted | None:
    """What the first line of a cell asks for; None where it is no such line."""
    found = FIRST_LINE.fullmatch(first_line(source))
    if found is None:
        return None
    names = tuple(name.strip() for name in found["names"].split(","))
    return Wanted(tuple(dict.fromkeys(names)), int(found["number"]))


def first_line(source: str) -> str:
    """The first line of a cell that says anything, a line `%bring` above it left out."""
    lines = (line.strip() for line in source.splitlines())
    return next((line for line in lines if line and not line.startswith("%bring")), "")
