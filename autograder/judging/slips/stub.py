"""The line that a lesson comes with, left standing beside what was written."""

from __future__ import annotations

import ast

from autograder.course.lesson import Exercise
from autograder.judging.slips.code import Written, of_program, own
from autograder.static_analysis.program import Program


def stub_left(exercise: Exercise, program: Program | None) -> str:
    """A sentence on the first function that someone wrote in and whose stub still raises."""
    if program is None:
        return ""
    for one in of_program(program, exercise.names):
        if _raises(one) and any(not _is_released(statement) for statement in one.body):
            return (
                f"`{one.name}` still has the line `raise NotImplementedError(...)`, which ends it "
                "whatever else you write there: delete that line."
            )
    return ""


def _raises(one: Written) -> bool:
    return any(_is_stub(node) for node in own(one.node))


def _is_released(statement: ast.stmt) -> bool:
    """Whether a statement is what a function comes with: its docstring, and its stub."""
    return _is_stub(statement) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _is_stub(node: ast.AST) -> bool:
    if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
        return False
    return getattr(node.exc.func, "id", "") == "NotImplementedError"
