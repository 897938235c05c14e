"""What to say where an answer calls a name of its lesson that is not there."""

from __future__ import annotations

import re

from autograder.course.cells import Kind, grade_id, kind
from autograder.course.lesson import Exercise, Lesson
from autograder.harness.observation import Observation, Raised
from autograder.static_analysis.names import bound_names

GIVEN = "a given cell"
NOT_THERE = re.compile(
    r"(?:name '(?P<name>\w+)'|(?P<stub>\w+)(?:\.\w+)?) is not (?:defined|written yet)"
)


def missing_name(got: Observation, exercise: Exercise, lesson: Lesson) -> str:
    """A sentence on a name that another exercise, or a given cell, of the lesson defines; empty
    where the exercise lacks nothing but its own."""
    if not isinstance(got, Raised) or not (got.name == "NameError" or got.not_written):
        return ""
    found = NOT_THERE.match(got.message)
    name = (found["name"] or found["stub"]) if found else ""
    owner = _owner(name, lesson)
    if not owner or owner == exercise.key or name in exercise.names:
        return ""
    caller = " and ".join(f"`{one}`" for one in exercise.names)
    uses = f"{caller} {'use' if len(exercise.names) > 1 else 'uses'} it"
    if got.not_written:
        return f"`{name}` is not written yet, and {uses}: write `{name}` first"
    if owner == GIVEN:
        advice = (
            "one of the cells that came with the lesson defines it; put that cell back and run it"
        )
    elif name in lesson.exercises[owner].names:
        advice = "it is an exercise of its own; write that first"
    else:
        advice = f"it belongs to the exercise `{owner}`; write that first"
    return f"`{name}` is not defined, and {uses}: {advice}"


def _owner(name: str, lesson: Lesson) -> str:
    """The exercise that defines a name, or whose cell does; else whether a given cell does."""
    for key, exercise in lesson.exercises.items():
        if name in exercise.names:
            return key
    for cell in lesson.cells:
        if kind(cell) is Kind.SOLUTION and name in bound_names(cell.source):
            slot = grade_id(cell)
            return next((k for k, e in lesson.exercises.items() if slot in e.solution_ids), "")
        if kind(cell) in (Kind.SETUP, Kind.BRING) and name in bound_names(cell.source):
            return GIVEN
    return ""
