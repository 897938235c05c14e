"""Cells that were split, put together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from autograder.static_analysis.names import defined_names, parses, stands_alone
from autograder.submission.read import Submitted

SPLITS, JOINED = 10, 20_000  # no cell is split more often, and none so long: joining takes time


def joined(parts: Sequence[Submitted]) -> Submitted | None:
    """The one cell that the parts of a split cell were, or None where each is a cell of its own."""
    whole = "\n".join(part.source for part in parts)
    if all(stands_alone(part.source) for part in parts) or not parses(whole):
        return None
    return replace(parts[0], source=whole)


def distinct(parts: list[Submitted]) -> list[Submitted]:
    """Of equal cells only the last: it is the one that would have its way."""
    last = {part.source.strip(): number for number, part in enumerate(parts)}
    return [parts[number] for number in sorted(last.values())]


def take(cells: list[Submitted], names: frozenset[str]) -> list[Submitted]:
    """Take out of `cells` those that define one of `names`, each with what continues it."""
    taken: list[Submitted] = []
    left: list[Submitted] = []
    waiting = cells[:]
    while waiting:
        cell, rest = waiting[0], waiting[1:]
        whole = with_continuations(cell, rest)
        if names & defined_names(whole.source):
            taken.append(whole)
            waiting = rest
        else:
            left.append(cell)
            waiting = waiting[1:]
    cells[:] = left
    return taken


def with_continuations(cell: Submitted, following: list[Submitted]) -> Submitted:
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
