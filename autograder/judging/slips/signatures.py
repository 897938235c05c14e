"""Arguments: a signature that is not the one that was asked for, a call that gives too few."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from autograder.harness.observation import Raised
from autograder.judging.slips.code import Written, of_reference, own
from autograder.judging.slips.evidence import Evidence, slip
from autograder.judging.verdict import Diagnosis

DOES_NOT_FIT = re.compile(
    r"(?:(?P<owner>\w+)\.)?(?P<name>\w+)\(\) (?:got an unexpected keyword argument"
    r"|missing \d+ required|takes (?:from )?(?:no|\d+)|got multiple values)"
)


class Signature(NamedTuple):
    """Parameters without `self`; `text` as in a definition."""

    places: tuple[str, ...]
    names: frozenset[str]
    optional: frozenset[str]
    is_open: bool
    text: str


def signature(one: Written) -> Signature:
    """The signature of a function, as whoever calls it sees it."""
    args = one.node.args
    positional = [arg.arg for arg in [*args.posonlyargs, *args.args]]
    optional = positional[len(positional) - len(args.defaults) :]
    named = zip(args.kwonlyargs, args.kw_defaults, strict=True)
    optional += [arg.arg for arg, default in named if default is not None]
    if one.has_self and not _lacks_self(one):
        positional = positional[1:]
    names = frozenset([*positional, *(arg.arg for arg in args.kwonlyargs)])
    is_open = args.vararg is not None or args.kwarg is not None
    return Signature(tuple(positional), names, frozenset(optional), is_open, _text(one, args))


def _text(one: Written, args: ast.arguments) -> str:
    """`Adam.step(grads)`, without hints."""
    bare = ast.parse(f"lambda {ast.unparse(_unhinted(args))}: 0", mode="eval").body
    assert isinstance(bare, ast.Lambda)
    if one.has_self and not _lacks_self(one):
        bare.args.args = bare.args.args[1:]
    name = one.name.removesuffix(".__init__")
    return f"{name}({ast.unparse(bare.args)})"


def _unhinted(args: ast.arguments) -> ast.arguments:
    plain = ast.parse("lambda: 0", mode="eval").body
    assert isinstance(plain, ast.Lambda)
    copied = plain.args
    copied.posonlyargs = [ast.arg(a.arg) for a in args.posonlyargs]
    copied.args = [ast.arg(a.arg) for a in args.args]
    copied.kwonlyargs = [ast.arg(a.arg) for a in args.kwonlyargs]
    copied.vararg = args.vararg and ast.arg(args.vararg.arg)
    copied.kwarg = args.kwarg and ast.arg(args.kwarg.arg)
    copied.defaults, copied.kw_defaults = args.defaults, args.kw_defaults
    return copied


def _lacks_self(one: Written) -> bool:
    args = one.node.args
    positional = [*args.posonlyargs, *args.args]
    return not positional and args.vararg is None


def self_missing(evidence: Evidence) -> Diagnosis | None:
    """A method whose first parameter is not the object."""
    for name, asked in evidence.asked.items():
        one = evidence.written.get(name)
        if one is None or not (asked.has_self and one.has_self and evidence.raised):
            continue
        args = tuple(arg.arg for arg in [*one.node.args.posonlyargs, *one.node.args.args])
        if args == signature(asked).places:
            return slip(
                "self_missing",
                f"`{name}` is a method without `self`: Python hands it the object as its first "
                "argument, and there is no place for it. Write `self` first in its parentheses.",
            )
    return None


def arguments_do_not_fit(evidence: Evidence) -> Diagnosis | None:
    """A call that its function cannot take, and whose fault that is."""
    for raised in evidence.raised:
        found = DOES_NOT_FIT.match(raised.message) if raised.name == "TypeError" else None
        if found is None:
            continue
        name = ".".join(filter(None, (found["owner"], found["name"])))
        return _signature_differs(name, evidence) or _call_lacks(name, raised, evidence)
    return None


def _signature_differs(name: str, evidence: Evidence) -> Diagnosis | None:
    """The learner's signature against the one that was asked for."""
    asked, own_one = evidence.asked.get(name), evidence.written.get(name)
    if asked is None or own_one is None or not own_one.is_itself:
        return None
    wanted, has = signature(asked), signature(own_one)
    if has.is_open:
        return None
    lacking = [p for p in _in_order(wanted, asked) if p not in has.names]
    if lacking:
        return _argument_missing(own_one, wanted, lacking)
    if required := [p for p in has.names - has.optional if p in wanted.optional]:
        listed = _listed(p for p in wanted.places if p in required)
        return slip(
            "argument_missing",
            f"`{name}` asks for {listed} at every call, which callers may leave out: the default "
            f"is missing. The signature that was asked for is `{wanted.text}`.",
        )
    if extra := [p for p in _in_order(has, own_one) if p not in wanted.names | has.optional]:
        return slip(
            "argument_missing",
            f"`{name}` asks for {_listed(extra)} at every call, which no caller gives: it isn't "
            f"among the parameters. The signature that was asked for is `{wanted.text}`.",
        )
    return None


def _in_order(wanted: Signature, asked: Written) -> list[str]:
    named = [arg.arg for arg in asked.node.args.kwonlyargs]
    return [*wanted.places, *named]


def _argument_missing(one: Written, wanted: Signature, lacking: list[str]) -> Diagnosis:
    extra = [p for p in signature(one).places if p not in wanted.names]
    as_asked = f"The signature that was asked for is `{wanted.text}`."
    if len(extra) == len(lacking):
        said = f"`{one.name}` calls {_listed(extra)} what callers call {_listed(lacking)}"
        text = f"{said}, and an argument given by its name finds no parameter. {as_asked}"
    else:
        said = f"`{one.name}` has no parameter {_listed(lacking)}"
        text = f"{said}, and a call that gives one has nowhere to put it. {as_asked}"
    return slip("argument_missing", text)


def _call_lacks(name: str, raised: Raised, evidence: Evidence) -> Diagnosis | None:
    """A call in the learner's own code that does not fit what it calls."""
    called = next((one for one in evidence.helpers if one.name == name), None)
    called = called or evidence.written.get(name) or of_reference(evidence.lesson).get(name)
    if not raised.line or called is None or name.rpartition(".")[2] not in raised.line:
        return None
    if "unexpected keyword" in raised.message:
        what = "a name that it has no parameter for"
    else:
        what = "too few arguments" if "missing" in raised.message else "too many arguments"
    return slip(
        "argument_missing",
        f"The line `{raised.line}` calls `{name.removesuffix('.__init__')}` with {what}. Its "
        f"signature is `{signature(called).text}`: give each parameter its argument.",
    )


def calls_swapped(evidence: Evidence) -> Diagnosis | None:
    """A call that gives variables, named like the parameters, in each other's places."""
    known = {**of_reference(evidence.lesson), **{one.name: one for one in evidence.everything}}
    for one in evidence.everything:
        for node in own(one.node):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            called = known.get(node.func.id)
            if called is not None and _is_swapped(node, called):
                return slip(
                    "arguments_swapped",
                    f"`{ast.unparse(node)}` in `{one.name}` gives arguments in each other's "
                    f"places. The order is that of `{signature(called).text}`: swap them, or give "
                    "them by name.",
                )
    return None


def _is_swapped(call: ast.Call, called: Written) -> bool:
    places = signature(called).places[: len(call.args)]
    given = [_parameter_of(arg, places) for arg in call.args]
    moved = [(p, g) for p, g in zip(places, given, strict=False) if p != g]
    return len(moved) > 1 and {p for p, _ in moved} == {g for _, g in moved}


def _parameter_of(argument: ast.expr, places: tuple[str, ...]) -> str:
    """The one parameter that a variable is called after: `targets`, of `cls_targets`."""
    name = argument.id if isinstance(argument, ast.Name) else ""
    alike = [p for p in places if name == p or name.endswith(f"_{p}") or name.startswith(f"{p}_")]
    return name if name in places else alike[0] if len(alike) == 1 else ""


def order_differs(evidence: Evidence) -> list[tuple[Written, Written]]:
    """The functions whose parameters are those asked for, in another order: the reference's, and
    the learner's."""
    return [
        (asked, one)
        for name, asked in evidence.asked.items()
        if (one := evidence.written.get(name)) is not None
        and signature(one).places != signature(asked).places
        and sorted(signature(one).places) == sorted(signature(asked).places)
    ]


def _listed(names: list[str] | Iterator[str]) -> str:
    *others, last = [f"`{name}`" for name in names]
    return f"{', '.join(others)} and {last}" if others else last
