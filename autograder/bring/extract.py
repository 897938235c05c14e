"""The source of some names, and of everything that they reach, out of a notebook's cells.

What is taken are whole statements of the cells' top level, in their order: functions, classes,
constants, imports. Of several definitions of a name the last counts, as it does after Run All;
a statement that runs at once sees those above it only.
"""

from __future__ import annotations

import ast
import builtins
import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from textwrap import dedent

from autograder.course import delimiters
from autograder.static_analysis.names import CHARACTERS, Definition, plain_python
from autograder.static_analysis.reader import Reader

BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__"}
PLAIN = ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign


@dataclass(frozen=True, eq=False)
class Piece:
    """A statement of a cell's top level; `text` is how it is written there."""

    place: int
    node: ast.stmt
    text: str

    @cached_property
    def _said(self) -> Reader:
        return Reader([self.node])

    @cached_property
    def binds(self) -> frozenset[str]:
        """The globals that it binds where it stands."""
        return frozenset(b.name for b in self._said.bindings if b.scope is self._said.module)

    @cached_property
    def reads(self) -> dict[str, bool]:
        """The globals that it reads, or sets when it is called; whether one of the reads happens at
        once, and not in a call that may come later."""
        found: dict[str, bool] = {}
        for read in self._said.reads:
            if read.unbound or read.scope.owner(read.name) is None:
                found[read.name] = found.get(read.name, False) or not read.scope.deferred
        for name in _hinted(self.node):
            found[name] = True
        for bound in self._said.bindings:
            if bound.scope is not self._said.module and bound.scope.owner(bound.name) is None:
                found.setdefault(bound.name, False)
        return found

    @cached_property
    def locals(self) -> frozenset[str]:
        """The names that are a function's or a class's own somewhere in it."""
        return frozenset(b.name for b in self._said.bindings if b.scope.owner(b.name) is not None)

    @cached_property
    def changes(self) -> frozenset[str]:
        """The globals in which it sets or puts something where it stands."""
        touched = [*self._said.changes, *self._said.fills]
        return frozenset(
            one.name
            for one in touched
            if not one.scope.deferred and one.scope.owner(one.name) is None
        )

    @cached_property
    def replaces(self) -> bool:
        """Whether what it binds has no earlier value afterwards, and no share in it."""
        return isinstance(self.node, Definition | PLAIN) and not any(
            self.reads.get(name) for name in self.binds
        )

    @property
    def is_import(self) -> bool:
        """Whether it binds what belongs to a library."""
        return isinstance(self.node, ast.Import | ast.ImportFrom)

    def only(self, names: Iterable[str]) -> Piece:
        """An import, less the names that nobody asks for; anything else as it is."""
        if not isinstance(self.node, ast.Import | ast.ImportFrom):
            return self
        kept = [item for item in self.node.names if bound_by(item) in {*names, "*"}]
        if len(kept) == len(self.node.names):
            return self
        node = copy.copy(self.node)
        node.names = kept
        return Piece(self.place, node, ast.unparse(node))


@dataclass(frozen=True)
class Extract:
    """What defines some names.

    Attributes:
        pieces: the statements, in their order; imports hold no more than is asked for.
        missing: names that were asked for and that no cell defines.
    """

    pieces: tuple[Piece, ...]
    missing: tuple[str, ...] = ()

    @property
    def binds(self) -> frozenset[str]:
        """Every global that running it binds."""
        return frozenset().union(*(piece.binds for piece in self.pieces))

    @property
    def source(self) -> str:
        """The statements as one cell: imports first, then two lines of space about functions."""
        imports = list(dict.fromkeys(p.text for p in self.pieces if p.is_import))
        said = "\n".join(imports)
        before: ast.stmt | None = None
        for piece in self.pieces:
            if piece.is_import:
                continue
            apart = isinstance(piece.node, Definition) or isinstance(before, Definition)
            gap = "\n\n\n" if apart else "\n" if before else "\n\n"
            said += (gap if said else "") + piece.text
            before = piece.node
        return said


def extract(sources: Iterable[str], names: Iterable[str]) -> Extract:
    """The statements of some cells that define `names` and all that these reach."""
    return _Search(pieces_of(sources)).of(tuple(names))


def pieces_of(sources: Iterable[str]) -> list[Piece]:
    """The statements of the cells' top level; a cell that is no Python has none."""
    found: list[Piece] = []
    for source in sources:
        text, tree = _read(_without_marks(source))
        for node in tree.body if tree else ():
            found.append(Piece(len(found), node, _text(text, tree, node)))
    return found


def bound_by(item: ast.alias) -> str:
    """The name that a part of an import binds."""
    return item.asname or item.name.partition(".")[0]


class _Search:
    """Finds the statements behind names."""

    def __init__(self, pieces: list[Piece]) -> None:
        self._pieces = pieces
        self._known = frozenset[str]().union(*(piece.binds for piece in pieces))
        self._taken: dict[int, set[str]] = {}  # by a statement's place, the names it is taken for

    def of(self, names: tuple[str, ...]) -> Extract:
        waiting = [(name, len(self._pieces)) for name in names]
        while waiting:
            name, until = waiting.pop()
            for piece in self._behind(name, until):
                if name in self._taken.setdefault(piece.place, set()):
                    continue
                first = not self._taken[piece.place]
                self._taken[piece.place].add(name)
                if first:
                    waiting += self._needs(piece)
        pieces = [self._pieces[place].only(for_) for place, for_ in sorted(self._taken.items())]
        return Extract(tuple(pieces), tuple(n for n in names if n not in self._known))

    def _needs(self, piece: Piece) -> Iterator[tuple[str, int]]:
        """The names that a statement reads, and above which place it reads them."""
        for name, at_once in piece.reads.items():
            if name in self._known or name not in BUILTINS:
                yield name, piece.place if at_once else len(self._pieces)

    def _behind(self, name: str, until: int) -> Iterator[Piece]:
        """The statements that may have given a name the value it has above a place."""
        if name not in self._known:
            yield from (p for p in self._pieces if _is_star(p))
            return
        binders = [p for p in self._pieces[:until] if name in p.binds]
        binders = binders or [p for p in self._pieces if name in p.binds][:1]
        for binder in reversed(binders):
            yield binder
            yield from self._patches(name, binder, until)
            if binder.replaces:
                return

    def _patches(self, name: str, binder: Piece, until: int) -> Iterator[Piece]:
        """The statements below its definition that set something in it, `Adam.step = step`."""
        if binder.is_import:
            return
        for piece in self._pieces[binder.place + 1 : until]:
            if name in piece.changes and name not in piece.binds:
                yield piece


def _is_star(piece: Piece) -> bool:
    node = piece.node
    return isinstance(node, ast.ImportFrom) and any(item.name == "*" for item in node.names)


def _hinted(node: ast.stmt) -> Iterator[str]:
    """The names in annotations that running the statement evaluates."""
    for inner in ast.walk(node):
        hints = [getattr(inner, "annotation", None), getattr(inner, "returns", None)]
        for hint in filter(None, hints):
            yield from (n.id for n in ast.walk(hint) if isinstance(n, ast.Name))


def _without_marks(source: str) -> str:
    """The source without the lines that mark a solution."""
    phrases = (delimiters.SOLUTION.begin, delimiters.SOLUTION.end)
    return "\n".join(line for line in source.split("\n") if line.strip() not in phrases)


def _read(source: str) -> tuple[str, ast.Module | None]:
    """The text of a cell as Python, and its tree if it is one."""
    if len(source) > CHARACTERS:
        return "", None
    plain = plain_python(source)
    for text in (source, plain, dedent(plain)):
        try:
            return text, ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return "", None


def _text(source: str, tree: ast.Module | None, node: ast.stmt) -> str:
    """A statement as it is written, its decorators and the comment right above it included."""
    lines = source.split("\n")
    first, last = _first_line(node), node.end_lineno or node.lineno
    others = [n for n in (tree.body if tree else ()) if n is not node]
    if any(_first_line(n) <= last and (n.end_lineno or 0) >= first for n in others):
        return ast.get_source_segment(source, node) or ast.unparse(node)  # shares a line
    above = first - 1
    while above > 1 and lines[above - 1].startswith("#"):
        above -= 1
    is_import = isinstance(node, ast.Import | ast.ImportFrom)
    return "\n".join(lines[first - 1 if is_import else above : last]).rstrip()


def _first_line(node: ast.stmt) -> int:
    decorators = node.decorator_list if isinstance(node, Definition) else []
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])
