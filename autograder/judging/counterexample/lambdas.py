"""A function of one expression as a lambda that stands alone: what it closes over is put in."""

from __future__ import annotations

import ast
import builtins
import linecache
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from autograder.harness.patterns import Counted

Write = Callable[[Any], str]
Span = tuple[int | None, int | None, int | None, int | None]


def lambda_text(function: Any, write: Write) -> str | None:
    """The text of a lambda that does the same, or None where there is none.

    Args:
        write: the text of a value that the function reads from around it; may raise.
    """
    if isinstance(function, Counted):
        function = function.function
    if not isinstance(function, FunctionType) or function.__defaults__:
        return None
    found = _lambda_of(function.__code__)
    around = _surroundings(function)
    if found is None or any(isinstance(value, Counted) for value in around.values()):
        return None  # what counts its calls may answer by their number
    put_in = {name: ast.parse(write(value), mode="eval").body for name, value in around.items()}
    return ast.unparse(_PutIn(put_in).visit(ast.parse(found, mode="eval").body))


class _PutIn(ast.NodeTransformer):
    """Values in the place of names."""

    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.values.get(node.id, node)


def _surroundings(function: FunctionType) -> dict[str, Any]:
    """What a function reads besides its arguments, what is built in, and NumPy."""
    code = function.__code__
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    around = dict(zip(code.co_freevars, cells, strict=True))
    known = {**vars(builtins), "np": np}
    for name in code.co_names:
        value = function.__globals__.get(name, known.get(name))
        if name in function.__globals__ and known.get(name) is not value:
            around[name] = value
    return around


def _lambda_of(code: CodeType) -> str | None:
    """The source of the one expression that a function is, found by where it stands."""
    *_, last = (at for at in code.co_positions() if at[3])  # what has no width is the return's
    texts = [text for span, text in _expressions(code.co_filename) if span == last]
    return texts[0] if len(texts) == 1 else None


@lru_cache(maxsize=64)
def _expressions(filename: str) -> tuple[tuple[Span, str], ...]:
    """The functions of a file that are one expression, as lambdas: where each ends, and its
    text."""
    found = []
    for node in ast.walk(ast.parse("".join(linecache.getlines(filename)))):
        if isinstance(node, ast.Lambda):
            found.append((_span(node.body), ast.unparse(ast.Lambda(node.args, node.body))))
        elif isinstance(node, ast.FunctionDef) and isinstance(last := node.body[-1], ast.Return):
            alone = len(node.body) == 1 + (ast.get_docstring(node) is not None)
            if alone and last.value is not None:
                made = ast.Lambda(_untyped(node.args), last.value)
                found.append((_span(last), ast.unparse(made)))
    return tuple(found)


def _span(node: ast.expr | ast.stmt) -> Span:
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset


def _untyped(arguments: ast.arguments) -> ast.arguments:
    for one in ast.walk(arguments):
        if isinstance(one, ast.arg):
            one.annotation = None
    return arguments
