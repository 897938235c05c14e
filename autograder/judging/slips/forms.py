"""The right values in another form: a list for an array, a generator, a function not called."""

from __future__ import annotations

import ast
import re
from typing import Any

import numpy as np

from autograder.harness.observation import Number, Other, Raised, TensorValue, inside
from autograder.harness.probe import Tolerance
from autograder.judging.compare import equal
from autograder.judging.slips.code import Written, own
from autograder.judging.slips.evidence import Evidence, slip
from autograder.judging.values import as_array, same_values
from autograder.judging.verdict import Diagnosis

ITERATORS = frozenset(
    {"chain", "enumerate", "filter", "generator", "islice", "map", "reversed", "zip"}
    | {"dict_items", "dict_keys", "dict_values", "list_iterator", "tuple_iterator"}
)
FUNCTIONS = frozenset(
    {"builtin_function_or_method", "function", "method", "type", "ufunc", "method-wrapper"}
    | {"_ArrayFunctionDispatcher"}
)
# What a caller that was promised an array says of a list.
OF_ARRAYS = "|".join(name for name in dir(np.ndarray) if not hasattr(list, name))
OF_A_LIST = re.compile(
    rf"'list' object has no attribute '(?:{OF_ARRAYS})'|list indices must be integers"
    r"|can't multiply sequence by non-int|unsupported operand type\(s\) for .*'list'"
)
# What arithmetic, loops and brackets say of a function.
OF_A_FUNCTION = re.compile(r"'method'|'_ArrayFunctionDispatcher'|'numpy.ufunc'|builtin_function_or")
OF_AN_ITERATOR = re.compile(r"'(?:generator|map|zip|filter|enumerate|reversed)'")
CALLABLE = frozenset(
    name
    for owner in (np, np.ndarray, list, dict, str)
    for name in dir(owner)
    if callable(getattr(owner, name, None))
)
COMES_BACK = re.compile(r"should come back, got (\w+)$")

# A form shows by what fails, too: in a caller's code, or beside its own sign in the learner's.
SIGNS = {"list_for_array": OF_A_LIST, "generator_returned": OF_AN_ITERATOR}
OF_A_SEQUENCE = "can't multiply sequence"  # which may be a tuple
FAILS = {sign: f"fails as {sign}" for sign in SIGNS}

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
    if _would_be_right_as_arrays(evidence):
        return slip("list_for_array", TEXTS["list_for_array"])
    seen = [(_form(*one), one[1]) for one in evidence.differing_values]
    forms = {form for form, _ in seen}
    if forms & {"generator_returned", "not_called"}:
        # Of what it could not read, an observer has nothing to say but None.
        forms = {form for form, got in seen if got is not None}
    signs = _signs(evidence) & SIGNS.keys()
    if len(signs) == 1:
        (sign,) = signs
        forms = {sign if form == FAILS[sign] else form for form in forms}
    if len(forms) != 1 or (form := forms.pop()) not in TEXTS:
        return None
    return slip(form, TEXTS[form])


def _signs(evidence: Evidence) -> set[str]:
    """The forms that show in any probe, or stand in what the code returns and not in what the
    reference does."""
    said = {form for one in evidence.written.values() for form in _forms_of_code(one)}
    asked_for = {form for one in evidence.asked.values() for form in _forms_of_code(one)}
    return {_form(*one) for one in evidence.differing} | (said - asked_for)


def _forms_of_code(one: Written) -> set[str]:
    returned = [n.value for n in own(one.node) if isinstance(n, ast.Return)]
    parts = [part for value in returned if value for part in getattr(value, "elts", [value])]
    return {_form_of_code(part) for part in parts}


def _form_of_code(node: ast.expr) -> str:
    """What an expression surely is."""
    called = node.func if isinstance(node, ast.Call) else None
    name = getattr(called, "attr", getattr(called, "id", ""))
    if isinstance(node, ast.GeneratorExp) or (isinstance(called, ast.Name) and name in ITERATORS):
        return "generator_returned"
    is_list = isinstance(node, ast.List | ast.ListComp) or name in ("list", "tolist")
    return "list_for_array" if is_list else ""


def _would_be_right_as_arrays(evidence: Evidence) -> bool:
    """Whether lists are all that is wrong: as arrays, an observer finds in them what it should."""
    expected, got = evidence.expected, evidence.got
    wrong = [p for p in evidence.probes if not equal(expected[p.name], got[p.name], p.tolerance)]
    if not any(isinstance(part, list) for p in wrong for part in inside(got[p.name])):
        return False
    return all(equal(expected[p.name], evidence.observe_as_arrays(p), p.tolerance) for p in wrong)


def not_called(evidence: Evidence) -> Diagnosis | None:
    """Arithmetic with a function whose parentheses are missing."""
    said = [one for one in evidence.raised if one.name in ("TypeError", "AttributeError")]
    if any(OF_A_FUNCTION.search(one.message) for one in said) and any(
        _has_one_uncalled(one.node) for one in evidence.everything
    ):
        return slip("not_called", TEXTS["not_called"])
    return None


def trailing_comma(evidence: Evidence) -> Diagnosis | None:
    """A value that a comma at the end of its line made a tuple."""
    shows = any(_is_of_a_tuple(*one) for one in evidence.differing)
    asked_for = evidence.written.values()
    for one in evidence.everything:
        for node in own(one.node):
            looked_at = shows or (isinstance(node, ast.Return) and one in asked_for)
            value = node.value if isinstance(node, ast.Assign | ast.Return) else None
            if looked_at and value is not None and _is_bare_tuple_of_one(value):
                return slip(
                    "tuple_by_comma",
                    f"`{ast.unparse(value).strip('()')}` in `{one.name}` ends in a comma, which "
                    "makes a tuple of one of it, and a tuple is not the number or the array in it. "
                    "Take the comma out.",
                )
    return None


def _is_of_a_tuple(expected: Any, got: Any, tolerance: Tolerance) -> bool:
    """Whether a tuple of one came, or an array of one thing more, or something failed on a
    tuple."""
    if isinstance(got, Raised):
        return "tuple" in got.message
    ours, theirs = np.shape(as_array(expected)), np.shape(as_array(got))
    return (isinstance(got, tuple) and len(got) == 1) or theirs == (1, *ours)


def _has_one_uncalled(function: ast.AST) -> bool:
    """Whether a method, `x.mean`, or a function, `np.exp`, stands somewhere without a call."""
    nodes = list(own(function))
    reached = {id(n.func) for n in nodes if isinstance(n, ast.Call)}
    reached |= {id(n.value) for n in nodes if isinstance(n, ast.Attribute)}
    return any(
        isinstance(n, ast.Attribute) and id(n) not in reached and n.attr in CALLABLE for n in nodes
    )


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
        sign = next((s for s, of in SIGNS.items() if of.search(got.message)), "")
        return FAILS.get(sign, "") if got.line or OF_A_SEQUENCE in got.message else sign
    if not isinstance(expected, Raised | Other):
        kinds = {_of_type(one.type_name) for one in inside(got) if isinstance(one, Other)}
        if len(kinds) == 1:
            return kinds.pop()
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
