"""Misconceptions: wrong implementations with a name, and one sentence that helps."""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from types import FunctionType
from typing import Any, Literal, cast

from autograder.course.lesson import Lesson, LessonError
from autograder.course.reference import execute_source_over, exercise_source, load_reference

About = Literal["values", "anything", "exceptions"]


@dataclass(frozen=True)
class Misconception:
    """One thought that learners really have, as code.

    Attributes:
        name: what the thought is called, in snake case.
        text: what the code does, why that is not it, where to look: present tense, 15 to 40 words.
        source: the public place where it can be seen: a paper, a book, a course, an issue, an
            interface that works that way. Left out where there is none.
        about: "anything" when it shows itself by NaN, None, a shape or a type rather than by
            numbers; "exceptions" when every probe of values that it fails ends in one, and its
            sentence is true of whoever meets that exception at that operation; "values" otherwise.
        equivalent_to: another misconception that no observation can tell from this one.
        edits: `(old, new)` pieces of the reference's source of the exercise.
        stand_ins: what is put in the place of the reference's names.
    """

    name: str
    exercise: str
    text: str
    source: str = ""
    about: About = "values"
    equivalent_to: str | None = None
    edits: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    stand_ins: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def names(self, lesson: Lesson) -> dict[str, Any]:
        """The exercise's names as this misconception defines them.

        Raises:
            LessonError: an edit does not fit the reference.
        """
        return names_of(lesson, self)

    def code(self, lesson: Lesson) -> str:
        """The cell that a learner with this thought would have handed in: the reference's, edited,
        and what stands in for a name typed beneath it."""
        source = edited_source(lesson, self)
        for name, thing in self.stand_ins.items():
            (tree,) = ast.parse(textwrap.dedent(inspect.getsource(thing))).body
            source += f"\n\n{ast.unparse(_Untyped(name).visit(tree))}\n"
        return source


def names_of(lesson: Lesson, *several: Misconception) -> dict[str, Any]:
    """What the names of an exercise are when one misconception, or some at once, define them."""
    names: dict[str, Any] = {}
    if any(one.edits for one in several):
        exercise = several[0].exercise
        everything = load_reference(lesson).__dict__
        source = edited_source(lesson, *several)
        module = execute_source_over(source, f"edited_{exercise}", everything)
        names = {name: module[name] for name in lesson.exercises[exercise].names}
    for one in several:
        names.update((name, _anew(thing)) for name, thing in one.stand_ins.items())
    return names


def _anew(thing: Any) -> Any:
    """A function that has been called by nobody: its defaults and attributes hold nothing yet."""
    if not isinstance(thing, FunctionType):
        return thing
    made = FunctionType(
        thing.__code__,
        thing.__globals__,
        thing.__name__,
        copy.deepcopy(thing.__defaults__),
        thing.__closure__,
    )
    made.__kwdefaults__ = copy.deepcopy(thing.__kwdefaults__)
    return made


def edited_source(lesson: Lesson, *several: Misconception) -> str:
    """The reference's source of an exercise with the edits of some misconceptions in it.

    Raises:
        LessonError: what is to be edited is not there exactly once.
    """
    source = exercise_source(lesson, several[0].exercise)
    for one in several:
        for old, new in one.edits:
            if source.count(old) != 1:
                raise LessonError(
                    f"{one.exercise}: {one.name} edits {old!r}, which is found {source.count(old)} "
                    "times in the reference"
                )
            source = source.replace(old, new)
    return source


def pairs(lesson: Lesson, several: list[Misconception]) -> Iterator[tuple[Misconception, ...]]:
    """Pairs that can be held at once, because they do not touch each other, in the bank's order."""
    spans = [_spans(lesson, one) for one in several]
    for (i, one), (j, other) in combinations(enumerate(several), 2):
        if not any(a < d and c < b for a, b in spans[i] for c, d in spans[j]):
            yield one, other


def _spans(lesson: Lesson, one: Misconception) -> list[tuple[int, int]]:
    """Where in the reference's source of its exercise a misconception changes something."""
    source = exercise_source(lesson, one.exercise)
    spans = []
    for old, _ in one.edits:
        at = source.find(old)
        # What only an earlier edit of its own wrote may stand anywhere.
        spans.append((0, len(source)) if at < 0 else (at, at + len(old)))
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for statement in ast.parse(source).body:
        if getattr(statement, "name", None) in one.stand_ins:
            spans.append((starts[statement.lineno - 1], starts[statement.end_lineno or 0]))
    return spans


class _Untyped(ast.NodeTransformer):
    """A definition as a learner writes it: renamed, without the decorator and annotations of a
    bank."""

    def __init__(self, name: str) -> None:
        self._name: str | None = name

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._plain(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self._plain(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def _plain(self, node: Any) -> ast.AST:
        if self._name is not None:  # the outermost one only
            node.name, node.decorator_list, self._name = self._name, [], None
        self.generic_visit(node)
        return cast(ast.AST, node)
