"""The functions of an exercise, as a learner and as the reference wrote them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from autograder.course.lesson import Lesson
from autograder.static_analysis.program import Program

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Scoped = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
PLAIN_DECORATORS = frozenset({"staticmethod", "classmethod", "property"})


@dataclass(frozen=True)
class Written:
    """A function or a method.

    Attributes:
        name: dotted where it is a method: `Adam.step`.
        owner: the class whose method it is.
    """

    name: str
    node: Function
    owner: ast.ClassDef | None = None

    @property
    def body(self) -> list[ast.stmt]:
        """Its statements; a lambda has none."""
        return [] if isinstance(self.node, ast.Lambda) else self.node.body

    @property
    def is_itself(self) -> bool:
        """Whether calling the name runs this very body: no decorator stands in between."""
        decorators = getattr(self.node, "decorator_list", [])
        return all(isinstance(d, ast.Name) and d.id in PLAIN_DECORATORS for d in decorators)

    @property
    def has_self(self) -> bool:
        """Whether Python gives it the object as its first argument."""
        decorators = getattr(self.node, "decorator_list", [])
        static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in decorators)
        return self.owner is not None and not static

    @property
    def gives(self) -> bool:
        """Whether a call gives a value, returned or yielded."""
        return isinstance(self.node, ast.Lambda) or any(
            isinstance(n, ast.Yield | ast.YieldFrom) or (isinstance(n, ast.Return) and n.value)
            for n in own(self.node)
        )


def written(name: str, node: ast.AST | None) -> Iterator[Written]:
    """The functions that a definition consists of."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield Written(name, node)
    elif isinstance(node, ast.ClassDef):
        for inner in node.body:
            if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                yield Written(f"{name}.{inner.name}", inner, node)
    elif isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Lambda):
        yield Written(name, node.value)


def own(node: ast.AST) -> Iterator[ast.AST]:
    """What stands in the body of a function, without the functions and classes defined in it."""
    waiting: list[ast.AST] = list(_body(node))[::-1]
    while waiting:
        here = waiting.pop()
        yield here
        if not isinstance(here, Scoped):
            waiting += list(ast.iter_child_nodes(here))[::-1]


def _body(node: ast.AST) -> Iterable[ast.AST]:
    body = getattr(node, "body", [])
    return body if isinstance(body, list) else [body]


def of_program(program: Program, names: Iterable[str]) -> list[Written]:
    """What a learner's program has for some names."""
    return [one for name in names for one in written(name, program.definition(name))]


def helpers(program: Program, names: tuple[str, ...]) -> list[Written]:
    """The other functions of a program that its `names` reach, and those nested in any of them."""
    reached = sorted(program.reach(names).names - set(names))
    outer = of_program(program, [*names, *reached])
    nested = [
        Written(inner.name, inner)
        for one in outer
        for inner in ast.walk(one.node)
        if isinstance(inner, ast.FunctionDef) and inner is not one.node
    ]
    return [one for one in outer if one.name.partition(".")[0] not in names] + nested


@lru_cache(maxsize=32)
def of_reference(lesson: Lesson) -> dict[str, Written]:
    """The functions and methods of a lesson, given ones included, by their dotted names."""
    found: dict[str, Written] = {}
    for node in ast.parse(lesson.reference_source).body:
        for one in written(getattr(node, "name", ""), node):
            found[one.name] = one
    return found


def asked(lesson: Lesson, names: Iterable[str]) -> list[Written]:
    """What the reference has for the names of an exercise."""
    wanted = set(names)
    return [one for key, one in of_reference(lesson).items() if key.partition(".")[0] in wanted]
