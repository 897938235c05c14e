"""How a call is changed: its name, its arguments, its keywords, or whether it is made at all."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from autograder.authoring.mutation.places import called, copied

PAIRS = (
    *(("maximum", "minimum"), ("max", "min"), ("amax", "amin"), ("argmax", "argmin")),
    *(("sum", "mean"), ("var", "std"), ("any", "all"), ("ceil", "floor")),
    *(("zeros", "ones"), ("zeros_like", "ones_like"), ("prod", "sum")),
)
OTHERS = {**{b: a for a, b in PAIRS}, **dict(PAIRS), "sum": "mean"}
# Only these of them are built in under the bare name.
BUILT_IN = {"max", "min", "any", "all"}
COPIES = {"array", "copy", "deepcopy", "list", "dict", "tuple", "clone", "detach", "ravel"}
ORDERS = {"sorted", "reversed"}
# The type of what is already right: no observation has it, or the contract gives it.
TYPES = {"float", "asarray"}
# With these, the order of the arguments changes nothing.
SYMMETRIC = {
    *("maximum", "minimum", "max", "min", "add", "multiply", "logical_and", "logical_or"),
    *("allclose", "array_equal", "isclose", "hypot", "gcd", "lcm"),
}
# They guard against an error of the author's own, and change no result.
GUARDS = {"strict"}


def calls_changed(node: ast.Call, alone: bool) -> Iterator[tuple[str, ast.expr]]:
    """What could stand in the place of a call, with the operator that put it there.

    Args:
        alone: the call is a whole statement, and to leave it out is to drop that.
    """
    yield from _renamed(node)
    yield from _swapped(node)
    for keyword in node.keywords:
        if keyword.arg not in GUARDS:
            rest = [other for other in node.keywords if other is not keyword]
            yield "keyword dropped", copied(node, keywords=rest)
    if not alone:
        yield from _unwrapped(node)


def _renamed(node: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    name, func = called(node), node.func
    if name not in OTHERS:
        return
    if isinstance(func, ast.Attribute):
        yield "function", copied(node, func=copied(func, attr=OTHERS[name]))
    elif name in BUILT_IN:
        yield "function", copied(node, func=copied(func, id=OTHERS[name]))


def _swapped(node: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    if called(node) in SYMMETRIC:
        return
    for index in range(len(node.args) - 1):
        one, other = node.args[index : index + 2]
        if not isinstance(one, ast.Starred) and not isinstance(other, ast.Starred):
            args = [*node.args[:index], other, one, *node.args[index + 2 :]]
            yield "arguments swapped", copied(node, args=args)


def _unwrapped(node: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """The argument itself: not copied, not in order, of the type that it came with."""
    name, func = called(node), node.func
    if name in COPIES and len(node.args) == 1:
        yield "copy left out", node.args[0]
    elif name in COPIES and not node.args and isinstance(func, ast.Attribute):
        yield "copy left out", func.value
    elif name in ORDERS and len(node.args) == 1:
        yield "order left out", copied(node, func=ast.Name("list", ast.Load()), keywords=[])
    elif name == "astype" and isinstance(func, ast.Attribute):
        yield "dtype", func.value
    elif name not in TYPES and len(node.args) == 1 and not isinstance(node.args[0], ast.Starred):
        yield "call left out", node.args[0]
