"""How a statement is changed: left out, in place or not, its parts in another order."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from autograder.authoring.mutation.operators import BINARY
from autograder.authoring.mutation.places import Definition, Line, copied, holds_others, is_text

Change = tuple[str, ast.stmt]


def changes(line: Line) -> Iterator[Change]:
    """What could stand in the place of a statement, with the operator that put it there."""
    for operator in OPERATORS:
        yield from operator(line)


def _dropped(line: Line) -> Iterator[Change]:
    node = line.node
    stays = ast.Pass | ast.Import | ast.ImportFrom | ast.Global | ast.Nonlocal
    if holds_others(node) or isinstance(node, stays) or is_text(node) or _is_whole_if(line):
        return
    if isinstance(node, ast.AnnAssign) and node.value is None:
        return
    yield "statement dropped", ast.Pass()


def _is_whole_if(line: Line) -> bool:
    """All that an `if` does: its condition forced false says the same."""
    parent = line.parent
    return isinstance(parent, ast.If) and not parent.orelse and len(line.block) == 1


def _augmented(line: Line) -> Iterator[Change]:
    node = line.node
    if not isinstance(node, ast.AugAssign):
        return
    if type(node.op) in BINARY:
        yield "binary operator", copied(node, op=BINARY[type(node.op)]())
    yield "assigned, not added", ast.Assign([node.target], node.value, lineno=node.lineno)
    if isinstance(node.target, ast.Name | ast.Attribute) and not _is_number(line, node.target):
        value = ast.BinOp(_loaded(node.target), node.op, node.value)
        yield "not in place", ast.Assign([node.target], value, lineno=node.lineno)


def _in_place(line: Line) -> Iterator[Change]:
    node = line.node
    if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp)):
        return
    (target, *others), value = node.targets, node.value
    if not isinstance(target, ast.Name | ast.Attribute) or others or _is_number(line, target):
        return
    if ast.unparse(target) == ast.unparse(value.left) and not isinstance(value.op, ast.MatMult):
        yield "in place", ast.AugAssign(target, value.op, value.right)


def _is_number(line: Line, target: ast.expr) -> bool:
    """Whether a plain number is assigned to it somewhere around: in place or not is the same."""
    wanted = ast.unparse(target)
    return any(
        ast.unparse(one) == wanted
        for node in ast.walk(line.top)
        if isinstance(node, ast.Assign)
        for one, value in _pairs(node)
        if isinstance(value, ast.Constant)
    )


def _pairs(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=False)
        else:
            yield target, node.value


def _loaded(target: ast.Name | ast.Attribute) -> ast.expr:
    loaded: ast.expr = copied(target, ctx=ast.Load())
    return loaded


def _returned(line: Line) -> Iterator[Change]:
    node = line.node
    if not (isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple)):
        return
    parts = node.value.elts
    for index in range(len(parts) - 1):
        one, other = parts[index : index + 2]
        swapped = [*parts[:index], other, one, *parts[index + 2 :]]
        yield "parts swapped", copied(node, value=copied(node.value, elts=swapped))


def _jump(line: Line) -> Iterator[Change]:
    if isinstance(line.node, ast.Break):
        yield "break, continue", ast.Continue()
    elif isinstance(line.node, ast.Continue):
        yield "break, continue", ast.Break()


def _decorators(line: Line) -> Iterator[Change]:
    node = line.node
    if isinstance(node, Definition):
        for decorator in node.decorator_list:
            rest = [other for other in node.decorator_list if other is not decorator]
            yield "decorator dropped", copied(node, decorator_list=rest)


OPERATORS: tuple[Callable[[Line], Iterator[Change]], ...] = (
    *(_dropped, _augmented, _in_place, _returned, _jump, _decorators),
)
