"""The mutants of an exercise: its reference with one syntax node changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from autograder.authoring.mutation import operators, statements
from autograder.authoring.mutation.places import Line, header, lines, places
from autograder.course.lesson import Lesson
from autograder.course.reference import exercise_source


@dataclass(frozen=True)
class Mutant:
    """One change of the reference, known by its words and not by its line.

    Attributes:
        where: the function, or `Class.method`, that it stands in.
        line: of the exercise's source, from 1.
        was, becomes: the statement before and after; of one that holds others, its first line.
        source: the whole program.
    """

    exercise: str
    where: str
    line: int
    operator: str
    was: str
    becomes: str
    source: str = field(repr=False)


def mutants_of(lesson: Lesson, exercise: str) -> list[Mutant]:
    """The mutants of one exercise, every function, method and class of its cells among them."""
    return list(mutants(exercise, exercise_source(lesson, exercise)))


def mutants(exercise: str, source: str) -> Iterator[Mutant]:
    """Each program that one change makes of `source`, once, if it compiles."""
    tree = ast.parse(source)
    seen = {ast.unparse(tree)}
    for line in list(lines(tree)):
        was, number = header(line.node), line.node.lineno
        for operator, becomes, program in _changed(tree, line):
            if program not in seen and _compiles(program):
                seen.add(program)
                yield Mutant(exercise, line.where, number, operator, was, becomes, program)


def _changed(tree: ast.Module, line: Line) -> Iterator[tuple[str, str, str]]:
    """Operator, statement and program, for each change of one statement; the tree comes back as
    it was."""
    before = line.node
    for operator, after in list(statements.changes(line)):
        line.block[line.index] = after
        yield operator, header(after), ast.unparse(tree)
        line.block[line.index] = before
    for place in list(places(before)):
        node = place.node
        for operator, other in list(operators.changes(place)):
            place.put(other)
            yield operator, header(before), ast.unparse(tree)
            place.put(node)


def _compiles(program: str) -> bool:
    try:
        compile(program, "<mutant>", "exec")
    except (SyntaxError, ValueError):
        return False
    return True
