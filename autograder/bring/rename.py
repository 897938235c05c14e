"""A name that what is brought shares with the lesson that it comes to is given another."""

from __future__ import annotations

import ast
import copy
import io
import tokenize
from collections.abc import Iterable, Mapping

from autograder.bring.extract import Extract, Piece, bound_by


def renamed(brought: Extract, names: Mapping[str, str]) -> tuple[Extract, frozenset[str]]:
    """What is brought, with other names for some of its globals; and those that cannot have one.

    A name stays where text alone does not tell it from others: a function has a local one of that
    name, or it stands in an f-string.
    """
    stays = frozenset(name for name in names if any(_is_unclear(name, p) for p in brought.pieces))
    new = {old: name for old, name in names.items() if old not in stays}
    pieces = tuple(_renamed(piece, new) for piece in brought.pieces)
    return Extract(pieces, brought.missing), stays


def free_name(name: str, number: int, taken: Iterable[str]) -> str:
    """`relu_05`: what a name of lesson 05 is called where the lesson has a `relu` of its own."""
    new = f"{name}_{number:02d}"
    while new in taken:
        new += "_"
    return new


def _is_unclear(name: str, piece: Piece) -> bool:
    """Whether a name means something else somewhere in a statement, or cannot be seen there."""
    if name in piece.locals:
        return True
    strings = [node for node in ast.walk(piece.node) if isinstance(node, ast.JoinedStr)]
    inside = (inner for string in strings for inner in ast.walk(string))
    return any(isinstance(node, ast.Name) and node.id == name for node in inside)


def _renamed(piece: Piece, new: Mapping[str, str]) -> Piece:
    if isinstance(piece.node, ast.Import | ast.ImportFrom):
        if not piece.binds & set(new):
            return piece
        node = copy.deepcopy(piece.node)
        for item in node.names:
            item.asname = new.get(bound_by(item), item.asname)
        return Piece(piece.place, node, ast.unparse(node))
    text = _with_tokens_renamed(piece.text, new)
    if text == piece.text:
        return piece
    return Piece(piece.place, ast.parse(text).body[0], text)


def _with_tokens_renamed(text: str, new: Mapping[str, str]) -> str:
    """The text with some names replaced: not attributes, and not the keywords of calls."""
    lines = text.split("\n")
    tokens = [
        token
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type not in (tokenize.NL, tokenize.COMMENT)
    ]
    depth, found = 0, []
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        depth += (token.string in "([{") - (token.string in ")]}") if token.string else 0
        is_attribute = before is not None and before.string == "."
        is_keyword = depth > 0 and after is not None and after.string == "="
        is_name = token.type == tokenize.NAME and not (is_attribute or is_keyword)
        if is_name and token.string in new:
            found.append(token)
    for token in reversed(found):
        (row, start), (_, end) = token.start, token.end
        line = lines[row - 1]
        lines[row - 1] = line[:start] + new[token.string] + line[end:]
    return "\n".join(lines)
