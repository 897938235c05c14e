"""A name that an answer takes from the function it then wants to call."""

from __future__ import annotations

import ast
import builtins
import re

from autograder.judging.slips.code import Written, own
from autograder.judging.slips.evidence import Evidence, slip
from autograder.judging.verdict import Diagnosis

BUILTINS = frozenset(dir(builtins))
NOT_CALLABLE = re.compile(r"'[\w.]+' object is not callable")
UNBOUND = re.compile(r"cannot access local variable '(\w+)'")


def overwritten(evidence: Evidence) -> Diagnosis | None:
    """`sum = ...`, and then `sum(...)`: a value stands where the function was."""
    for raised in evidence.raised:
        if raised.name == "TypeError" and NOT_CALLABLE.match(raised.message):
            if found := _called_value(evidence):
                return found
        elif raised.name == "UnboundLocalError" and (said := UNBOUND.match(raised.message)):
            for one in evidence.everything:
                if said[1] in _assigned(one) and said[1] in _called(one):
                    return _local(said[1], one)
    return None


def _called_value(evidence: Evidence) -> Diagnosis | None:
    if found := _answer_gone(evidence):
        return found
    for one in evidence.everything:
        if here := sorted(_called(one) & _assigned(one) & _functions(evidence)):
            return _local(here[0], one)
        if evidence.program is None:
            continue
        for name in sorted(_called(one) & BUILTINS & evidence.program.bound):
            if isinstance(evidence.program.definition(name), ast.Assign):
                return slip(
                    "name_overwritten",
                    f"A cell assigns something to `{name}`, and from then on the name is that "
                    f"value: `{name}(...)` in `{one.name}` finds no function. Give the value "
                    f"another name, and run `del {name}`.",
                )
    return None


def _answer_gone(evidence: Evidence) -> Diagnosis | None:
    """`mse = mse(pred, target)` in a cell: the exercise's own name is no function any more."""
    if evidence.program is None:
        return None
    for name in evidence.exercise.names:
        last = evidence.program.definition(name)
        if name in evidence.asked and isinstance(last, ast.Assign):
            return slip(
                "name_overwritten",
                f"A cell assigns something to `{name}`, and from then on the name is that value "
                f"and not your function. Give the value another name, and run the cell that "
                f"defines `{name}` again.",
            )
    return None


def _functions(evidence: Evidence) -> set[str]:
    bound = evidence.program.bound if evidence.program else set()
    return {*BUILTINS, *bound}


def _called(one: Written) -> set[str]:
    return {
        node.func.id
        for node in own(one.node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def _assigned(one: Written) -> set[str]:
    return {
        node.id
        for node in own(one.node)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _local(name: str, one: Written) -> Diagnosis:
    return slip(
        "name_overwritten",
        f"`{one.name}` assigns something to `{name}`, and within it the name no longer means the "
        f"function: the call `{name}(...)` does not reach it. Give the value another name.",
    )
