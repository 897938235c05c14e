"""Names that nothing has: misspelt ones, and those whose `np.` or `self.` was left out."""

from __future__ import annotations

import ast
import builtins
import math
import re
import sys
from collections.abc import Collection, Iterable, Iterator

import numpy as np

from autograder.course.lesson import Lesson
from autograder.harness.observation import Raised
from autograder.judging.slips.code import Written, of_reference
from autograder.judging.slips.evidence import Evidence, slip
from autograder.judging.verdict import Diagnosis

NAME = re.compile(r"(?:name|cannot access \w+ variable) '(\w+)'")
ATTRIBUTE = re.compile(
    r"(?:module|type object)? ?'?([\w.]+)'?(?: object)? has no attribute '(\w+)'$"
)
UNDEFINED = re.compile(r"(\w+) is not defined$")
# What messages call the types and libraries of which an attribute may be asked.
TYPES = {
    **{kind.__name__: kind for kind in (list, dict, tuple, str, float, int, set)},
    "numpy.ndarray": np.ndarray,
    "numpy.float64": np.float64,
    "numpy.random._generator.Generator": np.random.Generator,
}
MOST_NAMES, LONGEST = 2000, 40  # a program with more, or longer ones, was made to have them
LIBRARIES = frozenset({"math", "numpy", "random", "torch"})


def misspelt(evidence: Evidence) -> Diagnosis | None:
    """A name, or an attribute, that is not there while one spelt nearly like it is."""
    for raised in evidence.raised:
        if raised.name == "Undefined":
            found = _undefined(raised, evidence)
        elif raised.name in ("NameError", "UnboundLocalError"):
            found = _unknown_name(raised, evidence)
        elif raised.name == "AttributeError":
            found = _unknown_attribute(raised, evidence)
        else:
            continue
        if found is not None:
            return found
    return None


def misnamed(lesson: Lesson, name: str, bound: Collection[str]) -> str:
    """A sentence on a name that was asked for and is not there, where one nearly like it is and
    nobody asked for that."""
    asked_for = {n for exercise in lesson.exercises.values() for n in exercise.names}
    near = closest(name, set(bound) - asked_for - set(of_reference(lesson)))
    if not near:
        return ""
    return (
        f"`{name}` isn't defined; you have `{near}`. Is that the same thing under another name? "
        f"Python takes each spelling for a name of its own: call it `{name}`."
    )


def _undefined(raised: Raised, evidence: Evidence) -> Diagnosis | None:
    found = UNDEFINED.match(raised.message)
    if found is None or evidence.program is None:
        return None
    text = misnamed(evidence.lesson, found[1], evidence.program.bound)
    return slip("misspelt_name", text) if text else None


def _unknown_name(raised: Raised, evidence: Evidence) -> Diagnosis | None:
    found = NAME.match(raised.message)
    if found is None or evidence.program is None:
        return None
    name, where = found[1], f" in `{raised.line}`" if raised.line else ""
    users = [one for one in evidence.everything if _reads(one, name)]
    owners = _owners(users, name, evidence.program.bound)
    if len(owners) == 1:
        return slip(
            "name_without_owner",
            f"`{name}`{where} isn't defined on its own: it belongs to `{owners[0]}`, and is "
            f"reached through it. Write `{owners[0]}.{name}`.",
        )
    local = {n for one in users for n in _bound_in(one.node)}
    for known in (local, evidence.program.bound, set(dir(builtins))):
        if near := closest(name, known - {name}):
            return _did_you_mean(name, near, where)
    return None


def _unknown_attribute(raised: Raised, evidence: Evidence) -> Diagnosis | None:
    found = ATTRIBUTE.match(raised.message)
    if found is None:
        return None
    owner, name = found.groups()
    where = f" in `{raised.line}`" if raised.line else ""
    if not raised.line and owner not in {one.split(".")[0] for one in evidence.asked}:
        return None  # asked for by a probe, of something that is no object of the learner's
    if owner not in evidence.exercise.names and any(hasattr(t, name) for t in TYPES.values()):
        return None  # asked of the wrong thing, and spelt well
    near = closest(name, set(_attributes(owner, evidence)) - {name})
    return _did_you_mean(name, near, where, owner) if near else None


def _attributes(owner: str, evidence: Evidence) -> Iterable[str]:
    """What an object has that a message names: a library's, a plain type's, the learner's own."""
    library = sys.modules.get(owner) if owner.partition(".")[0] in LIBRARIES else None
    known = TYPES.get(owner, library)
    if known is not None:
        return [attribute for attribute in dir(known) if not attribute.startswith("_")]
    tree = evidence.program and evidence.program.definition(owner)
    return _of_class(tree) if isinstance(tree, ast.ClassDef) else []


def _of_class(tree: ast.ClassDef) -> Iterator[str]:
    """The methods of a class, and what its methods set in `self`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _reads(one: Written, name: str) -> bool:
    nodes = ast.walk(one.node)
    return any(
        isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) for n in nodes
    )


def _bound_in(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.arg):
            yield inner.arg
        elif isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            yield inner.id


def _owners(users: list[Written], name: str, bound: Collection[str]) -> list[str]:
    """What a bare name may belong to: a library whose function or part it is, where it is called
    or asked for more, or the object whose method says it."""
    used = [
        getattr(n.func if isinstance(n, ast.Call) else n.value, "id", "")
        for one in users
        for n in ast.walk(one.node)
        if isinstance(n, ast.Call | ast.Attribute)
    ]
    called = name in used or isinstance(getattr(np, name, None), float)  # `inf`, `pi`
    libraries = {"np": np, "math": math} if called else {}
    found = [
        each for each, library in libraries.items() if each in bound and hasattr(library, name)
    ]
    if found:
        return found[:1]
    classes = [one.owner for one in users if one.owner is not None]
    return ["self"] if any(name in set(_of_class(owner)) for owner in classes) else []


def closest(name: str, known: Collection[str]) -> str:
    """The one name that is meant, if there is one: the same but for capitals and underscores, or
    with a letter or two amiss."""
    if len(known) > MOST_NAMES or len(name) > LONGEST:
        return ""
    plain = _plain(name)
    same = [other for other in known if _plain(other) == plain]
    alike = {other: distance(name, other) for other in known if _is_alike(name, other)}
    near = same or [other for other, far in alike.items() if far == min(alike.values())]
    return near[0] if len(near) == 1 else ""


def _is_alike(name: str, other: str) -> bool:
    """Whether one may be a slip of the pen for the other. Names that differ in a digit, in their
    first letter, or in one of four letters, are two names."""
    longest = max(len(name), len(other))
    if longest < 4 or longest > LONGEST or name[0].lower() != other[:1].lower():
        return False
    if abs(len(name) - len(other)) > 2:
        return False
    if re.sub(r"\D", "", name) != re.sub(r"\D", "", other):
        return False
    changed = len(name) == len(other) and sorted(name) != sorted(other)
    return distance(name, other) <= (2 if longest >= 8 else 1) and (longest > 4 or not changed)


def distance(one: str, other: str) -> int:
    """How many letters have to be added, taken away, changed, or swapped with their neighbour."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            least = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                least = min(least, rows[-2][j - 2] + 1)
            row.append(least)
        rows.append(row)
    return rows[-1][-1]


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _did_you_mean(name: str, near: str, where: str, owner: str = "") -> Diagnosis:
    has = f"`{owner}` has no `{name}`" if owner else f"`{name}` isn't defined"
    return slip(
        "misspelt_name",
        f"{has}; did you mean `{near}`? Python takes each spelling for a name of its own, and "
        f"stops{where or ' there'}. Write the name as it was defined.",
    )
