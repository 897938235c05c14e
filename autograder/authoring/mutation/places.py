"""Where the reference may be changed: statements, and the expressions in their headers."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# Fields of statements that hold other statements, or what no probe can see.
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
UNSEEN = {"annotation", "returns", "msg", "type_comment", "type_params", "bases", "format_spec"}
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Line:
    """One statement: `block[index]`, the names of what it stands in, and what holds it.

    Attributes:
        top: the outermost definition around it, or the statement itself.
        parent: the statement whose block it stands in; None for a statement of the cell.
    """

    block: list[ast.stmt]
    index: int
    where: str
    top: ast.stmt
    parent: ast.AST | None

    @property
    def node(self) -> ast.stmt:
        """The statement itself."""
        return self.block[self.index]


@dataclass(frozen=True)
class Place:
    """One expression: `holder[index]` of a list, or the attribute `holder.index`.

    Attributes:
        parent: the node around it.
        field: which of the parent's fields it is, or is in.
        keyword: the keyword that it is the value of, if it is one.
    """

    holder: Any
    index: int | str
    parent: ast.AST
    field: str
    keyword: str | None

    @property
    def node(self) -> ast.expr:
        """The expression that stands there."""
        if isinstance(self.index, str):
            found: ast.expr = getattr(self.holder, self.index)
        else:
            found = self.holder[self.index]
        return found

    def put(self, node: ast.expr) -> None:
        """Let `node` stand there instead."""
        if isinstance(self.index, str):
            setattr(self.holder, self.index, node)
        else:
            self.holder[self.index] = node


def lines(tree: ast.Module) -> Iterator[Line]:
    """Every statement of a program, outer ones first."""
    for index, statement in enumerate(tree.body):
        yield from _lines(Line(tree.body, index, _name(statement), statement, None))


def _lines(line: Line) -> Iterator[Line]:
    yield line
    for holder, block in _blocks(line.node):
        for index, statement in enumerate(block):
            name = _name(statement)
            where = f"{line.where}.{name}" if line.where and name else line.where or name
            yield from _lines(Line(block, index, where, line.top, holder))


def _blocks(node: ast.AST) -> Iterator[tuple[ast.AST, list[ast.stmt]]]:
    for field in BLOCKS:
        inner = getattr(node, field, [])
        if field in ("handlers", "cases"):
            for part in inner:
                yield from _blocks(part)
        else:
            yield node, inner


def _name(statement: ast.stmt) -> str:
    return statement.name if isinstance(statement, Definition) else ""


def header(statement: ast.stmt) -> str:
    """The source of a statement; of one that holds others, the line that they stand below."""
    if not holds_others(statement):
        return ast.unparse(statement)
    alone: Any = copy.copy(statement)
    for field in BLOCKS:
        if hasattr(alone, field):
            setattr(alone, field, [])
    if not isinstance(alone, ast.Match):
        alone.body = [ast.Pass()]
    return ast.unparse(alone).removesuffix("\n    pass")


def holds_others(statement: ast.stmt) -> bool:
    """Whether it is one of `if`, `for`, `def` and the like."""
    return any(hasattr(statement, field) for field in BLOCKS)


def places(statement: ast.stmt) -> Iterator[Place]:
    """The expressions of a statement's own line that may be changed: no error message, docstring
    or annotation."""
    if isinstance(statement, ast.Raise | ast.Import | ast.ImportFrom) or is_text(statement):
        return
    yield from _within(statement, None)


def is_text(statement: ast.stmt) -> bool:
    """A docstring, or another constant that stands by itself."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _within(node: ast.AST, keyword: str | None) -> Iterator[Place]:
    for field, value in ast.iter_fields(node):
        if field in UNSEEN or (field in BLOCKS and isinstance(node, ast.stmt)):
            continue
        children = list(enumerate(value)) if isinstance(value, list) else [(field, value)]
        holder = value if isinstance(value, list) else node
        for index, child in children:
            if _is_warning(child):
                continue
            if isinstance(child, ast.expr):
                yield Place(holder, index, node, field, keyword)
            if isinstance(child, ast.AST):
                yield from _within(child, _keyword_below(child, keyword))


def _keyword_below(child: ast.AST, keyword: str | None) -> str | None:
    """The `axis` of `axis=1` is that of the numbers in `axis=-1` and `axis=(0, 1)` too."""
    if isinstance(child, ast.keyword):
        return child.arg
    return keyword if isinstance(child, ast.UnaryOp | ast.Tuple) else None


def _is_warning(node: object) -> bool:
    """`warnings.warn(...)`: its text is a message, as an error's is."""
    return isinstance(node, ast.Call) and called(node) in ("warn", "warn_explicit")


def called(node: ast.Call) -> str:
    """The last name of what is called: `maximum` of `np.maximum(a, b)`."""
    func = node.func
    if isinstance(func, ast.Attribute):
        return func.attr
    return func.id if isinstance(func, ast.Name) else ""


def copied(node: Any, **fields: Any) -> Any:
    """A copy of a node with other fields; what is below is shared, and not changed."""
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other
