"""What a learner's code calls, read from its syntax tree and never from the code at work."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from autograder.names import parse


class Program:
    """All cells of a submission that define or run something, as one program."""

    def __init__(self, sources: Iterable[str]) -> None:
        self._definitions: dict[str, list[ast.stmt]] = {}
        self.aliases: dict[str, str] = {}
        for tree in filter(None, map(parse, sources)):
            for statement in tree.body:
                for name in binds(statement):
                    self._definitions.setdefault(name, []).append(statement)
                self._learn_aliases(statement)

    def reached(self, names: Iterable[str]) -> list[ast.stmt]:
        """The top-level statements that define `names`, and those that these refer to, and so
        on."""
        waiting, seen = list(names), set[str]()
        statements: list[ast.stmt] = []
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            for statement in self._definitions.get(name, ()):
                statements.append(statement)
                waiting.extend(reads(statement))
        return statements

    def dotted_uses(self, names: Iterable[str]) -> set[str]:
        """Every library path that the code behind `names` uses, aliases followed, as
        `torch.nn.functional.softmax`. Imports alone are no use."""
        uses: set[str] = set()
        for statement in self.reached(names):
            if isinstance(statement, ast.Import | ast.ImportFrom):
                continue
            local = {**self.aliases, **aliases_within(statement)}
            for node in ast.walk(statement):
                if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
                    path = dotted(node, local)
                    if path is not None:
                        uses.add(path)
        return uses

    def _learn_aliases(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return
        self.aliases.update(aliases_within(statement, self.aliases))


def binds(statement: ast.AST) -> set[str]:
    """The names that a statement binds where it stands."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(a.asname or a.name).split(".")[0] for a in statement.names}
    found: set[str] = set()
    for node in _walk_here(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= binds(node)
    return found


def reads(statement: ast.AST) -> set[str]:
    """Every name that a statement reads, at any depth."""
    return {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def aliases_within(statement: ast.AST, known: dict[str, str] | None = None) -> dict[str, str]:
    """Names that stand for a library or a part of one: by import, or by assigning such a path."""
    aliases: dict[str, str] = {}
    for node in ast.walk(statement):
        if isinstance(node, ast.Import):
            for item in node.names:
                root = item.name.split(".")[0]
                aliases[item.asname or root] = item.name if item.asname else root
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for item in node.names:
                aliases[item.asname or item.name] = f"{node.module}.{item.name}"
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, path = node.targets[0], dotted(node.value, {**(known or {}), **aliases})
            if isinstance(target, ast.Name) and path is not None:
                aliases[target.id] = path
    return aliases


def dotted(node: ast.AST, aliases: dict[str, str]) -> str | None:
    """`F.softmax` as `torch.nn.functional.softmax`; None where it does not begin at a library."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in aliases:
        return None
    return ".".join([aliases[node.id], *reversed(parts)])


def _walk_here(statement: ast.AST) -> Iterator[ast.AST]:
    """Like `ast.walk`, but not into functions, classes, lambdas and comprehensions: their names
    are their own."""
    yield statement
    for child in ast.iter_child_nodes(statement):
        inner = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
        if isinstance(child, inner | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            yield child
        else:
            yield from _walk_here(child)
