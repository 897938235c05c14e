"""The quick reference is current, complete, and says the defaults that the lessons have."""

from __future__ import annotations

import ast
import importlib.util
import inspect
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from autograder.course.course import Course
from autograder.course.lesson import Lesson
from autograder.course.needs import lacking
from autograder.course.reference import load_reference

COURSE = Course.find()
LESSONS = {int(lesson_id[:2]): lesson_id for lesson_id in COURSE.lesson_ids()}
COURSE_LENGTH = 18


def loaded() -> ModuleType:
    path = Path(__file__).resolve().parents[1] / "etc" / "quick_reference.py"
    spec = importlib.util.spec_from_file_location("quick_reference", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


QUICK = loaded()
ROWS = [row for section in QUICK.sections() for row in section["rows"]]


def value_of(node: ast.expr) -> Any:
    """The value of a default as it is written: a literal, or arithmetic such as 2.0**16."""
    return eval(compile(ast.Expression(node), "<default>", "eval"), {"__builtins__": {}})


def written_defaults(source: str, name: str) -> dict[str, Any]:
    """The defaults of a function in `source`, for a lesson that this machine cannot run."""
    [found] = [
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == name
    ]
    args = found.args
    with_default = [*args.posonlyargs, *args.args][-len(args.defaults) :] if args.defaults else []
    pairs = [
        *zip(with_default, args.defaults, strict=True),
        *zip(args.kwonlyargs, args.kw_defaults, strict=True),
    ]
    return {arg.arg: value_of(default) for arg, default in pairs if default is not None}


def defaults(lesson: Lesson, name: str) -> dict[str, Any]:
    """The defaults of a reference solution, by parameter."""
    if lacking(lesson):  # an elective's library, say TensorFlow
        return written_defaults(lesson.reference_source, name)
    thing = getattr(load_reference(lesson), name)
    signature = inspect.signature(thing)
    return {
        key: parameter.default
        for key, parameter in signature.parameters.items()
        if parameter.default is not inspect.Parameter.empty
    }


def lesson_of(number: int) -> Lesson:
    if number not in LESSONS:
        pytest.skip(f"lesson {number:02d} is not written yet: it has no folder in solutions/")
    return COURSE.lesson(LESSONS[number])


def test_the_page_is_what_its_source_gives() -> None:
    assert QUICK.PAGE.read_text(encoding="utf-8") == QUICK.page(), "make reference"


def test_its_table_is_whole() -> None:
    """A bar inside a formula would be the edge of a cell."""
    table = [line for line in QUICK.page().splitlines() if line.startswith("|")]
    assert len(table) == 2 + len(ROWS) + len(QUICK.sections())
    assert {line.count("|") for line in table} == {5}


def test_it_prints_on_one_page() -> None:
    """As many lines as a landscape sheet holds in small print, wrapped ones counted."""
    lines = QUICK.page().splitlines()
    assert sum(1 + len(line) // 240 for line in lines) <= 115


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['lesson']:02d}-{row['names'][0]}")
def test_the_defaults_are_those_of_the_reference(row: dict[str, Any]) -> None:
    """All of them: what a row leaves out is a default that its functions do not have."""
    lesson = lesson_of(row["lesson"])
    assert set(row["names"]) <= exercise_names(lesson)
    found = filter(None, (defaults(lesson, name) for name in row["names"]))
    assert QUICK.stated_defaults(row) == list(found)


def exercise_names(lesson: Lesson) -> set[str]:
    exercises = lesson.exercises.values()
    return {name for item in exercises if not item.is_prediction for name in item.names}


@pytest.mark.parametrize("number", range(COURSE_LENGTH))
def test_every_exercise_stands_on_it_once(number: int) -> None:
    lesson = lesson_of(number)
    stated = [name for row in ROWS if row["lesson"] == number for name in row["names"]]
    assert sorted(stated) == sorted(exercise_names(lesson))


def test_it_has_a_row_of_every_lesson() -> None:
    assert {row["lesson"] for row in ROWS} == set(range(COURSE_LENGTH))
