"""How an expression is changed: each operator yields what could stand in the expression's place."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from autograder.authoring.mutation.calls import GUARDS, calls_changed
from autograder.authoring.mutation.places import Place, called, copied

Change = tuple[str, ast.expr]

BINARY: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
}
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
DTYPES = {
    "float64": "float32",
    "float32": "float64",
    "int64": "float64",
    "int32": "float64",
    "bool_": "float64",
    "float": "int",
    "int": "float",
    "bool": "float",
}
AXES = ("axis", "dim")
# What these make of a number does not depend on its sign.
SIGNLESS = {
    *("abs", "absolute", "square", "cos", "cosh", "isnan", "isinf", "isfinite", "any", "all"),
    *("len", "shape", "ndim", "size", "zeros_like", "ones_like", "empty_like", "full_like"),
    *("isinstance", "issubclass", "type", "id", "hasattr", "getattr", "setattr", "callable"),
    *("count_nonzero", "enumerate", "zip", "iter", "list", "tuple", "dict", "set", "str", "repr"),
}


def changes(place: Place) -> Iterator[Change]:
    """What could stand in a place instead, with the operator that put it there."""
    for operator in OPERATORS:
        yield from operator(place.node, place)


def _binary(node: ast.expr, place: Place) -> Iterator[Change]:
    if isinstance(node, ast.BinOp) and type(node.op) in BINARY:
        yield "binary operator", copied(node, op=BINARY[type(node.op)]())
        yield "operand dropped", node.left
        yield "operand dropped", node.right


def _unary(node: ast.expr, place: Place) -> Iterator[Change]:
    if not isinstance(node, ast.UnaryOp):
        return
    named = {ast.USub: "sign dropped", ast.Not: "not dropped", ast.Invert: "inversion dropped"}
    if type(node.op) in named:
        yield named[type(node.op)], node.operand


def _sign_added(node: ast.expr, place: Place) -> Iterator[Change]:
    kinds = ast.Name | ast.Attribute | ast.Subscript | ast.BinOp | ast.Call
    if not isinstance(node, kinds) or not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return
    assigned = ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Return
    parent = place.parent
    is_value = place.field == "value" and isinstance(parent, assigned)
    is_part = place.field == "elts" and isinstance(parent, ast.Tuple) and place.keyword is None
    is_argument = (
        place.field == "args" and isinstance(parent, ast.Call) and called(parent) not in SIGNLESS
    )
    if is_value or is_argument or (is_part and not _selects(place)):
        yield "sign added", ast.UnaryOp(ast.USub(), node)


def _selects(place: Place) -> bool:
    """Whether a tuple's part is a type or an index, of which no negative exists or is meant."""
    return any(isinstance(part, ast.Slice) for part in place.holder)


def _comparison(node: ast.expr, place: Place) -> Iterator[Change]:
    if not isinstance(node, ast.Compare):
        return
    for index, op in enumerate(node.ops):
        ops = [*node.ops]
        ops[index] = COMPARISONS[type(op)]()
        yield "comparison", copied(node, ops=ops)


def _boolean(node: ast.expr, place: Place) -> Iterator[Change]:
    if isinstance(node, ast.BoolOp):
        yield "and, or", copied(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())


def _condition(node: ast.expr, place: Place) -> Iterator[Change]:
    asked = ast.If | ast.While | ast.IfExp | ast.Assert
    is_test = place.field == "test" and isinstance(place.parent, asked)
    if is_test or (place.field == "ifs" and isinstance(place.parent, ast.comprehension)):
        yield "condition true", ast.Constant(True)
        yield "condition false", ast.Constant(False)


def _constant(node: ast.expr, place: Place) -> Iterator[Change]:
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        if place.keyword not in GUARDS:
            yield "boolean", ast.Constant(not value)
    elif isinstance(value, int) and place.keyword in AXES:
        if not isinstance(place.parent, ast.UnaryOp):
            yield "axis", ast.Constant(0 if value else 1)
    elif isinstance(value, int):
        for other in (value - 1, value + 1) if value else (1,):
            yield "number", ast.Constant(other)
    elif isinstance(value, float):
        others = (float(f"{1.1 * value:.6g}"), 0.0) if value else (1.0,)
        for number in others:
            yield "number", ast.Constant(number)
    elif isinstance(value, str) and value not in DTYPES:
        yield "string", ast.Constant(f"{value}_")


def _last_axis(node: ast.expr, place: Place) -> Iterator[Change]:
    """`axis=-1` is a sign and a number; changed as one, since -2 or 1 often is no axis."""
    if place.keyword in AXES and isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "axis", ast.Constant(0)


def _dtype(node: ast.expr, place: Place) -> Iterator[Change]:
    parent = place.parent
    is_cast = isinstance(parent, ast.Call) and called(parent) == "astype" and place.field == "args"
    if isinstance(node, ast.Attribute) and node.attr in DTYPES:
        yield "dtype", copied(node, attr=DTYPES[node.attr])
    elif isinstance(node, ast.Name) and node.id in DTYPES and (place.keyword == "dtype" or is_cast):
        yield "dtype", copied(node, id=DTYPES[node.id])
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in DTYPES:
        yield "dtype", ast.Constant(DTYPES[node.value])


def _slice(node: ast.expr, place: Place) -> Iterator[Change]:
    if not isinstance(node, ast.Slice) or node.step is not None:
        return
    if node.lower is None:
        yield "slice", copied(node, lower=ast.Constant(1))
    elif not isinstance(node.lower, ast.Constant):
        yield "slice", copied(node, lower=shifted(node.lower, ast.Add()))
    if node.upper is None:
        yield "slice", copied(node, upper=ast.UnaryOp(ast.USub(), ast.Constant(1)))
    elif not isinstance(node.upper, ast.Constant):
        yield "slice", copied(node, upper=shifted(node.upper, ast.Sub()))


def _range(node: ast.expr, place: Place) -> Iterator[Change]:
    if not isinstance(node, ast.Call) or called(node) not in ("range", "arange") or not node.args:
        return
    index = 0 if len(node.args) == 1 else 1
    if isinstance(node.args[index], ast.Constant | ast.Starred):
        return
    for op in (ast.Sub(), ast.Add()):
        args = [*node.args]
        args[index] = shifted(args[index], op)
        yield "range", copied(node, args=args)


def shifted(node: ast.expr, op: ast.operator) -> ast.expr:
    """One more, or one less."""
    return ast.BinOp(node, op, ast.Constant(1))


def _call(node: ast.expr, place: Place) -> Iterator[Change]:
    if isinstance(node, ast.Call):
        alone = isinstance(place.parent, ast.Expr)  # then its value is of no use to anyone
        yield from calls_changed(node, alone)


OPERATORS: tuple[Callable[[ast.expr, Place], Iterator[Change]], ...] = (
    *(_binary, _unary, _sign_added, _comparison, _boolean, _condition),
    *(_constant, _last_axis, _dtype, _slice, _range, _call),
)
