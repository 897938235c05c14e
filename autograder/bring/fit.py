"""What is brought becomes one with the lesson that it comes to: no name of that is taken."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.bring.extract import Extract, Piece, bound_by, pieces_of


@dataclass(frozen=True)
class Fitted:
    """What is brought, less what the lesson has itself.

    Attributes:
        clashes: names that both define, each in its own way.
    """

    extract: Extract
    clashes: tuple[str, ...]


def fit(
    brought: Extract, names: Iterable[str], above: Iterable[str], elsewhere: Iterable[str]
) -> Fitted:
    """Leave out what the lesson has the same, and find what it has otherwise.

    Args:
        names: what was asked for, which is meant to be replaced.
        above: the lesson's own cells above the place, which always run.
        elsewhere: its other cells.
    """
    asked, there = frozenset(names), pieces_of(above)
    kept = [left for piece in brought.pieces if (left := _without_same(piece, asked, there))]
    bound = frozenset().union(*(piece.binds for piece in kept)) - asked
    theirs = [*there, *pieces_of(elsewhere)]
    clashes = sorted(name for name in bound if _clash(name, kept, theirs))
    return Fitted(Extract(tuple(kept), brought.missing), tuple(clashes))


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
