"""Misconceptions: wrong implementations with a name, and one sentence that helps."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, cast

from autograder.lesson import Lesson
from autograder.reference import execute_source, load_reference

About = Literal["values", "anything"]
Observe = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True)
class Misconception:
    """One thought that learners really have, as code.

    Attributes:
        name: what the thought is called, in snake case.
        text: what the code does, why that is not it, where to look: present tense, 15 to 40 words.
        source: the public place where it can be seen: a paper, a book, a course, an issue, an
            interface that works that way. Left out where there is none.
        about: "anything" when it shows itself by an exception, NaN, a shape or a type rather than
        by
            numbers; "values" otherwise.
        equivalent_to: another misconception that no observation can tell from this one.
        build: makes what it puts in the place of the reference's names.
        code: makes the cell that a learner with this thought would have handed in.
    """

    name: str
    exercise: str
    text: str
    source: str
    about: About
    equivalent_to: str | None
    build: Callable[[], Mapping[str, Any]] = field(repr=False)
    code: Callable[[], str] = field(repr=False)

    def names(self) -> Mapping[str, Any]:
        """The learner's names as this misconception defines them."""
        return self.build()


class Bank:
    """The misconceptions of one lesson, and how its probes are observed."""

    def __init__(self, lesson_id: str) -> None:
        self.lesson_id = lesson_id
        self.by_exercise: dict[str, list[Misconception]] = {}
        self._observers: dict[tuple[str, str], Observe] = {}
        self._lesson: Lesson | None = None

    def wrong(
        self,
        exercise: str,
        text: str,
        *,
        replaces: str | None = None,
        source: str = "",
        about: About = "values",
        equivalent_to: str | None = None,
    ) -> Callable[[Any], Any]:
        """Declare the decorated function or class: it stands in for `replaces` (the exercise's own
        name
        where it has one), and its name is the misconception's."""

        def declare(thing: Any) -> Any:
            name = replaces or exercise
            self._add(
                Misconception(
                    thing.__name__,
                    exercise,
                    text,
                    source,
                    about,
                    equivalent_to,
                    lambda: {name: thing},
                    lambda: self._cell_with(exercise, name, thing),
                )
            )
            return thing

        return declare

    def edit(
        self,
        exercise: str,
        name: str,
        text: str,
        *edits: tuple[str, str],
        source: str = "",
        about: About = "values",
        equivalent_to: str | None = None,
    ) -> None:
        """Declare the reference with each `(old, new)` piece of its source replaced, old found
        exactly once
        in the exercise's solution cells. Reads like the mistake: everything else is right."""

        def code() -> str:
            return self._edited(exercise, edits)

        def build() -> Mapping[str, Any]:
            return self._names_of(exercise, code())

        self._add(Misconception(name, exercise, text, source, about, equivalent_to, build, code))

    def observe(self, exercise: str, probe: str) -> Callable[[Observe], Observe]:
        """Declare how raw values of a probe become what all right answers share."""

        def declare(function: Observe) -> Observe:
            self._observers[exercise, probe] = function
            return function

        return declare

    def observation(self, exercise: str, probe: str, raw: Any, inputs: Any, secrets: Any) -> Any:
        """What the judge compares: `raw` itself where no observer was declared."""
        observer = self._observers.get((exercise, probe))
        return raw if observer is None else observer(raw, inputs, secrets)

    def use(self, lesson: Lesson) -> Bank:
        """Tell the bank which lesson's reference it edits."""
        self._lesson = lesson
        return self

    def _add(self, misconception: Misconception) -> None:
        known = self.by_exercise.setdefault(misconception.exercise, [])
        if any(misconception.name == other.name for other in known):
            raise ValueError(f"{misconception.exercise}: two named {misconception.name!r}")
        known.append(misconception)

    @property
    def lesson(self) -> Lesson:
        """The lesson whose reference is edited."""
        if self._lesson is None:
            raise RuntimeError("the bank was not loaded through load_bank")
        return self._lesson

    def _edited(self, exercise: str, edits: tuple[tuple[str, str], ...]) -> str:
        own = exercise_source(self.lesson, exercise)
        for old, new in edits:
            if own.count(old) != 1:
                raise ValueError(
                    f"{exercise}: the edit {old!r} is found {own.count(old)} times in the reference"
                )
            own = own.replace(old, new)
        return own

    def _names_of(self, exercise: str, source: str) -> Mapping[str, Any]:
        everything = load_reference(self.lesson).__dict__
        module = execute_source_over(source, f"edited_{exercise}", everything)
        return {name: module[name] for name in self.lesson.exercises[exercise].names}

    def _cell_with(self, exercise: str, name: str, thing: Any) -> str:
        """The reference's cell with `thing` typed beneath it, under the name that it stands in
        for."""
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(thing))).body
        typed = ast.unparse(_Untyped(name).visit(tree))
        return f"{exercise_source(self.lesson, exercise)}\n\n{typed}\n"


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


@lru_cache(maxsize=512)
def exercise_source(lesson: Lesson, exercise: str) -> str:
    """The reference's source of one exercise, without nbgrader's marks."""
    slots = lesson.exercises[exercise].solution_ids
    cells = [
        cell.source
        for cell in lesson.notebook().cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") in slots
    ]
    return re.sub(r"(?m)^\s*### (BEGIN|END) SOLUTION\n?", "", "\n\n".join(cells))


def execute_source_over(source: str, name: str, names: Mapping[str, Any]) -> dict[str, Any]:
    """Execute `source` on top of `names`, which stay as they are."""
    prelude = execute_source("", name).__dict__
    prelude.update({key: value for key, value in names.items() if not key.startswith("__")})
    exec(compile(source, f"<{name}>", "exec"), prelude)
    return prelude


def load_bank(lesson: Lesson) -> Bank:
    """The bank of a lesson."""
    module = importlib.import_module(f"autograder.hidden.{lesson.slug}.bank")
    bank: Bank = module.bank
    return bank.use(lesson)
