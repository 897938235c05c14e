"""How much of a notebook is read. What is too much costs a cell its text, and never a notebook its
points; pictures in a text count against no limit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.submission.read import Submitted

CODE_CHARACTERS = 5_000_000
PROSE_CHARACTERS = 5_000_000
PROSE_KEPT = 10_000  # of a text that is cut
CELLS = 2000
# Colab keeps what is pasted into a text cell as such an address. Nothing in the pattern can be
# matched in two ways, so that a search takes a time proportional to the text.
PICTURE = re.compile(r"data:image/[\w.+-]{1,40};base64,[A-Za-z0-9+/=]*", re.ASCII)

SAID = re.compile(
    r"(?:# |\*\*)(Cell \d+ is too large to read|More than \d+ cells)(: [^*\n]{1,200})"
)


def bounded(cells: Iterable[Submitted]) -> tuple[Submitted, ...]:
    """The cells that are read, with a note in the place of what is not."""
    numbered = list(enumerate(cells, 1))
    code = {n: len(cell.source) for n, cell in numbered if cell.cell_type == "code"}
    prose = {n: _weight(cell) for n, cell in numbered if cell.cell_type != "code"}
    too_much = {*_largest(code, CODE_CHARACTERS), *_largest(prose, PROSE_CHARACTERS)}
    read = [_cut(cell, number) if number in too_much else cell for number, cell in numbered]
    return tuple(read if len(read) <= CELLS else _few(read))


def left_out(source: str) -> str:
    """What a cell says was left out of it, or nothing."""
    said = SAID.match(source)
    return f"{said[1]}{said[2]}".rstrip(".") if said else ""


def _weight(cell: Submitted) -> int:
    if len(cell.source) < PROSE_KEPT:
        return len(cell.source)
    pictures = sum(len(picture[0]) for picture in PICTURE.finditer(cell.source))
    return len(cell.source) - pictures


def _largest(weights: dict[int, int], limit: int) -> set[int]:
    """The fewest cells without which the rest is within a limit."""
    total, found = sum(weights.values()), set[int]()
    for number in sorted(weights, key=lambda n: -weights[n]):
        if total <= limit:
            break
        total -= weights[number]
        found.add(number)
    return found


def _cut(cell: Submitted, number: int) -> Submitted:
    """A note: instead of code, of which a half is worth nothing, and below the beginning of a
    text."""
    size = f"{len(cell.source) / 1e6:.1f} MB"
    said = f"Cell {number} is too large to read: {size}"
    if cell.cell_type == "code":
        limit = f"{CODE_CHARACTERS / 1e6:.0f} MB"
        return replace(
            cell, source=f"# {said}, and a notebook may hold {limit} of code. It was left out."
        )
    beginning = PICTURE.sub("", cell.source)[:PROSE_KEPT]
    limit = f"{PROSE_CHARACTERS / 1e6:.0f} MB of text besides its pictures"
    said = f"**{said}, and a notebook may hold {limit}. Only its beginning was kept.**"
    return replace(cell, source=f"{said}\n\n{beginning}")


def _few(cells: list[Submitted]) -> list[Submitted]:
    """At most `CELLS` cells, and a note if any is missing: those that the release has named, then
    the others as they come. Cells without text are never missed."""
    filled = [number for number, cell in enumerate(cells) if cell.source.strip()]
    if len(filled) <= CELLS:
        return [cells[number] for number in filled]
    named = (number for number in filled if cells[number].grade_id)
    others = (number for number in filled if not cells[number].grade_id)
    kept = sorted(islice((*named, *others), CELLS))
    note = f"**More than {CELLS} cells: {len(filled) - CELLS} of {len(filled)} were left out.**"
    last = replace(
        cells[-1], cell_type="markdown", source=note, grade_id=None, id=None, attachments={}
    )
    return [*(cells[number] for number in kept), last]
