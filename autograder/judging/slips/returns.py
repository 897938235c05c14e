"""What does not come back: no `return`, a print instead of one, one that is reached too early."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from autograder.judging.slips.code import Scoped, Written, own
from autograder.judging.slips.evidence import Evidence, slip
from autograder.judging.verdict import Diagnosis

PRINTED = "printed_not_returned"
PRINTS = frozenset({"print", "display", "pprint"})
# Methods of lists, arrays and generators that change what they are called on and give None.
IN_PLACE = frozenset({"append", "extend", "insert", "reverse", "shuffle", "sort"})
LIBRARIES = frozenset({"np", "numpy", "torch"})  # whose functions of these names do give something


def nothing_comes_back(evidence: Evidence) -> Diagnosis | None:
    """A function that gives no value, or gives none on one of its paths."""
    if not evidence.shows_none and evidence.raised:
        return None
    for name, asked in evidence.asked.items():
        one = evidence.written.get(name)
        yields = _is_generator(asked)
        if one is not None and asked.gives and (found := _of(one, evidence, yields=yields)):
            return found
    if evidence.shows_none:
        used = _used(evidence.everything)
        for one in evidence.helpers:
            if one.name in used and (found := _of(one, evidence)):
                return found
        return _in_place(evidence)
    return None


def _of(one: Written, evidence: Evidence, *, yields: bool = False) -> Diagnosis | None:
    if not one.is_itself or isinstance(one.node, ast.Lambda) or _is_generator(one):
        return None
    returns = [n for n in own(one.node) if isinstance(n, ast.Return)]
    values = [r for r in returns if r.value is not None and not _is_none(r.value)]
    printed = [r for r in values if _is_print(r.value)]
    falls = can_reach_the_end(one.body)
    if printed and len(printed) == len(values):
        return _printed(one.name)
    if not values and falls:
        return _printed(one.name) if _ends_in_print(one.body) else _nothing(one.name)
    if yields:
        return None  # what is returned there should have been yielded, wherever that stands
    silent = falls or any(r.value is None for r in returns)
    if evidence.shows_none and values and silent and not _may_be_none(one, values):
        if falls and _ends_in_print(one.body):
            return _printed(one.name)
        return _too_early(one) or _on_a_path(one.name)
    return None


def returned_too_early(evidence: Evidence) -> Diagnosis | None:
    """A loop that ends in a `return`, and so never comes to its second pass."""
    return next((found for one in evidence.everything if (found := _too_early(one))), None)


def _too_early(one: Written) -> Diagnosis | None:
    for loop in own(one.node):
        if isinstance(loop, ast.For | ast.While) and _leaves_on_first_pass(loop):
            return slip(
                "returned_too_early",
                f"The `return` of `{one.name}` stands inside its loop, so the function leaves on "
                "the first pass, and what later passes would add never happens. Indent it like "
                "the `for` or `while`, one level further out.",
            )
    return None


def _leaves_on_first_pass(loop: ast.For | ast.While) -> bool:
    if len(loop.body) < 2 or loop.orelse:
        return False
    if isinstance(loop, ast.While) and isinstance(loop.test, ast.Constant):
        return False
    last = loop.body[-1]
    goes_on = any(isinstance(node, ast.Continue) for node in own(loop))
    return isinstance(last, ast.Return) and last.value is not None and not goes_on


def can_reach_the_end(body: list[ast.stmt]) -> bool:
    """Whether running a block may go on behind it."""
    return all(map(_goes_on, body))


def _goes_on(node: ast.stmt) -> bool:
    if isinstance(node, ast.Return | ast.Raise | ast.Break | ast.Continue):
        return False
    if isinstance(node, ast.If):
        return can_reach_the_end(node.body) or can_reach_the_end(node.orelse)
    if isinstance(node, ast.While):
        always = isinstance(node.test, ast.Constant) and bool(node.test.value)
        return not always or any(isinstance(inner, ast.Break) for inner in own(node))
    if isinstance(node, ast.With | ast.AsyncWith):
        return can_reach_the_end(node.body)
    if isinstance(node, ast.Try):
        tried = can_reach_the_end([*node.body, *node.orelse])
        caught = any(can_reach_the_end(handler.body) for handler in node.handlers)
        return (tried or caught) and can_reach_the_end(node.finalbody)
    if isinstance(node, ast.Match):
        last = node.cases[-1]
        whole = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
        open_ended = not whole or last.guard is not None
        return open_ended or any(can_reach_the_end(case.body) for case in node.cases)
    return True


def _is_generator(one: Written) -> bool:
    return any(isinstance(n, ast.Yield | ast.YieldFrom) for n in own(one.node))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_print(node: ast.AST | None) -> bool:
    """A call that prints something other than a fixed text."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return False
    return node.func.id in PRINTS and any(not isinstance(a, ast.Constant) for a in node.args)


def _ends_in_print(body: list[ast.stmt]) -> bool:
    """Whether a block, or one that it ends in, has a print as its last statement."""
    if not body or isinstance(body[-1], Scoped):
        return False
    last = body[-1]
    if isinstance(last, ast.Expr):
        return _is_print(last.value)
    blocks = (getattr(last, name, []) for name in ("body", "orelse"))
    return any(map(_ends_in_print, blocks))


def _may_be_none(one: Written, values: list[ast.Return]) -> bool:
    """Whether a None could come out of what a function does return."""
    nodes = list(own(one.node))
    compared = {id(c) for n in nodes if isinstance(n, ast.Compare) for c in n.comparators}
    return any(
        isinstance(n, ast.Constant) and n.value is None and id(n) not in compared for n in nodes
    ) or any(isinstance(r.value, ast.Call) and _calls_in_place(r.value) for r in values)


def _used(functions: list[Written]) -> set[str]:
    """The names of functions whose results something is done with."""
    found: set[str] = set()
    for one in functions:
        nodes = list(own(one.node))
        dropped = {id(n.value) for n in nodes if isinstance(n, ast.Expr)}
        for node in nodes:
            if isinstance(node, ast.Call) and id(node) not in dropped:
                found |= set(_called(node, one))
    return found


def _called(call: ast.Call, caller: Written) -> Iterator[str]:
    if isinstance(call.func, ast.Name):
        yield call.func.id
    elif isinstance(call.func, ast.Attribute) and caller.owner is not None:
        yield f"{caller.owner.name}.{call.func.attr}"


def _in_place(evidence: Evidence) -> Diagnosis | None:
    """`path = path.append(x)`: what is kept is None."""
    for one in evidence.everything:
        for node in own(one.node):
            value = node.value if isinstance(node, ast.Assign | ast.Return) else None
            if isinstance(value, ast.Call) and _calls_in_place(value):
                called = ast.unparse(value.func)
                return slip(
                    "in_place_returns_nothing",
                    f"`{called}` changes its object in place and gives back None, which "
                    f"`{one.name}` then keeps or returns. Call it on a line of its own, and go on "
                    "with the object itself.",
                )
    return None


def _calls_in_place(call: ast.Call) -> bool:
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr not in IN_PLACE:
        return False
    owner = function.value
    return not (isinstance(owner, ast.Name) and owner.id in LIBRARIES)


def _nothing(name: str) -> Diagnosis:
    return slip(
        "nothing_returned",
        f"`{name}` comes to its end without a `return`, so None comes back, and whatever it has "
        "worked out is lost. Hand the result back as the last thing it does.",
    )


def _on_a_path(name: str) -> Diagnosis:
    return slip(
        "nothing_returned",
        f"`{name}` returns a value on some of its paths and None on another, which ends without "
        "one. Look for the branch, or the line behind the loop, where the `return` is missing.",
    )


def _printed(name: str) -> Diagnosis:
    return slip(
        PRINTED,
        f"`{name}` prints its result instead of returning it: it shows on the screen, and whoever "
        "called the function gets None. Put `return` where the `print` is.",
    )
