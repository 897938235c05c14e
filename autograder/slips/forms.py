"""The right values in another form: a list for an array, a generator, a function not called."""

from __future__ import annotations

import ast
import re
from typing import Any

import numpy as np

from autograder.observation import Number, Other, Raised, TensorValue
from autograder.probe import Tolerance
from autograder.slips.code import own
from autograder.slips.evidence import Evidence, slip
from autograder.values import same_values
from autograder.verdict import Diagnosis

ITERATORS = frozenset(
    {"chain", "enumerate", "filter", "generator", "islice", "map", "reversed", "zip"}
    | {"dict_items", "dict_keys", "dict_values", "list_iterator", "tuple_iterator"}
)
FUNCTIONS = frozenset(
    {"builtin_function_or_method", "function", "method", "type", "ufunc", "method-wrapper"}
    | {"_ArrayFunctionDispatcher"}
)
# What a caller that was promised an array says of a list.
OF_A_LIST = re.compile(
    r"'list' object has no attribute|list indices must be integers"
    r"|can't multiply sequence by non-int|unsupported operand type\(s\) for .*'list'"
)
# What arithmetic, loops and brackets say of a method, and how one stands in a line uncalled.
OF_A_METHOD = re.compile(
    r"(?:unsupported operand|not supported between|must be|argument must|not iterable|subscriptable)"
)
METHOD = re.compile(r"\b(?:builtin_function_or_method|method)\b")
UNCALLED = re.compile(r"[\w)\]]\.[A-Za-z_]\w*\b(?!\s*[(.\[=])")
COMES_BACK = re.compile(r"should come back, got (\w+)$")

TEXTS = {
    "list_for_array": (
        "The numbers are right and come as a list, on which no arithmetic works: `path * 2` "
        "repeats a list and doubles an array. Return `np.array(...)` of it."
    ),
    "array_for_list": (
        "The numbers are right and come as an array, where a list was asked for: whoever calls "
        "this may want to append. Return `list(...)` or `.tolist()` of it."
    ),
    "generator_returned": (
        "What comes back is an iterator, which only promises its values and gives each of them "
        "once. Collect them before you return: `list(...)`, or `np.array(list(...))` for an array."
    ),
    "not_called": (
        "What comes back, or goes into the arithmetic, is a function itself and not what it "
        "computes: the parentheses of a call are missing. Write `x.mean()`, not `x.mean`."
    ),
    "tuple_by_comma": (
        "The right value comes wrapped in a tuple of one: a comma at the end of a line makes a "
        "tuple of what stands before it. Look for a trailing comma, and take it out."
    ),
    "string_for_number": (
        "The number is right and comes as text, with which nothing can be computed. Return the "
        "number itself; formatting belongs into `print`."
    ),
    "tensor_for_number": (
        "The number is right and comes as a tensor, which may hold on to its whole graph. Where a "
        "plain number is asked for, return `.item()` of it."
    ),
}


def other_form(evidence: Evidence) -> Diagnosis | None:
    """Everything that differs on probes of values is right but for one and the same form."""
    forms = {_form(*one) for one in evidence.differing_values}
    if len(forms) > 1 and "list_for_array" in forms:
        forms.discard("fails on a list")
    if forms == {"fails on a list"}:
        forms = {"list_for_array"}
    if len(forms) != 1 or (form := forms.pop()) not in TEXTS:
        return None
    return slip(form, TEXTS[form])


def not_called(evidence: Evidence) -> Diagnosis | None:
    """Arithmetic with a function whose parentheses are missing."""
    for raised in evidence.raised:
        said, line = raised.message, raised.line
        if METHOD.search(said) and OF_A_METHOD.search(said) and UNCALLED.search(line):
            return slip("not_called", TEXTS["not_called"])
    return None


def trailing_comma(evidence: Evidence) -> Diagnosis | None:
    """A value that a comma at the end of its line made a tuple."""
    for one in evidence.everything:
        for node in own(one.node):
            value = node.value if isinstance(node, ast.Assign | ast.Return) else None
            if value is not None and _is_bare_tuple_of_one(value):
                return slip(
                    "tuple_by_comma",
                    f"`{ast.unparse(value).strip('()')}` in `{one.name}` ends in a comma, which "
                    "makes a tuple of one of it, and a tuple is not the number or the array in it. "
                    "Take the comma out.",
                )
    return None


def _is_bare_tuple_of_one(node: ast.expr) -> bool:
    """Written without parentheses: with them, somebody wanted a tuple."""
    if not isinstance(node, ast.Tuple) or len(node.elts) != 1:
        return False
    first = node.elts[0]
    starts = (node.lineno, node.col_offset) == (first.lineno, first.col_offset)
    return starts and not isinstance(first, ast.Starred)


def _form(expected: Any, got: Any, tolerance: Tolerance) -> str:
    """What makes one value differ from what was asked for, if its form does."""
    if isinstance(got, Raised):
        if (came := COMES_BACK.search(got.message)) is not None:
            return _of_type(came[1])
        fails_on_list = not got.line and OF_A_LIST.search(got.message)
        return "fails on a list" if fails_on_list else ""
    if isinstance(got, Other) and not isinstance(expected, Raised | Other):
        return _of_type(got.type_name)
    if isinstance(got, str) and isinstance(expected, Number):
        return "string_for_number" if _says(got, expected, tolerance) else ""
    if isinstance(got, tuple) and len(got) == 1 and type(expected) is type(got[0]):
        return "tuple_by_comma" if same_values(expected, got[0], tolerance) else ""
    if not same_values(expected, got, tolerance):
        return ""
    if isinstance(got, list) and isinstance(expected, np.ndarray):
        return "list_for_array"
    if isinstance(got, np.ndarray) and isinstance(expected, list):
        return "array_for_list"
    if isinstance(got, TensorValue) and isinstance(expected, Number):
        return "tensor_for_number"
    return ""


def _of_type(name: str) -> str:
    if name in ITERATORS:
        return "generator_returned"
    return "not_called" if name in FUNCTIONS else ""


def _says(text: str, number: Number, tolerance: Tolerance) -> bool:
    """Whether a text is that number, rounded or not."""
    try:
        said = float(text.replace(",", ""))
    except ValueError:
        return False
    decimals = len(text.partition(".")[2].rstrip("0123456789") or text.partition(".")[2])
    rounding = Tolerance(max(tolerance.rtol, 1e-9), 0.51 * 10.0**-decimals)
    return same_values(number, Number(said, "float64"), rounding)
