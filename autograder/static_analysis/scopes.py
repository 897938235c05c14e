"""Scopes, and names in them: which scope's a name is, and what an expression names."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import NamedTuple, TypeGuard

Value = ast.expr | str | None  # what a name is bound to: an expression, an import's path, unknown


@dataclass(eq=False)
class Scope:
    """A module, class, function, lambda or comprehension, and the names that are its own."""

    parent: Scope | None = None
    is_class: bool = False
    is_comprehension: bool = False
    deferred: bool = False  # runs when something calls it, which may be later
    bound: set[str] = field(default_factory=set)
    outer: dict[str, bool] = field(default_factory=dict)  # declared: True global, False nonlocal

    def owner(self, name: str) -> Scope | None:
        """The scope whose name this is when code of this scope says it; None for the module's."""
        scope: Scope = self
        while scope.parent is not None:
            if scope is self or not scope.is_class:
                if scope.outer.get(name):
                    return None
                if name in scope.bound and name not in scope.outer:
                    return scope
            scope = scope.parent
        return None


class Read(NamedTuple):
    """A name that is read, with the attributes that follow it: `F.softmax`."""

    scope: Scope
    name: str
    attributes: tuple[str, ...]
    unbound: bool  # in a class's body, before the class binds the name itself


class Binding(NamedTuple):
    """A name that is bound in a scope, and the value where it can be told."""

    scope: Scope
    name: str
    value: Value
    said_in: Scope  # where the names in the value are looked up


def pairs(target: ast.expr, value: ast.expr | None) -> list[tuple[ast.expr, ast.expr | None]]:
    """The parts of a target, each with its part of the value where that can be told."""
    if not isinstance(target, ast.Tuple | ast.List):
        return [(target, value)]
    parts: list[ast.expr | None] = [None] * len(target.elts)
    if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(parts):
        starred = any(isinstance(e, ast.Starred) for e in [*target.elts, *value.elts])
        parts = parts if starred else list(value.elts)
    return [pair for t, v in zip(target.elts, parts, strict=True) for pair in pairs(t, v)]


def dotted(node: ast.AST) -> tuple[str, tuple[str, ...]] | None:
    """`F.nn.relu` as its name and attributes; None where it does not begin at a name."""
    parts: list[str] = []
    while not isinstance(node, ast.Name):
        if (got := as_getattr(node)) is not None:
            node, attribute = got
        elif isinstance(node, ast.Attribute):
            attribute, node = node.attr, node.value
        else:
            return None
        parts += reversed(attribute.split("."))
    return node.id, tuple(reversed(parts))


def as_getattr(node: ast.AST) -> tuple[ast.expr, str] | None:
    """The object and attribute of `getattr(torch, "relu")`."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return None
    if node.func.id != "getattr" or len(node.args) not in (2, 3):
        return None
    name = node.args[1]
    if isinstance(name, ast.Constant) and isinstance(name.value, str):
        return node.args[0], name.value
    return None


def is_vars(node: ast.expr) -> TypeGuard[ast.Call]:
    """Whether this is `vars(numpy)`, whose items are attributes."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return False
    return node.func.id == "vars" and len(node.args) == 1


def parameters(args: ast.arguments) -> list[ast.arg]:
    """All that a function binds when it is called."""
    optional = [arg for arg in (args.vararg, args.kwarg) if arg is not None]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *optional]
