"""What a learner's code reaches, read from its syntax tree and never from the code at work."""

from __future__ import annotations

import ast
import builtins
import copy
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from autograder.static_analysis.scopes import Read, Scope, Value, dotted
from autograder.static_analysis.statements import Statement, statements

BUILTINS = frozenset(dir(builtins))
PASSES, MEANINGS, LENGTH = 20, 64, 200  # a name with more, or longer ones, was made to have them

Owner = tuple[Scope | None, str]  # a name, and the scope whose name it is; None for the module
Aliases = dict[Owner, set[str]]


@dataclass(frozen=True)
class Reach:
    """What stands behind some names of a notebook.

    Attributes:
        names: the globals that the code reads.
        unseen: what is neither bound where it can be seen nor built in, of these and of what was
            asked for.
        uses: every library path that the code uses, aliases followed, as
            `torch.nn.functional.softmax`. Imports alone are no use.
        computed: the library paths of which it asks for an attribute whose name it computes.
    """

    names: frozenset[str]
    unseen: frozenset[str]
    uses: frozenset[str]
    computed: frozenset[str]


class _Placed(NamedTuple):
    place: int
    statement: Statement


class _Reader(NamedTuple):
    """A statement that reads a name.

    Attributes:
        later: the name is read in a function, which may be called later.
        in_the_end: what the statement defines is used after the last cell only.
    """

    placed: _Placed
    later: bool
    in_the_end: bool

    @property
    def in_the_end_only(self) -> bool:
        """Whether no value but the last is meant: nothing has called the function before."""
        return self.later and self.in_the_end and self.placed.statement.is_definition

    @property
    def since(self) -> int:
        """What was replaced before this place cannot be meant."""
        return self.placed.place + (self.later and self.placed.statement.is_definition)


class Program:
    """The cells of a notebook, in the order in which they run, as one program."""

    def __init__(self, sources: Iterable[str], *, ran: bool = False) -> None:
        """Index the cells.

        Args:
            ran: all of it ran, so that the last definition of a name is the one that counts.
                Otherwise an earlier one counts too, unless nothing could keep the last from being
                run.
        """
        self._ran = ran
        self._placed: list[_Placed] = []
        self._bound: dict[str, list[_Placed]] = defaultdict(list)
        self._replaced: dict[str, list[int]] = defaultdict(list)  # from where on only later counts
        self._changed: dict[str, list[_Placed]] = defaultdict(list)
        self._filled: dict[str, list[_Placed]] = defaultdict(list)
        self._libraries: dict[str, set[str]] = defaultdict(set)  # the names of each, by its root
        self._known: dict[tuple[int, tuple[str, ...]], Reach] = {}
        self._ends = [0]  # where each cell begins, and the last one ends
        for cell in map(statements, sources):
            for statement in cell:
                self._add(_Placed(self._ends[-1] + statement.number, statement))
            self._ends.append(self._ends[-1] + len(cell) + 1)
        self._end = self._ends[-1]

    def first(self, cells: int) -> Program:
        """The program that its first cells are."""
        shorter = copy.copy(self)
        shorter._end = self._ends[cells]
        return shorter

    @property
    def stars(self) -> set[str]:
        """The modules of every `from ... import *`."""
        return {
            module for _, statement in self._until(self._placed) for module in statement.said.stars
        }

    def reach(self, names: Iterable[str]) -> Reach:
        """What `names` stand for after the last cell, what that reads, and so on."""
        key = self._end, tuple(names)
        if key not in self._known:
            self._known[key] = self._reach(key[1])
        return self._known[key]

    def definition(self, name: str) -> ast.AST | None:
        """The statement that bound a global last: a function, a class, an assignment."""
        bound = self._until(self._bound.get(name, []))
        return bound[-1].statement.nodes[0] if bound and bound[-1].statement.nodes else None

    @property
    def bound(self) -> set[str]:
        """The globals that its cells bind."""
        return {name for name, placed in self._bound.items() if self._until(placed)}

    def saying(self, words: Iterable[str], names: Iterable[str]) -> set[str]:
        """Which of `names` are read by a statement, anywhere, that has one of `words` in a
        string."""
        words, wanted, found = frozenset(words), frozenset(names), set[str]()
        for _, statement in self._until(self._placed):
            read = wanted.intersection(name for name, _ in statement.reads)
            if read and words & statement.strings:
                found |= read
        return found

    def _add(self, placed: _Placed) -> None:
        place, statement = placed
        self._placed.append(placed)
        for name in statement.binds:
            self._bound[name].append(placed)
            if statement.replaces and (self._ran or statement.surely):
                self._replaced[name].append(place)
        for name in statement.may_change:
            self._changed[name].append(placed)
        for name in statement.fills:
            self._filled[name].append(placed)
        for binding in statement.said.bindings:
            if isinstance(binding.value, str):
                self._libraries[_root(binding.value)].add(binding.name)

    def _until(self, placed: list[_Placed]) -> list[_Placed]:
        return placed[: bisect_left(placed, self._end, key=_place)]

    def _reach(self, names: tuple[str, ...]) -> Reach:
        found, read = self._search(names)
        aliases = _aliases(found)
        reads = [read for statement in found for read in statement.said.reads]
        computed = [read for statement in found for read in statement.said.computed]
        known = self._bound.keys() | self._changed.keys() | BUILTINS
        return Reach(
            names=frozenset(read),
            unseen=frozenset(read.union(names) - known),
            uses=frozenset(path for read in reads for path in _paths(read, aliases)),
            computed=frozenset(path for read in computed for path in _paths(read, aliases)),
        )

    def _search(self, names: tuple[str, ...]) -> tuple[list[Statement], set[str]]:
        """The statements behind `names`, in their order, and the globals that these read."""
        taken: dict[tuple[str, bool], tuple[int, int]] = {}
        found: set[tuple[_Placed, bool]] = set()
        waiting = [each for name in names for each in self._take(name, None, taken)]
        read: set[str] = set()
        while waiting:
            placed, in_the_end = waiting.pop()
            if (placed, in_the_end) in found:
                continue
            found.add((placed, in_the_end))
            for name, later in placed.statement.reads:
                read.add(name)
                waiting += self._take(name, _Reader(placed, later, in_the_end), taken)
        in_order = sorted({placed for placed, _ in found}, key=_place)
        return list(dict.fromkeys(placed.statement for placed in in_order)), read

    def _take(
        self,
        name: str,
        reader: _Reader | None,
        taken: dict[tuple[str, bool], tuple[int, int]],
    ) -> Iterator[tuple[_Placed, bool]]:
        """What may have bound or changed a name when it is read, less what was `taken`, and whether
        that is in the end only: without a reader it is."""
        bound, replaced = self._bound.get(name, []), self._replaced.get(name, [])
        in_the_end = reader is None or reader.in_the_end_only
        since = self._end if reader is None or in_the_end else reader.since
        until = self._end if reader is None or reader.later else reader.placed.place
        known = bisect_left(replaced, since)
        first = bisect_left(bound, replaced[known - 1], key=_place) if known else 0
        last = bisect_left(bound, until, key=_place)
        if (name, in_the_end) not in taken:
            yield from ((placed, False) for placed in self._changes(name))
        low, high = taken.get((name, in_the_end), (last, last))
        for placed in (*bound[first:low], *bound[max(first, high) : last]):
            yield placed, in_the_end
        taken[name, in_the_end] = min(first, low), max(last, high)

    def _changes(self, name: str) -> Iterator[_Placed]:
        """What changes a name, or the library that it is a name of."""
        yield from self._until(self._changed.get(name, []))
        libraries = [names for names in self._libraries.values() if name in names]
        for other in frozenset[str]().union(*libraries) - {name}:
            yield from self._until(self._changed.get(other, []))
        if not libraries:
            yield from self._until(self._filled.get(name, []))


def _place(placed: _Placed) -> int:
    return placed.place


def _root(path: str) -> str:
    return path.partition(".")[0]


def _aliases(found: list[Statement]) -> Aliases:
    """The library paths that every name in some statements may stand for."""
    bindings = [b for statement in found for b in statement.said.bindings if b.value is not None]
    aliases: Aliases = defaultdict(set)
    for _ in range(PASSES):
        before = sum(map(len, aliases.values()))
        for scope, name, value, said_in in bindings:
            known = aliases[scope.owner(name), name]
            known.update(sorted(_values(value, said_in, aliases) - known)[: MEANINGS - len(known)])
        if sum(map(len, aliases.values())) == before:
            break
    return aliases


def _values(value: Value, scope: Scope, aliases: Aliases) -> set[str]:
    """The library paths that an expression may stand for."""
    if isinstance(value, str):
        return {value}
    found: set[str] = set()
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.IfExp):
            waiting += [node.body, node.orelse]
        elif isinstance(node, ast.BoolOp):
            waiting += node.values
        elif isinstance(node, ast.NamedExpr):
            waiting.append(node.value)
        elif node is not None and (path := dotted(node)) is not None:
            found |= _paths(Read(scope, *path, unbound=scope.is_class), aliases)
    return found


def _paths(read: Read, aliases: Aliases) -> set[str]:
    """The library paths that a name and its attributes may stand for."""
    owner = read.scope.owner(read.name)
    roots = set(aliases.get((owner, read.name), ()))
    if read.unbound and owner is not None:
        roots |= aliases.get((None, read.name), set())
    paths = {".".join([root, *read.attributes]) for root in roots}
    return {path for path in paths if len(path) <= LENGTH}
