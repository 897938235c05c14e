"""Answers to lesson 06, right and wrong: see the modules that this one gathers."""

from __future__ import annotations

from typing import Any

from autograder.course.course import Course
from autograder.course.reference import execute_source_over, exercise_source, load_reference

from . import (
    schedules_people,
    schedules_people_plateau,
    schedules_people_range,
    schedules_people_runs,
)
from . import schedules_plateau as plateau
from . import schedules_right as right
from .schedules_wrong import EDITS

LESSON = "06_schedules"


def named(key: str, **answers: Any) -> dict[str, dict[str, Any]]:
    """Label -> names, of an exercise with one name."""
    return {label: {key: answer} for label, answer in answers.items()}


def edited(key: str, edits: list[tuple[str, str]]) -> dict[str, Any]:
    """The reference's names with pieces of one exercise replaced, each found exactly once."""
    lesson = Course.find().lesson(LESSON)
    source = exercise_source(lesson, key)
    for old, new in edits:
        assert source.count(old) == 1, (key, old, source.count(old))
        source = source.replace(old, new)
    names = execute_source_over(source, f"wrong_{key}", load_reference(lesson).__dict__)
    return {key: names[key]}


RIGHT = {
    "step_decay": named(
        "step_decay",
        loop=right.stairs_by_loop,
        logarithm=right.stairs_by_logarithm,
        zero_dimensional=right.stairs_zero_dimensional,
    ),
    "exponential_decay": named(
        "exponential_decay",
        loop=right.slope_by_loop,
        exponential=right.slope_by_exponential,
        recursion=right.slope_by_recursion,
    ),
    "cosine": named(
        "cosine",
        half_angle=right.cosine_by_half_angle,
        rotation=right.cosine_by_rotation,
        weights=right.cosine_by_weights,
    ),
    "linear_warmup": named(
        "linear_warmup",
        clipped=right.warmup_clipped,
        interpolated=right.warmup_interpolated,
        from_a_list=right.warmup_from_a_list,
    ),
    "warmup_cosine": named(
        "warmup_cosine",
        in_one=right.both_in_one,
        from_a_list=right.both_from_a_list,
        by_other_answers=right.both_by_other_answers,
    ),
    "one_cycle": named(
        "one_cycle",
        half_angles=right.cycle_by_half_angles,
        phases=right.cycle_by_phases,
        zero_dimensional=right.cycle_zero_dimensional,
    ),
    "ReduceOnPlateau": named(
        "ReduceOnPlateau",
        epochs=plateau.OfEpochs,
        history=plateau.OfHistory,
        generator=plateau.OfAGenerator,
    ),
    "linear_scaling": named(
        "linear_scaling",
        ratio=right.scaled_ratio,
        per_example=right.scaled_per_example,
        logarithms=right.scaled_by_logarithms,
    ),
    "lr_range_test": named(
        "lr_range_test",
        factor=right.range_by_factor,
        arrays=right.range_on_arrays,
        generator=right.range_with_a_generator,
    ),
}
for key, labelled in right.EDITS.items():
    RIGHT[key] |= {label: edited(key, [edit]) for label, edit in labelled.items()}

PEOPLE = (
    schedules_people,
    schedules_people_runs,
    schedules_people_plateau,
    schedules_people_range,
)
NAMED = {key: labelled for people in PEOPLE for key, labelled in people.NAMED.items()}
WRITTEN = {name: thing for people in PEOPLE for name, thing in vars(people).items()}
WRONG = {
    key: {label: edited(key, edits) for label, edits in labelled.items()}
    | {label: {key: WRITTEN[label]} for label in NAMED[key]}
    for key, labelled in EDITS.items()
}
