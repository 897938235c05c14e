"""What is brought becomes one with the lesson that it comes to: no name of that is taken."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from autograder.bring.extract import Extract, Piece, bound_by, pieces_of
from autograder.bring.rename import free_name, renamed
from autograder.course.bring_header import Wanted


@dataclass(frozen=True)
class Fitted:
    """What is brought, less what the lesson has itself.

    Attributes:
        renamed: helpers of which the lesson has others, with the names that they have now.
        clashes: those that could not be renamed.
    """

    extract: Extract
    renamed: Mapping[str, str] = field(default_factory=dict)
    clashes: tuple[str, ...] = ()


def fit(brought: Extract, asked: Wanted, above: Iterable[str], elsewhere: Iterable[str]) -> Fitted:
    """Leave out what the lesson has the same, and rename what it has otherwise.

    Args:
        asked: what is to be replaced, whatever the lesson has of it.
        above: the lesson's own cells above the place, which always run.
        elsewhere: its other cells.
    """
    names, there = frozenset(asked.names), pieces_of(above)
    kept = [left for piece in brought.pieces if (left := _without_same(piece, names, there))]
    theirs = [*there, *pieces_of(elsewhere)]
    bound = frozenset().union(*(piece.binds for piece in kept))
    taken = bound.union(*(piece.binds for piece in theirs))
    odd = sorted(name for name in bound - names if _clash(name, kept, theirs))
    new = {name: free_name(name, asked.number, taken) for name in odd}
    extract, stays = renamed(Extract(tuple(kept), brought.missing), new)
    done = {old: name for old, name in new.items() if old not in stays}
    return Fitted(extract, done, tuple(sorted(stays)))


def _without_same(piece: Piece, asked: frozenset[str], there: list[Piece]) -> Piece | None:
    """A statement less what already has the same meaning above; None if nothing is left of it."""
    if piece.binds & asked or not piece.binds:
        return piece
    known = {name for name in piece.binds if _last_meaning(name, there) == _meaning(name, piece)}
    if known == piece.binds:
        return None
    return piece.only(piece.binds - known)


def _clash(name: str, kept: list[Piece], theirs: list[Piece]) -> bool:
    meanings = {_meaning(name, piece) for piece in theirs if name in piece.binds}
    return bool(meanings) and meanings != {_last_meaning(name, kept)}


def _last_meaning(name: str, pieces: list[Piece]) -> str | None:
    """What the last of some statements makes of a name; None where they do not say."""
    return next((_meaning(name, p) for p in reversed(pieces) if name in p.binds), None)


def _meaning(name: str, piece: Piece) -> str:
    """What a statement makes of a name, as text: equal where comments and layout differ only."""
    node = piece.node
    if isinstance(node, ast.Import | ast.ImportFrom):
        item = next((item for item in node.names if bound_by(item) == name), node.names[0])
        if isinstance(node, ast.Import):
            return f"import {item.name if item.asname else name}"
        return f"from {'.' * node.level}{node.module or ''} import {item.name}"
    return ast.dump(node)
