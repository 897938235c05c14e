"""The statements at the top level of a notebook's cells, one by one, in the order of running."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from autograder.static_analysis.names import Definition, parsed
from autograder.static_analysis.reader import Reader
from autograder.static_analysis.scopes import pairs, parameters

IMPORT_CANNOT_FAIL = frozenset({"numpy", "math"})
TYPES = frozenset({"bool", "dict", "float", "int", "list", "object", "str", "tuple"})


@dataclass(frozen=True, eq=False)
class Statement:
    """What runs at one place of a cell, without the blocks that stand below it.

    Attributes:
        nodes: the statement, or the head of one that has blocks.
        number: its place in the cell; the parts of `a, b = b, a` share one.
        replaces: a name bound here has no earlier value afterwards. Not so in a branch or a loop.
        surely: nothing in the cell can keep it from being run.
        repeated: stands in a loop, where what comes later may run earlier.
    """

    nodes: tuple[ast.AST, ...]
    number: int
    replaces: bool
    surely: bool
    repeated: bool

    @cached_property
    def said(self) -> Reader:
        """The names in it."""
        return Reader(self.nodes)

    @cached_property
    def reads(self) -> frozenset[tuple[str, bool]]:
        """The globals that it reads, and whether a later value may be meant."""
        return frozenset(
            (read.name, self.repeated or read.scope.deferred)
            for read in self.said.reads
            if read.unbound or read.scope.owner(read.name) is None
        )

    @cached_property
    def strings(self) -> frozenset[str]:
        """The words in its strings."""
        text = [
            n.value for node in self.nodes for n in ast.walk(node) if isinstance(n, ast.Constant)
        ]
        return frozenset(w for t in text if isinstance(t, str) for w in re.findall(r"\w+", t))

    @cached_property
    def binds(self) -> frozenset[str]:
        """The globals that it binds where it stands."""
        return frozenset(b.name for b in self.said.bindings if b.scope is self.said.module)

    @cached_property
    def may_change(self) -> frozenset[str]:
        """The globals that it changes and does not replace, or that a function in it binds when it
        is called."""
        touched = [(change.scope, change.name) for change in self.said.changes]
        touched += [
            (b.scope, b.name) for b in self.said.bindings if b.scope is not self.said.module
        ]
        return frozenset(name for scope, name in touched if scope.owner(name) is None)

    @cached_property
    def fills(self) -> frozenset[str]:
        """The globals into which it puts something, if they are containers."""
        return frozenset(f.name for f in self.said.fills if f.scope.owner(f.name) is None)

    @cached_property
    def is_definition(self) -> bool:
        """A function or class whose own name means itself in it: nothing calls it earlier."""
        node = self.nodes[0] if self.nodes else None
        return isinstance(node, Definition) and not node.decorator_list


@lru_cache(maxsize=2048)
def statements(source: str) -> tuple[Statement, ...]:
    """The statements of a cell; none if it is not Python."""
    found: list[Statement] = []
    (tree, surely), number = parsed(source), 0
    for node in tree.body if tree else ():
        surely = surely and _cannot_fail(node)
        whole = not list(_blocks(node))
        for parts, repeated in _parts(node):
            number += 1
            found += [Statement(nodes, number, whole, surely, repeated) for nodes in parts]
    return tuple(found)


Parts = list[tuple[ast.AST, ...]]


def _parts(node: ast.stmt) -> Iterator[tuple[Parts, bool]]:
    """A statement as what reads and binds for itself, and whether that is repeated: the heads of
    its blocks, the statements in them, the parts of a tuple."""
    waiting = [(node, False)]
    while waiting:
        here, repeated = waiting.pop()
        blocks = list(_blocks(here))
        if isinstance(here, ast.For | ast.AsyncFor | ast.While):
            repeated = True
        if blocks:
            yield [_head(here)], repeated
        elif isinstance(here, ast.Assign):
            yield _assigned(here), repeated
        else:
            yield [(here,)], repeated
        waiting += [(inner, repeated) for inner in reversed(blocks)]


def _blocks(node: ast.stmt) -> Iterator[ast.stmt]:
    """The statements that stand below one; those of a function or class are its own."""
    if isinstance(node, Definition):
        return
    below = [node, *getattr(node, "handlers", ()), *getattr(node, "cases", ())]
    for block in ("body", "orelse", "finalbody"):
        for holder in below:
            yield from getattr(holder, block, ())


def _head(node: ast.stmt) -> tuple[ast.AST, ...]:
    """What a statement with blocks reads and binds itself."""
    if isinstance(node, ast.For | ast.AsyncFor):
        return node.iter, node.target
    if isinstance(node, ast.While | ast.If):
        return (node.test,)
    if isinstance(node, ast.With | ast.AsyncWith):
        return tuple(node.items)
    if isinstance(node, ast.Match):
        guards = [case.guard for case in node.cases if case.guard is not None]
        return node.subject, *(case.pattern for case in node.cases), *guards
    handlers: list[ast.ExceptHandler] = getattr(node, "handlers", [])
    return tuple(ast.ExceptHandler(h.type, h.name, []) for h in handlers)


def _assigned(node: ast.Assign) -> Parts:
    """Every target with its own part of the value, if it has one."""
    parts: Parts = []
    for target, value in (pair for t in node.targets for pair in pairs(t, node.value)):
        if value is None:
            parts.append((node.value, target))
        else:
            parts.append((ast.Assign([target], value),))
    return parts


def _cannot_fail(node: ast.stmt) -> bool:
    """Whether a statement runs to its end, whatever ran before it."""
    if isinstance(node, ast.FunctionDef):
        return not node.decorator_list and _plain_signature(node)
    if isinstance(node, ast.ClassDef):
        plain = not (node.decorator_list or node.bases or node.keywords)
        return plain and all(map(_cannot_fail, node.body))
    if isinstance(node, ast.Import):
        return all(item.name in IMPORT_CANNOT_FAIL for item in node.names)
    if isinstance(node, ast.Assign):
        return _is_literal(node.value) and all(isinstance(t, ast.Name) for t in node.targets)
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and _is_literal(node.value))


def _plain_signature(node: ast.FunctionDef) -> bool:
    defaults = [d for d in [*node.args.defaults, *node.args.kw_defaults] if d is not None]
    hints = [arg.annotation for arg in parameters(node.args)]
    return all(map(_is_literal, defaults)) and all(
        hint is None or (isinstance(hint, ast.Name) and hint.id in TYPES)
        for hint in [*hints, node.returns]
    )


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return False
    return True
